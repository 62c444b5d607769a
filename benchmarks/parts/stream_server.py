"""A media server whose event loop watches itself: `ours` or `echo`, started by `ivr serve`. Run as a process.

A timer due every 5 ms notes how late it runs. A frame that reaches the socket at that moment waits just as long before
anything looks at it, so this is the lateness of frames, seen from the inside. `GET /bench/loop` reports and forgets it.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson

from ivr import app as composition
from ivr.cli.main import main
from ivr.config import Settings
from ivr.speech import mulaw

EVERY_S = 0.005


class Watched:
    """Any ASGI application, with the watch around it."""

    def __init__(self, inner: Any, services: Any):
        self._inner, self.services = inner, services
        self._late_ms: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._watch())
        if scope["type"] == "http" and scope["path"] == "/bench/loop":
            late, self._late_ms = self._late_ms, []
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(late).encode()})
            return
        await self._inner(scope, receive, send)

    async def _watch(self) -> None:
        due = time.perf_counter()
        while True:
            due += EVERY_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._late_ms.append(1000 * max(0.0, time.perf_counter() - due))


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What any media server has to do with a frame, and nothing else: JSON, base64, mu-law, level, and back."""
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            gc.freeze()
            if kind == "lifespan.shutdown":
                return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        frame = orjson.loads(message["text"])
        if frame["event"] == "media":
            payload = base64.b64decode(frame["media"]["payload"])
            samples = mulaw.decode(payload)
            level = float(np.sqrt(samples @ samples / samples.size))
            back = {"event": "media", "streamSid": frame["streamSid"], "level": level,
                    "media": {"payload": base64.b64encode(payload).decode()}}
            await send({"type": "websocket.send", "text": orjson.dumps(back).decode()})


def run(what: str) -> int:
    real = composition.build

    def ours(settings: Settings, *, port: int | None = None) -> Watched:
        application: Any = real(settings, port=port)
        return Watched(application, application.services)

    def bare(settings: Settings, *, port: int | None = None) -> Watched:
        return Watched(echo, SimpleNamespace(settings=settings, prompt_audio=None, recognition=None,
                                             streams=SimpleNamespace(draining=False, count=0)))

    composition.build = ours if what == "ours" else bare  # type: ignore[assignment]
    return main(["serve", "--json"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
