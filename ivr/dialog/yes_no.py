"""The answer to a yes-or-no question, spoken or keyed (1 is yes, 2 is no). Pure."""

from __future__ import annotations

from typing import Any

from ivr.dialog import events as ev
from ivr.dialog.lexicon import yes_or_no

_KEYS = {"1": "yes", "2": "no"}


def yes_no_of(event: ev.Event, turn: Any) -> str | None:
    """`yes`, `no`, or None when the answer is neither."""
    if isinstance(event, ev.DigitsReceived):
        return _KEYS.get(event.digits.reveal())
    if isinstance(event, ev.SpeechHeard):
        return yes_or_no(turn.bundle, event.text.reveal(), turn.language)
    return None


def yes_no_again(tries: int) -> str:
    """Prompt key after so many answers that were neither: never the same words twice."""
    return "not_understood_yes_no" if tries < 2 else "not_understood_yes_no_2"
