"""How far apart a machine that types without pause sets its characters: all have the same stop bits. Pure.

Called by the receiver with every character, and by the segmenter, which finds the next one easier where it is due.
"""

from __future__ import annotations

import numpy as np

_NEAR_MS = 3
_MOST = 4.0


class Pace:
    def __init__(self) -> None:
        self._gap_ms = 0.0
        self._regular = 0.0
        self._last = -10 ** 6

    @property
    def bonus(self) -> float:
        """Log of how much likelier a character is where it is due than elsewhere."""
        return min(max(self._regular - 1.0, 0.0), _MOST)

    def due(self, gaps: np.ndarray) -> np.ndarray:
        """Which distances from the character before are those of the machine."""
        return np.abs(gaps - round(self._gap_ms)) <= _NEAR_MS

    def heard(self, start_ms: int, bit_ms: float) -> None:
        gap, self._last = start_ms - self._last, start_ms
        if not 6.8 * bit_ms < gap < 8.4 * bit_ms:
            return
        near = abs(gap - self._gap_ms) <= _NEAR_MS + 1
        self._regular = min(self._regular + 1.0, 6.0) if near else max(self._regular - 1.5, 0.0)
        if near:
            self._gap_ms += 0.2 * (gap - self._gap_ms)
        elif self._regular < 1.0:
            self._gap_ms = float(gap)
