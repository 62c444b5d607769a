"""Sound as short correlations with the two tones, 1 ms each. Pure.

A bit is 20 to 22 of these, so any bit is a sum of neighbours, at any place, and a small error of pitch can be turned out
afterwards. Called by the receiver: for every frame while it listens, for a few frames at once while somebody sends.
"""

from __future__ import annotations

import numpy as np

FRAME = 160
BLOCK = 8
"""Samples of one correlation: 1 ms."""
BLOCKS = FRAME // BLOCK
"""Correlations of one frame."""
_TONES_HZ = (1400.0, 1800.0)
_ONES = np.ones(BLOCK, np.float32)


def _basis() -> np.ndarray:
    """One column for each part: mark cosine, mark sine, space cosine, space sine."""
    phase = 2 * np.pi * np.outer(np.arange(BLOCK), _TONES_HZ) / 8000.0
    return np.stack([np.cos(phase), -np.sin(phase)], axis=2).reshape(BLOCK, 4).astype(np.float32)


_BASIS = _basis()
# Both tones have whole numbers of periods in a frame, so the phase of a block depends on its place in the frame alone.
_TURN = np.exp(-2j * np.pi * np.outer(np.arange(BLOCKS) * BLOCK, _TONES_HZ) / 8000.0).astype(np.complex64)


def blocks_of(samples: np.ndarray) -> np.ndarray:
    """float32 rows of 1 ms of whole frames."""
    return samples.astype(np.float32).reshape(-1, BLOCK)


def correlate(blocks: np.ndarray) -> np.ndarray:
    """complex64, a row for each millisecond: mark, space. A tone of amplitude a gives magnitude 4 a."""
    tones = (blocks @ _BASIS).view(np.complex64)
    return (tones.reshape(-1, BLOCKS, 2) * _TURN).reshape(-1, 2)


def energy(blocks: np.ndarray) -> np.ndarray:
    """Sum of squares of each millisecond."""
    return (blocks * blocks) @ _ONES
