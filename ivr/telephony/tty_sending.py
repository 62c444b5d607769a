"""What we have to say to a text telephone, one transmission after the other, and how far each of them is out. Pure.

    say ──▶ [queue] ──begin──▶ [on the line, a few characters ahead] ──last one out──▶ finish
                                   └── stop: the rest is dropped, or queued again where it must be read whole

Owned by a `TtyConversation`, which knows when the line is free; times are its milliseconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ivr.telephony.baudot import Transmitter, typeable
from ivr.telephony.tty_echo import EchoFilter

FRAME_MS = 20.0
LEAD_MS = 200.0
"""Frames sent ahead of the clock, so that a late one tears no character."""
FED_S = 0.8
"""What the transmitter is given ahead; the 300 ms of its closing mark are part of it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    text: str = ""
    keep: bool = False
    """A notice that must be read whole: after an interruption the rest is sent all the same."""
    sound: tuple[np.ndarray, ...] = ()
    """Frames of speech instead of text, for who hears us and types (HCO)."""


class TtySending:
    def __init__(self, echo: EchoFilter, *, baud: float):
        """`echo` is told what will be on the line, and when."""
        self._echo = echo
        self._transmitter = Transmitter(baud=baud)
        self._queue: deque[Outgoing] = deque()
        self._letters: deque[str] = deque()
        """What the transmitter has not been given yet of the text that is being sent."""
        self._now: Outgoing | None = None
        self._sound: Iterator[np.ndarray] = iter(())
        self._all_out = True
        self.sent_ms = 0.0
        """Until then the line is full of what was sent."""

    # -- what is to be said -------------------------------------------------------------------------------------

    def say(self, text: str, *, keep: bool) -> None:
        if text.strip():
            self._queue.append(Outgoing(text, keep))

    def say_aloud(self, frames: Iterable[np.ndarray]) -> None:
        if sound := tuple(frames):
            self._queue.append(Outgoing(sound=sound))

    def drop(self) -> None:
        """What has not been begun is not to be said any longer, but for notices that must be read whole."""
        self._queue = deque(x for x in self._queue if x.keep)

    @property
    def has_more(self) -> bool:
        """Something waits for its turn."""
        return bool(self._queue)

    # -- one transmission ---------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        return self._now is not None

    @property
    def is_text(self) -> bool:
        """Characters are on the line, and may come back as an echo."""
        return self._now is not None and not self._now.sound

    def begin(self, now_ms: float) -> None:
        """The next of what is to be said; the line is free."""
        self._now = self._queue.popleft()
        self.sent_ms, self._all_out = now_ms, False
        self._sound = iter(self._now.sound)
        if not self._now.sound:
            self._letters.extend(typeable(self._now.text))
            self._echo.begin()

    def frames(self, now_ms: float) -> list[np.ndarray]:
        """Those that are to be sent now, in order."""
        self.sent_ms = max(self.sent_ms, now_ms)
        due = []
        while self.sent_ms < now_ms + LEAD_MS:
            self._feed()
            frame = next(self._sound, None) if self._now and self._now.sound else self._transmitter.frame()
            if frame is None:
                self._all_out = True
                break
            due.append(frame)
            self.sent_ms += FRAME_MS
        return due

    def finished(self, now_ms: float) -> bool:
        """The last of the transmission is on the line: True once."""
        if self._now is None or not self._all_out or now_ms < self.sent_ms:
            return False
        self._now = None
        return True

    def stop(self, now_ms: float) -> None:
        """At once. What must be read whole is queued again from the character it was at."""
        if self._now is None:
            return
        self._echo.stopped(now_ms)
        rest = self._transmitter.clear() + "".join(self._letters)
        self._letters.clear()
        while self._transmitter.frame() is not None:
            pass  # the character under way and its closing mark: the carrier's buffer is emptied, so nobody would hear it whole
        kept, self._now = self._now.keep, None
        self.drop()
        if kept and rest:
            self._queue.appendleft(Outgoing(rest, True))

    def _feed(self) -> None:
        """A few characters at a time, so that it is known when each of them is on the line."""
        while self._letters and (ahead_s := self._transmitter.remaining_s) < FED_S:
            character = self._letters.popleft()
            self._transmitter.send(character)
            self._echo.sends(character, self.sent_ms + ahead_s * 1000)
