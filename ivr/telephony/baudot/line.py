"""What is known of the line and the sender: level and pitch of each tone, and the noise. Pure.

Called by the receiver: started when a carrier is found, corrected with every character that was read.
"""

from __future__ import annotations

import numpy as np

from ivr.telephony.baudot.carrier import Found

BIT_MS = 22.0
_LEAST_NOISE = 1 / 60
"""Noise is taken for at least this share of a bit's energy: no line is so clean that one bit may outvote all others."""
_IN_BAND = 1.29
"""Noise of a telephone line lies between 300 and 3400 Hz, so that much denser there than over all 4 kHz."""
_FOLLOW = 0.3
"""How fast levels follow, a character."""
_LEAST_FOLLOW = 0.06
"""In noise a character says less about levels."""
_FOLLOW_NOISE = 0.12
_FOLLOW_PITCH = 0.25
_FAINT = 0.3
_HEARD = 2.0
"""Log-likelihood a bit of sound there must be against noise alone."""
_MOST_OFFSET_HZ = 60.0
_HOLE = 0.1
"""A millisecond with less than this share of the weaker tone's energy is a hole in the sound, not a bit."""


class Line:
    def __init__(self, found: Found) -> None:
        self.amplitude = np.array([found.amplitude, found.amplitude])
        """Magnitude of a block of mark and of space."""
        self.noise = found.noise * _IN_BAND
        """Variance of a block's noise."""
        self.offset_hz = np.array([found.offset_hz, found.offset_hz])
        """Pitch of mark and of space against 1400 and 1800 Hz."""
        self._learnt = 0
        self._settle()

    def _settle(self) -> None:
        self.amplitude = np.maximum(self.amplitude, 1.0)
        weaker = float(self.amplitude.min())
        noise = max(self.noise, weaker * weaker * BIT_MS * _LEAST_NOISE, 1e-6)
        self.gain = 2 * self.amplitude / noise
        self.bias = self.amplitude ** 2 / noise
        self.hole = _HOLE * weaker * weaker / 4
        """Energy of a block below which it is a hole."""

    def scores(self, sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Log-likelihood of mark and of space against no tone at all, for windows (n x 2 sums, n weights).

        The logarithm of the Bessel function I0 of the non-coherent receiver is taken for sqrt(x^2 + 4) - 2.
        """
        x = np.abs(sums) * self.gain
        return np.sqrt(x * x + 4.0) - 2.0 - weights[:, None] * self.bias

    def presence(self, sums: np.ndarray, ms: int) -> np.ndarray:
        """Log-likelihood of either tone, or one after the other, in windows of that length (n x 2 sums)."""
        bias = float(self.bias.min())
        x = np.sqrt((np.abs(sums) ** 2).sum(axis=1)) * min(float(self.gain.max()), 2 * bias / float(self.amplitude.min()))
        faint = np.sqrt(_FAINT * _FAINT * x * x + 4.0) - 4.0 - _FAINT * _FAINT * ms * bias
        return np.maximum(np.sqrt(x * x + 4.0) - 2.0 - ms * bias, faint)

    def heard(self, sums: np.ndarray, weights: np.ndarray) -> bool:
        """There was a tone in these windows at all: of the known level, or 10 dB below as the other tone may be."""
        x = np.abs(sums) * self.gain
        faint = np.sqrt(_FAINT * _FAINT * x * x + 4.0) - 2.0 - _FAINT * _FAINT * weights[:, None] * self.bias
        return float(np.maximum(self.scores(sums, weights), faint).max(axis=1).sum()) > len(sums) * _HEARD

    def learn_levels(self, mark: float | None, space: float | None, noise: float | None) -> None:
        """Mean magnitude of a block of each tone in a character, and the variance left in the other tone's place."""
        clear = min(1.0, float(self.bias.min()) * BIT_MS * _LEAST_NOISE)
        self._learnt += 1
        early = 0.5 / self._learnt
        for which, seen in ((0, mark), (1, space)):
            if seen is not None:
                self.amplitude[which] += max(_FOLLOW * clear, _LEAST_FOLLOW, early) * (seen - self.amplitude[which])
        if noise is not None:
            self.noise += max(_FOLLOW_NOISE, early) * (noise - self.noise)
        self._settle()

    @property
    def wants_pitch(self) -> bool:
        """Pitch is looked at closely at first, then now and then."""
        return self._learnt <= 6 or self._learnt % 4 == 0

    def learn_pitch(self, which: int, error_hz: float) -> None:
        """A tone was that far from where it was taken to be."""
        corrected = float(self.offset_hz[which]) + max(_FOLLOW_PITCH, 0.6 / max(self._learnt, 1)) * error_hz
        self.offset_hz[which] = min(max(corrected, -_MOST_OFFSET_HZ), _MOST_OFFSET_HZ)
