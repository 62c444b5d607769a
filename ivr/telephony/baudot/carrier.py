"""Is a text telephone sending: finds its mark tone in noise and says how far its pitch is off. Pure, streaming.

A mark tone is at least 100 ms of one frequency within 50 Hz of 1400 Hz that holds a share of the sound no noise holds.
Somebody may also be heard in the middle of typing, when there is no lead; then nearly all the sound is one of the two
tones in every 20 ms. Called by the receiver while no carrier is up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivr.telephony.baudot.correlators import BLOCK, BLOCKS

_LOOK = 60
"""ms of mark looked at together."""
_OFFSETS_HZ = np.arange(-54.0, 55.0, 6.0)
_MARK_SHARE = 0.075
"""Share of the energy in the mark tone: -8 dB of noise leaves it 0.14, noise alone is below 0.06."""
_EITHER_SHARE = 0.6
_LOOKS = 3
"""Looks in a row, a frame apart: 100 ms of mark in all."""
_FOUND_AFTER_MS = 100
_LEAD_MARK_MS = 70
"""Of the three looks' 100 ms: the last one may have the beginning of a start bit in it."""
_STEADY_HZ = 13.0
_LEAST_RMS = 40.0
"""About -55 dBm0: what is fainter is not listened to."""
_TURNS = np.exp(-2j * np.pi * np.outer(np.arange(_LOOK), _OFFSETS_HZ) / 1000.0).astype(np.complex64)


@dataclass(frozen=True, slots=True)
class Found:
    """A carrier."""

    since_ms: int
    """How long ago its tone began at the latest."""
    mark_ms: int
    """How much of that was mark without any character."""
    offset_hz: float
    """Its pitch against 1400 Hz."""
    amplitude: float
    """Magnitude of a block of the tone."""
    noise: float
    """Variance of a block without its tone."""


class CarrierSearch:
    """Looks at the last 60 ms with every frame."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._mark = np.zeros(_LOOK, np.complex64)
        self._energy = [0.0, 0.0, 0.0]
        self._either = [0.0] * 5
        self._run = 0
        self._offset = 0.0

    def feed(self, tones: np.ndarray, energy: float) -> Found | None:
        """One frame: its correlations and its sum of squares."""
        self._mark[:-BLOCKS] = self._mark[BLOCKS:]
        self._mark[-BLOCKS:] = tones[:, 0]
        self._energy = [*self._energy[1:], energy]
        if energy < BLOCK * BLOCKS * _LEAST_RMS ** 2:
            self._run = 0
            self._either = [*self._either[1:], 0.0]
            return None
        return self._lead() or self._middle(tones, energy)

    def _lead(self) -> Found | None:
        total = sum(self._energy)
        sums = self._mark @ _TURNS
        power = sums.real ** 2 + sums.imag ** 2
        best = int(power.argmax())
        share = float(power[best]) / (total * _LOOK * BLOCK / 2)
        offset = float(_OFFSETS_HZ[best])
        steady = abs(offset - self._offset) <= _STEADY_HZ
        self._offset = offset
        self._run = 0 if share < _MARK_SHARE else self._run + 1 if steady else 1
        if self._run < _LOOKS:
            return None
        amplitude = float(np.sqrt(power[best])) / _LOOK
        return self._found(_LEAD_MARK_MS, _between(power, best), amplitude, total / (_LOOK * BLOCK))

    def _middle(self, tones: np.ndarray, energy: float) -> Found | None:
        sums = np.abs(tones.sum(axis=0)) ** 2
        share = float(sums.max()) / (energy * BLOCKS * BLOCK / 2)
        self._either = [*self._either[1:], share]
        if min(self._either) < _EITHER_SHARE / 2 or sum(self._either) < len(self._either) * _EITHER_SHARE:
            return None
        amplitude = float(np.sqrt(sums.max())) / BLOCKS
        return self._found(0, 0.0, amplitude, energy / (BLOCKS * BLOCK))

    def _found(self, mark_ms: int, offset_hz: float, amplitude: float, mean_square: float) -> Found:
        noise = max(mean_square - (amplitude / 4) ** 2 / 2, 0.0) * BLOCK
        return Found(_FOUND_AFTER_MS, mark_ms, offset_hz, amplitude, noise)


def _between(power: np.ndarray, best: int) -> float:
    """The peak of a parabola through the best offset and its neighbours."""
    if not 0 < best < power.size - 1:
        return float(_OFFSETS_HZ[best])
    left, top, right = (float(p) for p in power[best - 1:best + 2])
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return float(_OFFSETS_HZ[best]) + shift * 6.0
