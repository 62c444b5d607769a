"""Frames of a conversation on their way to one listener: sent one after the other, as they come, and never far behind.

A line that does not keep up loses the oldest sound: in a conversation late words are worse than lost ones. Owned by a line, on its
event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

LONGEST_BEHIND = 15
"""Frames of 20 ms that wait at most."""


class SoundOut:
    def __init__(self, send: Callable[[bytes], Awaitable[None]]):
        self._send = send
        self._waiting: deque[bytes] = deque(maxlen=LONGEST_BEHIND)
        self._sending: asyncio.Task[None] | None = None

    def put(self, frame: bytes) -> None:
        self._waiting.append(frame)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._drain())

    def clear(self) -> None:
        self._waiting.clear()

    async def _drain(self) -> None:
        while self._waiting:
            try:
                await self._send(self._waiting.popleft())
            except (OSError, RuntimeError):
                self._waiting.clear()  # the socket is gone: whoever owns it finds out by itself
