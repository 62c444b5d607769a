"""One HTTP request with one deadline for all of it: connecting, TLS, headers and body, however slowly they drip.

Libraries bound each read and not their sum, so that a server which sends a byte a second is never given up. Here the socket is
shut when the deadline is over. No redirects are followed, no proxy is taken from the environment, and the body has a limit.
Nothing of a request is ever logged.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ivr.errors import ConfigProblem, Unavailable

MAX_BODY = 256 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in small letters."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests go: from the settings, never from anything that somebody said or another server answered."""

    scheme: str
    host: str
    port: int
    path: str


def place_of(url: str, setting: str) -> Place:
    """Raises ConfigProblem for an address that is not usable."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("https", "http") or not parts.hostname or port == -1 or parts.query or parts.fragment or parts.username:
        raise ConfigProblem(f"{setting} has to be an address such as https://api.example.org/case-status, without a query")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ConfigProblem(f"{setting} has to begin with https://", hint="cases must not cross a network unencrypted")
    return Place(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), parts.path.rstrip("/"))


def request(place: Place, method: str, path: str, deadline_s: float, *, headers: Mapping[str, str], body: bytes | None = None,
            context: ssl.SSLContext | None = None) -> Answer:
    """`path` is added to the place's own. Raises Unavailable when there is no whole answer within `deadline_s`."""
    until = time.monotonic() + deadline_s
    connection = _connection(place, deadline_s, context)
    try:
        connection.connect()
        with _shut_at(connection.sock, until) as late:
            try:
                connection.request(method, place.path + path, body=body, headers={"Connection": "close", **headers})
                response = connection.getresponse()
                read = response.read(MAX_BODY + 1)
                if response.length and len(read) <= MAX_BODY:
                    raise http.client.IncompleteRead(b"")  # `read` with a limit does not say so itself
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise _failure(error, late.is_set()) from None
            if late.is_set():
                raise _failure(TimeoutError(), True)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failure(error, time.monotonic() >= until) from None
    finally:
        connection.close()
    if len(read) > MAX_BODY:
        raise Unavailable("the case system sent more than a case", code="too_long")
    return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, read)


def _connection(place: Place, timeout_s: float, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
    if place.scheme == "https":
        return http.client.HTTPSConnection(place.host, place.port, timeout=timeout_s, context=context or ssl.create_default_context())
    return http.client.HTTPConnection(place.host, place.port, timeout=timeout_s)


@contextmanager
def _shut_at(sock: socket.socket, until: float) -> Iterator[threading.Event]:
    """Whoever reads this socket wakes up at the deadline, whatever has dripped in until then."""
    late = threading.Event()

    def shut() -> None:
        late.set()
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            late.set()  # closed already by the other side

    timer = threading.Timer(max(0.0, until - time.monotonic()), shut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _failure(error: Exception, late: bool) -> Unavailable:
    if late or isinstance(error, TimeoutError):
        return Unavailable("the case system did not answer in time", code="timeout")
    return Unavailable(f"the case system cannot be reached ({type(error).__name__})", code="connection")
