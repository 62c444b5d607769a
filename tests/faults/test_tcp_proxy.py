"""The bad network itself: what it says it does to bytes is what a client sees."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.tcp_proxy import TcpProxy


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    def answer(client: socket.socket) -> None:
        try:
            while data := client.recv(4096):
                client.sendall(data)
        except OSError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()
    server.close()


@pytest.fixture
def proxy(echo: tuple[str, int]) -> Iterator[TcpProxy]:
    with TcpProxy(echo) as made:
        yield made


def connect(proxy: TcpProxy, timeout_s: float = 5) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout_s)


def test_bytes_pass(proxy: TcpProxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"hello")
        assert client.recv(10) == b"hello"


def test_a_black_hole_takes_everything_and_lets_go_of_it_later(proxy: TcpProxy) -> None:
    proxy.network.black_hole = True
    with connect(proxy, 0.3) as client:
        client.sendall(b"hello")
        with pytest.raises(TimeoutError):
            client.recv(10)
        client.settimeout(5)
        proxy.network.black_hole = False
        assert client.recv(10) == b"hello"


def test_refused_and_dropped_connections_are_reset(proxy: TcpProxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        proxy.drop_all()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    proxy.network.refuses = True
    with pytest.raises(ConnectionError), connect(proxy) as client:  # the reset may come as early as that
        client.sendall(b"x")
        if client.recv(1) == b"":
            raise ConnectionError("closed")


def test_an_answer_can_stop_in_the_middle(proxy: TcpProxy) -> None:
    proxy.network.cut_after_bytes = 3
    with connect(proxy) as client:
        client.sendall(b"hello")
        got = b""
        with pytest.raises(ConnectionError):
            while True:
                piece = client.recv(10)
                if not piece:
                    raise ConnectionError("closed")
                got += piece
        assert got in (b"", b"hel"), "a reset may overtake what was sent before it"
