"""A TCP proxy whose network can be made bad while connections run: latency, black hole, resets, refusal, cut after n bytes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass


@dataclass
class Network:
    """What happens to bytes from now on. All off by default; changed at any time by the test."""

    latency_s: float = 0.0
    """Each piece of data waits so long, in both directions."""
    black_hole: bool = False
    """Connections are taken and stay open, and nothing arrives anywhere."""
    refuses: bool = False
    """New connections are reset at once."""
    cut_after_bytes: int | None = None
    """Each connection is reset after so many bytes from the server: an answer that stops in the middle."""


class TcpProxy:
    """Forwards a loopback port of its own to `target`. A context manager; runs in one thread."""

    def __init__(self, target: tuple[str, int]):
        self._target, self.network = target, Network()
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self.port, self.connections = 0, 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> TcpProxy:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def drop_all(self) -> None:
        """Reset every connection that is open now."""
        self._loop.call_soon_threadsafe(lambda: [_reset(w) for w in list(self._writers)])

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for writer in list(self._writers):
                _reset(writer)
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            if self.network.refuses:
                return _reset(writer)
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            self._writers.add(far_writer)
            try:
                await asyncio.gather(self._pump(reader, far_writer, None), self._pump(far_reader, writer, writer))
            finally:
                self._writers.discard(far_writer)
                far_writer.close()
        except OSError:
            _reset(writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.StreamWriter | None) -> None:
        """`cut`: the side to reset where an answer is to stop in the middle."""
        passed = 0
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if self.network.latency_s:
                    await asyncio.sleep(self.network.latency_s)
                while self.network.black_hole:
                    await asyncio.sleep(0.02)
                limit = self.network.cut_after_bytes
                if cut is not None and limit is not None and passed + len(data) > limit:
                    writer.write(data[:max(0, limit - passed)])
                    await writer.drain()
                    return _reset(cut)
                passed += len(data)
                writer.write(data)
                await writer.drain()
        writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN: what a dead machine or a firewall does."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
