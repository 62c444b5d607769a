"""G.711 mu-law, the telephone network's 8-bit code, by table. Pure: numpy only, no I/O.

Called by the media socket, the listener, the WAV reader and the prompt cache. `audioop` is not used: Python 3.13 has
removed it.
"""

from __future__ import annotations

import numpy as np

RATE_HZ = 8000
SILENCE = 0xFF
"""The byte for amplitude zero."""

_BIAS = 0x84
_CLIP = 32635


def _decode_table() -> np.ndarray:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 0x0F
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> np.ndarray:
    """One byte for each of the 65536 samples, indexed by the sample seen as an unsigned number."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(sample < 0, 0x80, 0)
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)


_TO_PCM = _decode_table()
_TO_FLOAT = (_TO_PCM.astype(np.float32) / 32768.0).astype(np.float32)
_FROM_PCM = _encode_table()


def decode(data: bytes) -> np.ndarray:
    """float32 samples in -1..1, one for each byte."""
    return _TO_FLOAT[np.frombuffer(data, dtype=np.uint8)]


def decode_pcm16(data: bytes) -> np.ndarray:
    """int16 samples, one for each byte."""
    return _TO_PCM[np.frombuffer(data, dtype=np.uint8)]


def encode(samples: np.ndarray) -> bytes:
    """mu-law bytes of float samples in -1..1; louder ones are clipped, NaN becomes silence."""
    scaled = np.nan_to_num(np.asarray(samples, dtype=np.float32), nan=0.0) * 32768.0
    return encode_pcm16(np.clip(np.rint(scaled), -32768, 32767).astype(np.int16))


def encode_pcm16(samples: np.ndarray) -> bytes:
    """mu-law bytes of int16 samples."""
    return _FROM_PCM[np.ascontiguousarray(samples, dtype=np.int16).view(np.uint16)].tobytes()
