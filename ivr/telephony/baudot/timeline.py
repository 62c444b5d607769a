"""The last seconds of a carrier, summed up so that any window of it costs two look-ups. Pure.

Called by the segmenter and the receiver. Times are milliseconds since the carrier was found (with its history).
"""

from __future__ import annotations

import numpy as np

from ivr.telephony.baudot.correlators import BLOCK, BLOCKS
from ivr.telephony.baudot.line import Line

_ROOM = 6000
_KEEP = 1200
_MOST = 200
"""Milliseconds appended at once."""


class Timeline:
    def __init__(self) -> None:
        self._tones = np.zeros((_ROOM + 1, 2), np.complex128)
        self._weights = np.zeros((_ROOM + 1, 2))
        """Weights, and what they are scaled up to."""
        self._energy = np.zeros(_ROOM + 1)
        self._origin = 0
        """Time of the first place."""
        self._filled = 0
        self._phase = np.zeros(2)
        self._turns: np.ndarray | None = None
        self._offset = np.zeros(2)

    @property
    def end(self) -> int:
        return self._origin + self._filled

    def append(self, tones: np.ndarray, energies: np.ndarray, weights: np.ndarray, counts: np.ndarray, line: Line) -> np.ndarray:
        """Whole frames more. Returns the sum for mark and space of each frame, every millisecond counted alike."""
        if self._filled + len(tones) > _ROOM:
            self._drop(self._filled - _KEEP)
        full = energies >= line.hole
        turned = tones * self._turn(line.offset_hz, len(tones))
        at, to = self._filled, self._filled + len(tones)
        weights = weights * full
        np.cumsum(turned * weights[:, None], axis=0, out=self._tones[at + 1:to + 1])
        self._tones[at + 1:to + 1] += self._tones[at]
        np.cumsum(np.stack([weights, counts * full], axis=1), axis=0, out=self._weights[at + 1:to + 1])
        self._weights[at + 1:to + 1] += self._weights[at]
        np.cumsum(energies, out=self._energy[at + 1:to + 1])
        self._energy[at + 1:to + 1] += self._energy[at]
        self._filled = to
        return turned.reshape(-1, BLOCKS, 2).sum(axis=1)

    def windows(self, start: int, count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Sums (count x 2) and weights (count) of windows that begin at `start`, `start` + 1, ..."""
        at = start - self._origin
        return _scaled(self._tones[at + length:at + length + count] - self._tones[at:at + count],
                       self._weights[at + length:at + length + count] - self._weights[at:at + count])

    def spans(self, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same for any windows."""
        a, b = starts - self._origin, ends - self._origin
        return _scaled(self._tones[b] - self._tones[a], self._weights[b] - self._weights[a])

    def share(self, start: int, end: int, power: float) -> float:
        """Share of the energy of a stretch that correlations of that summed power (a millisecond) explain."""
        a, b = start - self._origin, end - self._origin
        whole = float(self._energy[b] - self._energy[a])
        return min(power / (whole * BLOCK / 2), 1.0) if whole > 0 else 0.0

    def _turn(self, offset_hz: np.ndarray, count: int) -> np.ndarray:
        """Turns both tones to their nominal place, the phase running on from frame to frame."""
        if self._turns is None or not np.array_equal(offset_hz, self._offset):
            self._offset = offset_hz.copy()
            self._turns = np.exp(np.outer(np.arange(_MOST), offset_hz) * (-2j * np.pi / 1000.0))
        turn = self._turns[:count] * np.exp(-1j * self._phase)
        self._phase = (self._phase + offset_hz * (2 * np.pi * count / 1000.0)) % (2 * np.pi)
        return turn

    def _drop(self, count: int) -> None:
        kept = self._filled - count
        self._tones[:kept + 1] = self._tones[count:self._filled + 1] - self._tones[count]
        self._energy[:kept + 1] = self._energy[count:self._filled + 1] - self._energy[count]
        self._weights[:kept + 1] = self._weights[count:self._filled + 1] - self._weights[count]
        self._origin += count
        self._filled = kept


def _scaled(sums: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A window of nothing but a steady tone counts in full, one in which something contradicts it follows that."""
    counted = weights[:, 1]
    scale = counted / np.maximum(weights[:, 0], 1e-3)
    return sums * scale[:, None], counted
