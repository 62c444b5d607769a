"""The question a spoken call is at: what the caller may do about it, and whether an answer is already being worked out.

A `MediaCall` sets it; `Hearing` asks it what a sound is worth. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.dialog import actions as act


@dataclass(slots=True)
class OpenQuestion:
    listen: act.Listen | None = None
    """None while a turn is being said, and once the call is over."""
    busy: bool = False
    """A turn is being worked out: what the caller does now is for the next question."""
    answers: int = 0
    """Questions that this caller has answered."""

    @property
    def may_be_interrupted(self) -> bool:
        return self.listen is not None and self.listen.barge_in

    @property
    def takes_speech(self) -> bool:
        return self.listen is not None and self.listen.speech and not self.busy
