"""Frames a network repeated in the place of lost ones: they speak, but of the wrong bit. Pure, streaming.

A repeat is found by itself: noise and changes of tone never come back the same after 20 ms. A steady tone does, so only
on a line that was seen to repeat frames is a steady frame doubted, and then only against what contradicts it.
Called by the receiver for what is sent while a carrier is up.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ivr.telephony.baudot.correlators import BLOCK, BLOCKS, energy

REPEATED_WEIGHT = 0.03
"""What a repeated millisecond counts: less than the 2 ms of truth that every bit keeps around a lost frame."""
STEADY_WEIGHT = 0.07
"""The same for a steady tone on a line that was seen to repeat frames."""
_SAME = 1e-3
"""A block is a repeat when it differs from the block 20 ms before by less than this share of its energy (30 dB)."""
_PERIOD = 5
"""Blocks after which either tone is at the same phase again."""
_STEADY = 15
"""Blocks without a change of tone behind a repeat that a steady tone would explain."""
_WARY_MS = 60000
"""How long a line that repeats frames is taken for one that does."""
_SIGHTINGS, _WITHIN_MS = 3, 10000
"""So many repeats in so short a time make such a line. One alone may be a splice: the phase of a tone jumps where sound was left
out, and looks the same; on such a line a doubted steady tone would be misread now and then."""


class Repeats:
    """Remembers the frame before."""

    def __init__(self) -> None:
        self._past = np.zeros((BLOCKS, BLOCK), np.float32)
        self._since_change = 0
        self._wary_ms = 0
        self._now_ms = 0
        self._seen_ms: deque[int] = deque(maxlen=_SIGHTINGS)

    def feed(self, blocks: np.ndarray, energies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weight of each millisecond, and what the weights of a window are scaled up to.

        Both are 1 for what may be believed. A steady tone's weight is low, but it counts in full as long as nothing
        else is in the window.
        """
        size = len(blocks)
        self._now_ms += size
        line = np.concatenate([self._past, blocks])
        self._past = blocks[-BLOCKS:]
        limit = _SAME * energies
        repeated = energy(blocks - line[:size]) <= limit
        changed = energy(blocks - line[BLOCKS - _PERIOD:BLOCKS - _PERIOD + size]) > limit
        age = self._age(changed)
        self._wary_ms = max(0, self._wary_ms - size)
        weights, counts = np.ones(size), np.ones(size)
        if not repeated.any():
            return weights, counts
        false = repeated & (age < _STEADY) & (energies > 0)
        if int(false.sum()) >= BLOCKS // 2:
            self._seen_ms.append(self._now_ms)
            if len(self._seen_ms) == _SIGHTINGS and self._now_ms - self._seen_ms[0] <= _WITHIN_MS:
                self._wary_ms = _WARY_MS
        weights[false] = counts[false] = REPEATED_WEIGHT
        if self._wary_ms:
            steady = (repeated & ~false).reshape(-1, BLOCKS).all(axis=1)
            weights.reshape(-1, BLOCKS)[steady] = STEADY_WEIGHT
        return weights, counts

    def _age(self, changed: np.ndarray) -> np.ndarray:
        """How many blocks ago the tone last changed, for each block."""
        places = np.arange(changed.size)
        age = places - np.maximum.accumulate(np.where(changed, places, -1 - self._since_change))
        self._since_change = int(age[-1])
        return age
