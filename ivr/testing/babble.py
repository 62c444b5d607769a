"""The noise of a room full of people, and speech in it at a wanted distance. Pure numbers: the same on every run.

Babble is the hardest common noise of telephone calls, since it is speech itself. Here it is several voices at once, each
reading without a pause and from another place of its text, and some pink noise below them, in the band of a telephone.
Used by benchmarks and tests; the voices are handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import butter, sosfilt

RATE = 8000
LEAST_VOICES = 6
"""With fewer, words can be made out, and it is a conversation rather than babble."""
_PINK_DB = -9.0
"""Pink noise below the voices."""
_FRAME = 160
_BAND_HZ = (300.0, 3400.0)


def babble(voices: Sequence[np.ndarray], samples: int, seed: int) -> np.ndarray:
    """So many samples of all voices at once, each about as loud as the others, at an RMS of 1."""
    if len(voices) < LEAST_VOICES:
        raise ValueError(f"babble of {len(voices)} voices, expected at least {LEAST_VOICES}")
    rng = np.random.default_rng(seed)
    mixed = sum((_from_somewhere(v, samples, rng) for v in voices), np.zeros(samples))
    mixed = mixed / _rms(mixed) + 10 ** (_PINK_DB / 20) * pink(samples, rng)
    heard = sosfilt(butter(2, _BAND_HZ, "bandpass", fs=RATE, output="sos"), mixed)
    return (heard / _rms(heard)).astype(np.float32)


def pink(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Noise whose power falls by 3 dB an octave, at an RMS of 1."""
    spectrum = np.fft.rfft(rng.normal(0, 1, samples))
    spectrum /= np.sqrt(np.maximum(1.0, np.arange(spectrum.size)))
    made = np.fft.irfft(spectrum, samples)
    return made / _rms(made)


def in_noise(speech: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    """The speech with noise `snr_db` below it, not louder than full scale. `noise` must be as long as the speech or longer.

    The speech's level is that of its frames with voice in them: silence around it must not make the noise weaker.
    """
    gain = speech_level(speech) / _rms(noise[:speech.size]) / 10 ** (snr_db / 20)
    mixed = speech + gain * noise[:speech.size]
    return (mixed / max(1.0, float(np.abs(mixed).max()) / 0.99)).astype(np.float32)


def speech_level(speech: np.ndarray) -> float:
    """RMS of the frames that are within 25 dB of the loudest."""
    whole = speech[:speech.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels = np.sqrt(np.mean(whole.astype(np.float64) ** 2, axis=1))
    loud = levels[levels > levels.max(initial=0.0) * 10 ** (-25 / 20)]
    return float(np.sqrt(np.mean(loud ** 2))) if loud.size else 0.0


def _from_somewhere(voice: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    level = speech_level(voice)
    if level <= 0:
        raise ValueError("a voice without sound")
    start = int(rng.integers(0, voice.size))
    return np.resize(np.roll(voice.astype(np.float64), -start), samples) / level


def _rms(samples: np.ndarray) -> float:
    return max(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))), 1e-12) if samples.size else 1e-12
