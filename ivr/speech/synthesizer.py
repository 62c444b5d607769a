"""The seam to speech synthesis."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Synthesizer(Protocol):
    name: str

    def voice(self, language: str) -> str:
        """Stable id of the voice used for `language`; part of the cache key."""

    def speak(self, text: str, language: str) -> np.ndarray:
        """float32 mono samples at 8 kHz, -1..1, never empty for non-empty text; raises Unavailable otherwise."""

    def close(self) -> None: ...
