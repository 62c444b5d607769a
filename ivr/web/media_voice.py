"""Our own voice on one media stream: whole phrases out, when they will have been heard, and a prompt held and gone on with.

The carrier plays from a buffer, so what was sent is not what was heard; `Playback` keeps the difference. Owned by what a
call says or tells those who wait, on the event loop; contains no rule about calls.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from ivr.telephony.media_codec import MediaStream
from ivr.telephony.playback import BYTES_PER_MS, Playback

PHRASE_BYTES = 8000 * 2
"""Two seconds of audio a message: whole phrases, never paced frame by frame."""
MARK_GRACE_S = 1.5
"""How much longer than its length a prompt may take to be reported as played."""
REWIND_MS = 300
"""A prompt that goes on after an "uh-huh" begins so far before the place where it was held: no word is cut in two."""


class MediaVoice:
    def __init__(self, stream: MediaStream, send: Callable[[str], Awaitable[None]], on_sent: Callable[[], None]):
        """`on_sent` is told after each piece of audio."""
        self._stream, self._send, self._on_sent = stream, send, on_sent
        self._playback = Playback()
        self._turn = 0
        self._audio = bytearray()
        self._rest = b""
        self._played = asyncio.Event()

    @property
    def remaining_s(self) -> float:
        """Until the caller has heard all that was sent."""
        return self._playback.remaining_ms(_now_ms()) / 1000

    @property
    def is_playing(self) -> bool:
        return self.remaining_s > 0

    def begin_turn(self) -> None:
        """What is said from now on is the next turn's; what was held of the last one is forgotten."""
        self._turn += 1
        self._played.clear()
        self._audio.clear()
        self._rest = b""

    async def say(self, audio: bytes) -> None:
        """mu-law at 8 kHz, behind what is still to be heard."""
        self._audio += audio
        await self._send_pieces(audio)

    async def end_turn(self) -> None:
        """A mark behind the turn's last word; `returned` tells when it was heard."""
        await self._send(self._stream.send_mark(self._name))

    async def hold(self) -> None:
        """Stop; what the caller has not heard is kept."""
        remaining_ms = self._playback.remaining_ms(_now_ms())
        if remaining_ms > 0:
            self._rest = bytes(self._audio[-int((remaining_ms + REWIND_MS) * BYTES_PER_MS):])
            self._playback.cleared(_now_ms())
            await self._send(self._stream.send_clear())

    async def go_on(self) -> None:
        """With what was held."""
        rest, self._rest = self._rest, b""
        if rest and self._stream.can_send:
            await self._send_pieces(rest)
            await self.end_turn()

    def returned(self, mark: str) -> bool:
        """A mark came back as played: whether all of this turn was heard."""
        self._playback.returned(mark)
        if mark == self._name:
            self._played.set()
        return mark == self._name

    async def until_heard(self) -> bool:
        """A goodbye is not cut off: wait for its mark, or as long as it lasts and a little more. False without the mark."""
        try:
            await asyncio.wait_for(self._played.wait(), self.remaining_s + MARK_GRACE_S)
        except TimeoutError:
            return False
        return True

    @property
    def _name(self) -> str:
        return f"turn{self._turn}"

    async def _send_pieces(self, audio: bytes) -> None:
        for at in range(0, len(audio), PHRASE_BYTES):
            piece = audio[at:at + PHRASE_BYTES]
            await self._send(self._stream.send_media(piece))
            self._on_sent()
            self._playback.sent(self._name, len(piece), _now_ms())


def _now_ms() -> float:
    return time.monotonic() * 1000
