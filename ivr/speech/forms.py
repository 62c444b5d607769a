"""When an answer is whole: what recognised words are worth as a value of the form that was asked for. Pure.

The dialogue's own grammars decide (`ivr.dialog.slots`), so that what ends an utterance early, what is chosen among several
readings and what `ivr transcribe --expect receipt` prints is what a call would take.

    value(...)      the value of the words, '' where there is none
    chosen(...)     the transcript with the first reading that is a value in front
    is_whole(...)   a value to which nothing could be added: the caller need not be waited for any longer

An answer is whole only where its length is fixed. A date without its year, a form number that may get a letter, a ZIP code
that may get four digits more, an address whose last part may have another behind it are waited for as usual. Called by the
media socket and by commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from ivr.dialog.slots import base
from ivr.speech.recognizer import Transcript


@dataclass(frozen=True, slots=True)
class Form:
    slot: str
    """Name of the slot type whose grammar reads it."""
    whole: Callable[[str, str], bool]
    """(value, words) -> nothing can follow"""


def _length(pattern: str) -> Callable[[str, str], bool]:
    return lambda value, words: re.fullmatch(pattern, value) is not None


FORMS: dict[str, Form] = {
    "receipt": Form("receipt", _length(r"[A-Z]{3}\d{10}")),
    "phone": Form("phone", _length(r"\+1\d{10}")),
    "a_number": Form("a_number", _length(r"A[1-9]\d{8}")),
    "zip": Form("zip", lambda value, words: False),
    "date": Form("date", lambda value, words: value[:4] in words),
}
"""By the form a node expects."""


def value(form: str, words: str, language: str, today: date = date.min) -> str:
    """The value, as the dialogue would store it; '' where the words are not exactly one."""
    known = FORMS.get(form)
    kind = base.SLOTS.get(known.slot) if known else None
    if kind is None:
        return ""
    reading = kind.spoken(words, language, today)
    return str.__str__(reading.value) if reading.status == "ok" else ""


def chosen(heard: Transcript, form: str, language: str, today: date = date.min) -> Transcript:
    """`heard` with its first reading that is a value as the text; unchanged where none is."""
    readings = (heard.text, *heard.alternatives)
    best = next((r for r in readings if r and value(form, r, language, today)), heard.text)
    return replace(heard, text=best, alternatives=tuple(r for r in readings if r != best))


def is_whole(form: str, words: str, language: str, today: date = date.min, length: int = 0) -> bool:
    """`length`: how many digits are wanted, where the form is `digits` and the number is known."""
    if form == "digits":
        return length > 1 and words.isdigit() and len(words) == length
    known = FORMS.get(form)
    found = value(form, words, language, today)
    return bool(known and found and known.whole(found, words))
