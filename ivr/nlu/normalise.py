"""One form of text for training and for calls. Pure.

Recognised speech has no capitals and few accents one can rely on, typed text has both; numbers that identify somebody
say nothing about what the caller wants, and must not be learnt.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 600
"""What is classified of one utterance; the point is made in the first sentence or two."""

_TOKENS = (
    (re.compile(r"\b[a-z]{3}[ -]?\d{10}\b"), " numreceipt "),
    (re.compile(r"\ba[ -]?\d{8,9}\b"), " numalien "),
    (re.compile(r"\b([in])[ -](\d{3})\b"), r" form\1\2 "),
    (re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b"), " numdate "),
    (re.compile(r"\d[\d\s().-]{5,}\d"), " numlong "),
    (re.compile(r"\b\d+\b"), " num "),
)
_WORDS_FOR = (
    (re.compile(r"\b[a-z]{3}[ -]?\d{10}\b"), " receipt number "),
    (re.compile(r"\ba[ -]?\d{8,9}\b"), " alien number "),
    (re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b"), " date "),
    (re.compile(r"\d[\d\s().-]{5,}\d|\d{4,}"), " number "),
    (re.compile(r"\b([in])[ -](\d{3})\b"), r"\1-\2"),
)
"""What a sentence encoder reads instead: it knows words. Numbers of up to three digits name forms and say nothing of a person."""
_APOSTROPHE = re.compile(r"['\u2019\u02bc`]")
_NOT_WORD = re.compile(r"[^\w\s]")
_NOT_SPOKEN = re.compile(r"[^\w\s'-]")


def normalise(text: str) -> str:
    """Lower case, no accents, no punctuation, numbers as tokens."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:MAX_CHARS]).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    plain = _APOSTROPHE.sub("", plain.replace("_", " "))
    for pattern, token in _TOKENS:
        plain = pattern.sub(token, plain)
    return " ".join(_NOT_WORD.sub(" ", plain).split())


def for_encoder(text: str) -> str:
    """Lower case and no punctuation as in `normalise`, but with accents and apostrophes, which tell a sentence encoder apart
    what they tell people apart; numbers as words. Compatibility characters are expanded."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text[:MAX_CHARS]).casefold())
    plain = _APOSTROPHE.sub("'", folded.replace("_", " "))
    for pattern, words in _WORDS_FOR:
        plain = pattern.sub(words, plain)
    return " ".join(_NOT_SPOKEN.sub(" ", plain).split())
