"""The answer to a yes-or-no question, spoken or keyed (1 is yes, 2 is no). Pure."""

from __future__ import annotations

from typing import Any

from ivr.dialog import events as ev
from ivr.dialog.lexicon import says_one_of, yes_or_no
from ivr.dialog.slots.yes_no import YES, answer_of
from ivr.flow.model import Bundle

_KEYS = {"1": "yes", "2": "no"}


def yes_no_of(event: ev.Event, turn: Any) -> str | None:
    """`yes`, `no`, or None when the answer is neither."""
    if isinstance(event, ev.DigitsReceived):
        return _KEYS.get(event.digits.reveal())
    if isinstance(event, ev.SpeechHeard):
        return said(turn.bundle, event.text.reveal(), turn.language)
    return None


def said(bundle: Bundle, text: str, language: str) -> str | None:
    """`yes`, `no` or None, by our words and the bundle's; a plain "sí" in an English call is clear enough too."""
    if language not in YES:
        return yes_or_no(bundle, text, language)
    lists = {name: bundle.commands.get(name, {}).get(language, ()) for name in ("yes", "no", "unsure", "filler")}
    answer = answer_of(text, language, lists["yes"], lists["no"], lists["unsure"], lists["filler"])
    if answer:
        return answer if answer in ("yes", "no") else None
    return next((a for a in ("yes", "no") for k in bundle.languages if says_one_of(text, bundle.commands.get(a, {}).get(k, ()))
                 if k != language), None)


def yes_no_again(tries: int) -> str:
    """Prompt key after so many answers that were neither: never the same words twice."""
    return "not_understood_yes_no" if tries < 2 else "not_understood_yes_no_2"
