"""What an intent model is to the rest of the program: text in, ranked intents out. Called by the runtime."""

from __future__ import annotations

from typing import Protocol

from ivr.dialog.events import Hypothesis

OUT_OF_SCOPE = "_oos"
"""The intent of what is none of the bundle's intents; names with an underscore in front are never a choice."""


class IntentModel(Protocol):
    version: str
    """Changes whenever the same bundle and text could give other figures."""

    def classify(self, text: str, language: str) -> tuple[Hypothesis, ...]:
        """Every intent with its calibrated probability, most probable first; the probabilities sum to 1."""
