"""Keys as the tones of a telephone (ITU-T Q.23), for a member of staff who has to press one for the caller."""

from __future__ import annotations

import numpy as np

from ivr.speech import mulaw

LOW_HZ, HIGH_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")
FREQUENCIES = {key: (LOW_HZ[row], HIGH_HZ[column]) for row, keys in enumerate(KEYPAD) for column, key in enumerate(keys)}
ON_MS = OFF_MS = 100
LEVEL = 0.25
"""Of full scale, each of the two tones."""
RATE = 8000
FRAME = 160


def frames(keys: str) -> list[bytes]:
    """20 ms of mu-law each. What is no key is left out."""
    t = np.arange(ON_MS * RATE // 1000) / RATE
    gap = np.zeros(OFF_MS * RATE // 1000)
    parts = [part for key in keys if key in FREQUENCIES
             for part in (sum(LEVEL * np.sin(2 * np.pi * hz * t) for hz in FREQUENCIES[key]), gap)]
    sound = mulaw.encode(np.concatenate(parts).astype(np.float32)) if parts else b""
    return [sound[at:at + FRAME] for at in range(0, len(sound), FRAME)]
