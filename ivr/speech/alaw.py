"""G.711 A-law to samples, for recordings made on European lines. Pure. Called by the WAV reader."""

from __future__ import annotations

import numpy as np


def _decode_table() -> np.ndarray:
    code = np.arange(256, dtype=np.int32) ^ 0x55  # even bits are inverted on the line (G.711, table 1a)
    exponent, mantissa = (code >> 4) & 7, code & 0x0F
    low = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, low, (low + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


_TO_FLOAT = (_decode_table().astype(np.float32) / 32768.0).astype(np.float32)


def decode(data: bytes) -> np.ndarray:
    """float32 samples in -1..1, one for each byte."""
    return _TO_FLOAT[np.frombuffer(data, dtype=np.uint8)]
