"""What telephone lines do to text-telephone sound, one impairment at a time, and always mu-law at the end.

Called by benchmarks/tty.py and its tests. The same seed gives the same line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, firwin2, hilbert, sosfilt

from ivr.speech import mulaw

RATE = 8000
FRAME = 160
Channel = Callable[[np.ndarray, np.random.Generator], np.ndarray]
_VOICE_BAND = butter(6, (300, 3400), "bandpass", fs=RATE, output="sos")


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of the table."""

    name: str
    channel: Channel
    baud: float = 45.45
    stop_bits: float = 1.5
    target: float | None = None
    """Most character errors allowed, %."""


def through(samples: np.ndarray, channel: Channel, seed: int) -> np.ndarray:
    """The sound as it arrives: half a second of line before and after it, an unaligned start, mu-law."""
    rng = np.random.default_rng(seed)
    edge = np.zeros(RATE // 2 + int(rng.integers(0, FRAME)))
    out = channel(np.concatenate([edge, samples.astype(float), edge]), rng)
    pcm = np.clip(np.rint(out), -32768, 32767).astype(np.int16)
    return mulaw.decode_pcm16(mulaw.encode_pcm16(pcm))


def clean(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return x


def noise(snr_db: float) -> Channel:
    """White noise between 300 and 3400 Hz; the signal's power is that of its tone."""
    def add(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        power = float(np.mean(x[np.abs(x) > 0] ** 2))
        hiss = sosfilt(_VOICE_BAND, rng.normal(0, 1, x.size))
        return x + hiss * np.sqrt(power / float(np.mean(hiss ** 2)) * 10 ** (-snr_db / 10))
    return add


def level(dbm0: float, sent_dbm0: float = -10.0) -> Channel:
    return lambda x, rng: x * 10 ** ((dbm0 - sent_dbm0) / 20)


def shift(hz: float) -> Channel:
    """Both tones moved, as a carrier system with an offset does."""
    def turn(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return np.real(hilbert(x) * np.exp(2j * np.pi * hz * np.arange(x.size) / RATE))
    return turn


def twist(db: float) -> Channel:
    """Mark stronger than space by that many dB."""
    def tilt(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        low, high = 10 ** (db / 40), 10 ** (-db / 40)
        taps = firwin2(65, (0, 1400, 1800, 4000), (low, low, high, high), fs=RATE)
        return np.convolve(x, taps, "same")
    return tilt


def echo(delay_ms: float, db: float) -> Channel:
    def add(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        late = np.zeros_like(x)
        late[int(delay_ms * 8):] = x[:-int(delay_ms * 8)]
        return x + late * 10 ** (db / 20)
    return add


def loss(share: float, concealment: str) -> Channel:
    """Frames lost at random; in their place silence, or the frame before once more."""
    def lose(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        frames = x[:x.size // FRAME * FRAME].reshape(-1, FRAME).copy()
        for i in np.flatnonzero(rng.random(len(frames)) < share):
            frames[i] = frames[i - 1] if concealment == "repeat" and i else 0.0
        return frames.reshape(-1)
    return lose


def both(*channels: Channel) -> Channel:
    def chain(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        for channel in channels:
            x = channel(x, rng)
        return x
    return chain
