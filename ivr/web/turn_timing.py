"""Where the time goes between a caller's last word and our first one. Told by a `MediaCall` and its parts; knows no audio and no call.

    last voice ──endpointing──▶ utterance over ──recognition──▶ text ──turn──▶ answer stored ──prompt──▶ first audio sent
"""

from __future__ import annotations

import time
from collections.abc import Callable


class TurnTiming:
    """Milliseconds by stage of one turn after the other. Nothing is measured until `ended`, and nothing after `spoken`."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic):
        self._clock_s = clock_s
        self._at: float | None = None
        self._stages: dict[str, float] = {}

    def ended(self, endpointing_ms: float) -> None:
        """The utterance is over, `endpointing_ms` of audio after its last voice."""
        self._at, self._stages = self._clock_s(), {"endpointing_ms": float(endpointing_ms)}

    def reached(self, stage: str) -> None:
        """The stage is over: `recognition`, `turn`."""
        if self._at is not None:
            now = self._clock_s()
            self._stages[f"{stage}_ms"] = round(1000 * (now - self._at), 1)
            self._at = now

    def dropped(self) -> None:
        """There will be no answer: it was no speech."""
        self._at = None

    def spoken(self) -> dict[str, float] | None:
        """The first audio of the answer has been sent: all stages, once a turn."""
        if self._at is None:
            return None
        self.reached("prompt")
        self._at = None
        return self._stages
