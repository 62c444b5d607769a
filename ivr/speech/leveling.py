"""Make prompts of different origin sound like one system: no silence at the ends, one loudness. Pure."""

from __future__ import annotations

import numpy as np

TARGET_DBFS = -16.0
"""RMS of the parts with sound."""
_PEAK = 0.89              # -1 dBFS
_KNEE = 0.7               # above this, peaks are bent and not cut
_FRAME = 80               # 10 ms
_SILENCE = 0.006          # -44 dBFS
_KEEP_FRAMES = 3          # 30 ms of silence stay, so that no consonant is cut


def trim(samples: np.ndarray) -> np.ndarray:
    """Without the silence at both ends; empty when there is nothing but silence."""
    rms = _frame_rms(samples)
    loud = np.flatnonzero(rms > _SILENCE)
    if not loud.size:
        return samples[:0]
    first = max(0, int(loud[0]) - _KEEP_FRAMES) * _FRAME
    return samples[first:(int(loud[-1]) + 1 + _KEEP_FRAMES) * _FRAME]


def level(samples: np.ndarray) -> np.ndarray:
    """At about -16 dBFS RMS, no peak above -1 dBFS. Bending peaks takes loudness away, so it is done twice."""
    out = np.asarray(samples, dtype=np.float32)
    for _ in range(2):
        rms = _frame_rms(out)
        active = rms[rms > _SILENCE]
        if not active.size:
            return out
        gain = 10 ** (TARGET_DBFS / 20) / float(np.sqrt(np.mean(active ** 2)))
        out = _limited(out * min(gain, 20.0))
    return out


def _frame_rms(samples: np.ndarray) -> np.ndarray:
    padded = np.pad(np.asarray(samples, dtype=np.float32), (0, -samples.size % _FRAME))
    return np.sqrt(np.mean(padded.reshape(-1, _FRAME) ** 2, axis=1)) if samples.size else np.zeros(0, np.float32)


def _limited(samples: np.ndarray) -> np.ndarray:
    loudness = np.abs(samples)
    room = _PEAK - _KNEE
    bent = _KNEE + room * np.tanh((loudness - _KNEE) / room)
    return np.where(loudness > _KNEE, np.sign(samples) * bent, samples).astype(np.float32)
