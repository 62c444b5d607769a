"""The sound between a console and whoever its member of staff talks with: the microphone, the keys they press, what they hear.

Owned by a `Console`, on its event loop. Frames of 20 ms, mu-law.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ivr.runtime.sound_bridge import FRAME_BYTES, End
from ivr.speech import dtmf
from ivr.web.sound_out import SoundOut

FRAME_S = 0.02


class ConsoleLine:
    def __init__(self, play: Callable[[bytes], Awaitable[None]]):
        """`play` brings a frame to the page."""
        self._out = SoundOut(play)
        self._end: End | None = None
        self._pressing = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """There is somebody at the other end."""
        return self._end is not None

    def leads_to(self, end: End | None) -> None:
        """The caller's line, or a colleague's meanwhile: the last one counts."""
        if self._end is not None:
            self._end.listens(None)
        self._out.clear()
        self._end = end
        if end is not None:
            end.listens(self._out.put)

    def speak(self, frame: bytes) -> None:
        """From the microphone, which is silent while keys are pressed."""
        if not self._pressing.locked():
            self._say(frame)

    async def press(self, keys: str) -> None:
        """As tones, at the pace of speech and instead of it, one after the other."""
        async with self._pressing:
            for frame in dtmf.frames(keys):
                self._say(frame)
                await asyncio.sleep(FRAME_S)

    def _say(self, frame: bytes) -> None:
        if self._end is not None and len(frame) == FRAME_BYTES:
            self._end.say(frame)
