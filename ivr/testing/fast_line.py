"""A media stream to an ASGI application in this process, one frame at a time and as fast as it goes.

The messages are Twilio's (`MediaClient`), the application is the real one; only the network and the waiting are left out:
the next frame is sent when the application waits for it. What depends on the wall clock does not belong on this line.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ivr.telephony.media_client import AudioSent, ClearSent, MarkSent, MediaClient, Violation

SILENCE = b"\xff" * 160
FRAME_MS = 20
App = Callable[[dict[str, Any], Callable[[], Awaitable[dict[str, Any]]], Callable[[dict[str, Any]], Awaitable[None]]], Awaitable[None]]


class FastLine:
    def __init__(self, application: App, *, call_sid: str, parameters: Mapping[str, str] | None = None,
                 headers: Mapping[str, str] | None = None, account_sid: str = "AC" + "1" * 32, path: str = "/media"):
        self.violations: list[str] = []
        self.closed = False
        self.frames = 0
        """Frames sent so far: the line's clock."""
        self._client = MediaClient("MZ" + secrets.token_hex(16), call_sid, account_sid)
        self._loop = asyncio.new_event_loop()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._idle = asyncio.Event()
        self._played = bytearray()
        scope = {"type": "websocket", "path": path, "client": ("127.0.0.1", 1), "subprotocols": [],
                 "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()]}
        self._task = self._loop.create_task(self._run(application, scope))
        self._give({"type": "websocket.connect"})
        self._text(self._client.connected())
        self._text(self._client.start(parameters or {}))

    # -- what the telephone does --------------------------------------------------------------------------------

    def exchange(self, frame: bytes = SILENCE) -> bytes:
        """Send 20 ms of sound; the 20 ms that are heard meanwhile."""
        self._text(self._client.media(frame, self.frames * FRAME_MS))
        self.frames += 1
        heard = bytes(self._played[:160])
        del self._played[:160]
        return heard.ljust(160, b"\xff")

    def lose(self) -> bytes:
        """20 ms of sound that the network eats."""
        self._client.lost()
        self.frames += 1
        heard = bytes(self._played[:160])
        del self._played[:160]
        return heard.ljust(160, b"\xff")

    def press(self, key: str) -> None:
        self._text(self._client.dtmf(key))

    def hangup(self) -> None:
        if not self.closed:
            self._text(self._client.stop())
            self._give({"type": "websocket.disconnect"})
        self.close()

    def close(self) -> None:
        """Ends the application's side, whatever it is doing, and raises what it died of."""
        if self._loop.is_closed():
            return
        try:
            if not self._task.done():
                self._task.cancel()
            self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        finally:
            self._loop.close()
        if not self._task.cancelled() and self._task.exception() is not None:
            raise self._task.exception()  # type: ignore[misc]

    def run(self, coroutine: Any) -> Any:
        """Something that has to happen on the application's own loop."""
        return self._loop.run_until_complete(coroutine)

    @property
    def unheard_ms(self) -> int:
        """Sound that the application has sent and the caller has not heard yet."""
        return len(self._played) // 8

    # -- the machinery ------------------------------------------------------------------------------------------

    async def _run(self, application: App, scope: dict[str, Any]) -> None:
        try:
            await application(scope, self._receive, self._send)
        finally:
            self.closed = True
            self._idle.set()

    async def _receive(self) -> dict[str, Any]:
        if self._inbox.empty():
            self._idle.set()
        return await self._inbox.get()

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.closed = True
            self._idle.set()
        elif message["type"] == "websocket.send":
            self._take(self._client.receive(message.get("text") or message.get("bytes") or ""))

    def _take(self, event: AudioSent | MarkSent | ClearSent | Violation) -> None:
        match event:
            case AudioSent(payload=payload):
                self._played += payload
            case ClearSent():
                self._played.clear()
            case MarkSent(name=name):
                self._inbox.put_nowait({"type": "websocket.receive", "text": self._client.mark(name)})
            case Violation(reason=reason):
                self.violations.append(reason)

    def _text(self, text: str) -> None:
        self._give({"type": "websocket.receive", "text": text})

    def _give(self, message: dict[str, Any]) -> None:
        if self.closed:
            return
        self._idle.clear()
        self._inbox.put_nowait(message)
        self._loop.run_until_complete(self._idle.wait())
