"""One speed a sender may have, with the scores of all windows as long as its bits. Pure. Called by the segmenter."""

from __future__ import annotations

import numpy as np

from ivr.telephony.baudot.letter_statistics import CODE_PRIOR
from ivr.telephony.baudot.line import Line
from ivr.telephony.baudot.timeline import Timeline

_ROOM = 6000
_KEEP = 1200
_LEAST_BITS = 6.7
"""A character takes at least start, five bits and most of one stop bit."""
COST = 5.0
"""Log of how rare a start is among milliseconds."""
ALIKE_MS = 8
"""Starts that differ by less are the same character."""
_AROUND_MS = 6
"""How far a character may begin from the likeliest place."""
ZEROS = np.array([[0.0 if code >> bit & 1 else 1.0 for code in range(32)] for bit in range(5)])
"""Which bits of which code are a space."""


class Speed:
    def __init__(self, baud: float) -> None:
        self.baud = baud
        self.bias = 0.0
        """Log of how likely this speed is by what was heard so far."""
        self.bit_ms = 1000.0 / baud
        self.window = round(self.bit_ms)
        self.least = round(_LEAST_BITS * self.bit_ms)
        self.offsets = np.rint(np.arange(7) * self.bit_ms).astype(np.int64)
        self._scores = np.zeros((_ROOM, 2))
        self._gain = np.zeros(_ROOM)
        self._origin, self._filled = 0, 0

    def extend(self, timeline: Timeline, line: Line) -> None:
        """Scores of the windows that are complete now."""
        if self._filled + 256 > _ROOM:
            self._drop(self._filled - _KEEP)
        start = self._origin + self._filled
        count = timeline.end - self.window - start + 1
        if count <= 0:
            return
        scores = line.scores(*timeline.windows(start, count, self.window))
        to = self._filled + count
        self._scores[self._filled:to] = scores
        np.subtract(scores[:, 1], scores[:, 0], out=self._gain[self._filled:to])
        self._filled = to

    def rewards(self, start: int, count: int) -> np.ndarray:
        """What a character beginning at `start`, `start` + 1, ... is worth against a line at rest."""
        gains = self._gains(start, count)
        return gains[:, 0] + (gains[:, 1:] @ ZEROS + CODE_PRIOR).max(axis=1) + (self.bias - COST)

    def fit(self, start: int) -> float:
        """How well a character that begins about there agrees with this speed."""
        first, count = self._near(start, ALIKE_MS)
        return float(self.rewards(first, count).max()) - self.bias

    def likelihood(self, start: int) -> np.ndarray:
        """Log-likelihood of each of the 32 codes, wherever exactly the character begins."""
        gains = self._gains(*self._near(start, _AROUND_MS))
        worth = gains[:, 1:] @ ZEROS + gains[:, :1]
        top = worth.max()
        return np.log(np.exp(np.maximum(worth - top, -300.0)).sum(axis=0)) + top

    def margin(self, start: int) -> float:
        """How sure the least certain of the mark before it, start, bits and stop is."""
        gains = self._gain[(start - self._origin + self.offsets).clip(max=self._filled - 1)]
        before = float(self._gain[max(start - self.window - self._origin, 0)])
        return float(min(-before, gains[0], np.abs(gains[1:6]).min(), -gains[6]))

    def rests(self, first: int, last: int, sure: float) -> bool:
        """Every bit that begins between these is surely mark."""
        at = max(first - self._origin, 0)
        return bool((self._gain[at:last - self._origin + 1] < -sure).all())

    def at(self, start: int) -> np.ndarray:
        """Scores (7 x 2: mark, space) of start, five bits and the first stop bit of a character."""
        return self._scores[(start - self._origin + self.offsets).clip(max=self._filled - 1)]

    def _gains(self, start: int, count: int) -> np.ndarray:
        return self._gain[(start - self._origin + np.arange(count))[:, None] + self.offsets[:6]]

    def _near(self, start: int, around_ms: int) -> tuple[int, int]:
        first = max(self._origin, start - around_ms)
        last = min(start + around_ms, self._origin + self._filled - 1 - int(self.offsets[5]))
        return min(first, last), max(1, last - first + 1)

    def _drop(self, count: int) -> None:
        self._scores[:self._filled - count] = self._scores[count:self._filled]
        self._gain[:self._filled - count] = self._gain[count:self._filled]
        self._origin += count
        self._filled -= count
