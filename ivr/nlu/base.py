"""What an intent model is to the rest of the program: text in, ranked intents and a decision out. Called by the runtime."""

from __future__ import annotations

from typing import Protocol

from ivr.dialog.decision import OUT_OF_SCOPE
from ivr.dialog.events import Classification

__all__ = ["OUT_OF_SCOPE", "IntentModel"]


class IntentModel(Protocol):
    version: str
    """Changes whenever the same bundle and text could give other figures."""

    def classify(self, text: str, language: str) -> Classification:
        """Every intent with its calibrated probability, most probable first, and what to do about the first.

        What is out of scope is one hypothesis, `_oos` or `_oos.<topic>` where the topic is clear; commands are `_cmd.<name>`.
        """
