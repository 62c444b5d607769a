"""A load generator for signed requests that were built before. A process of its own: `python -m benchmarks.parts.http_load`.

Reads one job (JSON) a line from standard input, answers each with one line of figures. Closed loop: every connection sends
its next request when the last one is answered. Open loop: requests leave at their time whatever the server does, and
latency counts from that time, so that a stalled server cannot hide its queue.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import uvloop

from benchmarks.parts.server_process import ACCOUNT, GENERATOR_CORE, PUBLIC_URL, TOKEN, pin
from benchmarks.parts.webhook_walk import Signer, call_sid

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ANSWER_WITHIN_S = 60.0


Exchange = tuple[bytes, bytes]
"""A request, and what a right answer to it contains."""


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way at most."""

    def __init__(self) -> None:
        self._buffer = b""
        self.answered: Callable[[Connection, bool], None] = lambda connection, good: None
        self._expect = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self, exchange: Exchange) -> None:
        self._expect = exchange[1]
        self._transport.write(exchange[0])

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        length = _LENGTH.search(self._buffer, 0, end + 2) if end >= 0 else None
        if length is None or len(self._buffer) < end + 4 + int(length.group(1)):
            return
        good = self._buffer.startswith(b"HTTP/1.1 200") and self._expect in self._buffer
        self._buffer = b""
        self.answered(self, good)

    def close(self) -> None:
        self._transport.close()


async def closed_loop(connections: Sequence[Connection], scripts: Sequence[Sequence[Exchange]]) -> dict[str, Any]:
    """Each connection works through its own script; requests a second over all of them."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    state = {"open": len(scripts), "bad": 0, "sent": 0}
    rest: dict[Connection, Iterator[Exchange]] = {c: iter(s) for c, s in zip(connections, scripts, strict=True)}

    def go_on(connection: Connection, good: bool) -> None:
        state["bad"] += not good
        request = next(rest[connection], None)
        if request is not None:
            state["sent"] += 1
            connection.send(request)
            return
        state["open"] -= 1
        if not state["open"]:
            done.set_result(None)

    begun = time.perf_counter()
    for connection in connections:
        connection.answered = go_on
        go_on(connection, True)
    await asyncio.wait_for(done, ANSWER_WITHIN_S)
    return {"rate": state["sent"] / (time.perf_counter() - begun), "bad": state["bad"], "n": state["sent"]}


async def open_loop(connections: Sequence[Connection], requests: Sequence[Exchange], rate: float) -> dict[str, Any]:
    """`rate` requests a second; latencies in ms from the moment at which each was due."""
    free, due_of = deque(connections), {}
    waiting: deque[tuple[float, Exchange]] = deque()
    latencies: list[float] = []
    bad = 0

    def answered(connection: Connection, good: bool) -> None:
        nonlocal bad
        bad += not good
        latencies.append(1000 * (time.perf_counter() - due_of[connection]))
        if waiting:
            start(connection, *waiting.popleft())
        else:
            free.append(connection)

    def start(connection: Connection, due: float, request: Exchange) -> None:
        due_of[connection] = due
        connection.send(request)

    for connection in connections:
        connection.answered = answered
    begun = time.perf_counter() + 0.1
    for i, request in enumerate(requests):
        due = begun + i / rate
        if (delay := due - time.perf_counter()) > 0:
            await asyncio.sleep(delay)
        if free:
            start(free.popleft(), due, request)
        else:
            waiting.append((due, request))
    end = time.perf_counter() + ANSWER_WITHIN_S
    while len(latencies) < len(requests) and time.perf_counter() < end:
        await asyncio.sleep(0.02)
    return {"latencies_ms": [round(x, 3) for x in latencies], "bad": bad + len(requests) - len(latencies)}


async def perform(job: dict[str, Any]) -> dict[str, Any]:
    """Start `calls` calls, then lead each of them `turns` turns on, both closed loop; or, with `rate`, in the open loop."""
    signer = Signer(ACCOUNT, TOKEN, PUBLIC_URL)
    calls = [call_sid(job["group"], n) for n in range(job["calls"])]
    width, turns = job["connections"], job["turns"]
    loop = asyncio.get_running_loop()
    connections = [(await loop.create_connection(Connection, "127.0.0.1", job["port"]))[1] for _ in range(width)]
    starts = [[(signer.started(c), b"turn=1") for c in calls[i::width]] for i in range(width)]
    if job.get("rate"):
        measured = [_answer(signer, c, t) for t in range(1, turns + 1) for c in calls]
    else:
        scripts = [[_answer(signer, c, t) for t in range(1, turns + 1) for c in calls[i::width]] for i in range(width)]
    gc.collect()
    gc.freeze()
    out = {"voice": await closed_loop(connections, starts)}
    out["gather"] = await (open_loop(connections, measured, job["rate"]) if job.get("rate")
                           else closed_loop(connections, scripts))
    for connection in connections:
        connection.close()
    return out


def _answer(signer: Signer, call: str, turn: int) -> Exchange:
    """The next question has the next number: the call was moved on."""
    return signer.answered(call, turn), b"turn=%d" % (turn + 1)


def main() -> None:
    pin(GENERATOR_CORE)
    for line in sys.stdin:
        print(json.dumps(uvloop.run(perform(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
