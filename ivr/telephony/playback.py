"""When what we sent will have been heard. Pure: the time is an argument, milliseconds on any steady clock.

Twilio plays from a buffer, so "finished sending" is long before "finished speaking": the end is
`max(now, end) + bytes / 8`. On barge-in the same arithmetic, corrected by the marks that came back, says how much of
the prompt the caller heard. Called by the media rim and by the emulator's media leg.
"""

from __future__ import annotations

from dataclasses import dataclass

BYTES_PER_MS = 8
"""mu-law at 8 kHz."""
MAX_PHRASES = 200
"""Phrases remembered between two clears; a turn has a handful."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of one phrase was played."""

    name: str
    played_ms: float
    total_ms: float

    @property
    def fraction(self) -> float:
        return 1.0 if self.total_ms <= 0 else min(1.0, self.played_ms / self.total_ms)


@dataclass(slots=True)
class _Phrase:
    name: str
    start_ms: float
    end_ms: float
    marked: bool = False


class Playback:
    """The playback clock of one stream and the phrases on it."""

    def __init__(self) -> None:
        self.end_ms = 0.0
        """When the last byte sent so far will have been played."""
        self._phrases: list[_Phrase] = []

    def sent(self, name: str, size_bytes: int, now_ms: float) -> float:
        """Note a phrase; returns when it will have been played. Parts of one phrase may come one after the other."""
        start = max(now_ms, self.end_ms)
        self.end_ms = start + size_bytes / BYTES_PER_MS
        if self._phrases and self._phrases[-1].name == name:
            self._phrases[-1].end_ms = self.end_ms
        else:
            self._phrases = [*self._phrases[-MAX_PHRASES:], _Phrase(name, start, self.end_ms)]
        return self.end_ms

    def returned(self, name: str) -> None:
        """A mark came back that was not cleared: its phrase and all before it were heard, whatever the clock says."""
        names = [p.name for p in self._phrases]
        if name in names:
            last = len(names) - 1 - names[::-1].index(name)
            for phrase in self._phrases[: last + 1]:
                phrase.marked = True

    def remaining_ms(self, now_ms: float) -> float:
        return max(0.0, self.end_ms - now_ms)

    def heard(self, now_ms: float) -> tuple[Heard, ...]:
        """Every phrase since the last clear, with what was played of it by now."""
        return tuple(Heard(p.name, self._played(p, now_ms), p.end_ms - p.start_ms) for p in self._phrases)

    @staticmethod
    def _played(phrase: _Phrase, now_ms: float) -> float:
        total = phrase.end_ms - phrase.start_ms
        return total if phrase.marked else min(total, max(0.0, now_ms - phrase.start_ms))

    def cleared(self, now_ms: float) -> tuple[Heard, ...]:
        """The buffer was emptied: what was heard until now; the clock is free at once."""
        heard = self.heard(now_ms)
        self._phrases = []
        self.end_ms = min(self.end_ms, now_ms)
        return heard


def words_heard(text: str, fraction: float) -> str:
    """The leading words of `text` that fit into the played fraction. Never says more than was heard."""
    if fraction >= 1.0:
        return text
    end = int(len(text) * max(0.0, fraction))
    cut = text[:end]
    if end < len(text) and not text[end].isspace():
        cut = cut[: cut.rfind(" ") + 1]
    return cut.rstrip()
