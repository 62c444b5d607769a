"""What the caller of a media stream sends: one frame after the other, of what they say or of silence, over a network that loses some.

Owned by a `MediaLeg`, which paces it. Losses are drawn from a seed, so that a run can be repeated.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

FRAME_BYTES = 160
FRAME_S = 0.020
SILENCE = b"\xff" * FRAME_BYTES


@dataclass(frozen=True, slots=True)
class Impairment:
    """What the network does to the caller's frames."""

    loss: float = 0.0
    """Share of frames lost, 0-1; their numbers are used up and the timestamps go on."""
    first_timestamp_ms: int = 0
    """Twilio's own examples do not begin at 0."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Frame:
    payload: bytes
    timestamp_ms: int
    lost: bool


class CallerFrames:
    def __init__(self, impairment: Impairment):
        self._impairment = impairment
        self._random = random.Random(impairment.seed)
        self._said: deque[bytes] = deque()
        self._count = 0

    @property
    def all_said(self) -> bool:
        return not self._said

    def say(self, audio: bytes) -> None:
        """mu-law, behind what is still to be sent; the last frame is filled up with silence."""
        self._said.extend(audio[i:i + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff") for i in range(0, len(audio), FRAME_BYTES))

    def next(self) -> Frame:
        payload = self._said.popleft() if self._said else SILENCE
        timestamp_ms = self._impairment.first_timestamp_ms + self._count * 20
        self._count += 1
        return Frame(payload, timestamp_ms, bool(self._impairment.loss) and self._random.random() < self._impairment.loss)
