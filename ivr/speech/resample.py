"""Change of sample rate with a proper low-pass. Pure.

Telephone audio is 8 kHz, Whisper wants 16 kHz, synthesizers give 22.05 or 24 kHz. Taking every n-th sample would fold
everything above the new half rate back into the speech band.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import gcd

import numpy as np

from ivr.errors import MalformedRequest

MIN_HZ, MAX_HZ = 8000, 48000


@cache
def _polyphase() -> Callable[..., np.ndarray]:
    """Loaded when it is first needed: it takes most of a second, and only what speaks or listens needs it."""
    from scipy.signal import resample_poly

    return resample_poly


def prepare() -> None:
    """So that no caller waits for it."""
    _polyphase()


def resample(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """float32 samples at `to_hz`. Rates outside 8-48 kHz are refused."""
    for rate in (from_hz, to_hz):
        if not MIN_HZ <= rate <= MAX_HZ:
            raise MalformedRequest(f"sample rate {rate} Hz is outside 8000-48000 Hz",
                                   hint="save the recording at 8, 16 or 48 kHz", code="audio_rate")
    samples = np.asarray(samples, dtype=np.float32)
    if from_hz == to_hz or not samples.size:
        return samples
    common = gcd(from_hz, to_hz)
    return _polyphase()(samples, to_hz // common, from_hz // common).astype(np.float32)


def to_8k(samples: np.ndarray, from_hz: int) -> np.ndarray:
    """Samples at the telephone's rate."""
    return resample(samples, from_hz, 8000)


def to_16k(samples: np.ndarray, from_hz: int = 8000) -> np.ndarray:
    """Samples at Whisper's rate."""
    return resample(samples, from_hz, 16000)
