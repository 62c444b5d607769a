"""An answer of several sentences as one text of few segments, and what is left of it for the next one. Pure.

The last part is the question and always comes along. What does not fit is not lost: it comes when the person asks for more.
Where only an accent outside of the carriers' alphabet makes a text three times as long, the accent goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ivr.contact.segments import is_gsm7, segments

MOST = 3
"""Segments of one answer."""
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=\S)")
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})


def plain(text: str) -> str:
    """In the 7-bit alphabet where that only costs accents; otherwise as it is."""
    text = text.translate(_ALIKE)
    if is_gsm7(text):
        return text
    bare = "".join(c if is_gsm7(c) else _without_accent(c) for c in text)
    return bare if is_gsm7(bare) else text


def fit(parts: Sequence[str], more: str, most: int = MOST) -> tuple[str, str]:
    """(the text, what is left). `parts`: what is to be said, the question last; `more`: the sentence that offers the rest."""
    said = [plain(p) for p in parts if p.strip()]
    whole = "\n".join(said)
    if segments(whole) <= most:
        return whole, ""
    question, sentences = (said[-1] if len(said) > 1 else ""), [s for p in (said[:-1] or said) for s in _SENTENCES.split(p)]
    tail = "\n".join(t for t in (plain(more), question) if t)
    taken = _as_many(sentences, tail, most)
    if taken == 0:
        return _cut(sentences, tail, most)
    return _joined(sentences[:taken], tail), " ".join(sentences[taken:])


def _as_many(sentences: Sequence[str], tail: str, most: int) -> int:
    count = 0
    while count < len(sentences) and segments(_joined(sentences[:count + 1], tail)) <= most:
        count += 1
    return count


def _cut(sentences: Sequence[str], tail: str, most: int) -> tuple[str, str]:
    """Not even the first sentence fits: between two words, and at worst within one."""
    words = " ".join(sentences).split(" ")
    count = _as_many(words, tail, most)
    if count:
        return _joined(words[:count], tail), " ".join(words[count:])
    letters = list(" ".join(words))
    while letters and segments("".join(letters)) > most:
        letters.pop()
    return "".join(letters), " ".join(words)[len(letters):]


def _joined(sentences: Sequence[str], tail: str) -> str:
    return "\n".join(t for t in (" ".join(sentences), tail) if t)


def _without_accent(character: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)) or character
