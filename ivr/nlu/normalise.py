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
_APOSTROPHE = re.compile(r"['\u2019\u02bc`]")
_NOT_WORD = re.compile(r"[^\w\s]")


def normalise(text: str) -> str:
    """Lower case, no accents, no punctuation, numbers as tokens."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:MAX_CHARS]).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    plain = _APOSTROPHE.sub("", plain.replace("_", " "))
    for pattern, token in _TOKENS:
        plain = pattern.sub(token, plain)
    return " ".join(_NOT_WORD.sub(" ", plain).split())
