"""A sentence as somebody types it on a text telephone: capitals, no accents, shorthand, slips of the fingers. Pure.

Seeded by the caller. The shorthand is a list of its own, that of the etiquette of text telephones and of text messages, and
the slips are drawn over all letters, so that what is undone again was not made from the same tables. Called by the benchmark of
typed sentences.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping

TYPO_EVERY = 15
"""Words from one slip to the next."""
SHORTENED = 0.5
"""Share of the words with a shorthand that are typed in it."""
SHORTHAND: Mapping[str, Mapping[str, str]] = {
    "en": {"please": "PLS", "you": "U", "your": "UR", "are": "R", "thanks": "THX", "because": "CUZ", "message": "MSG", "tomorrow": "TMW",
           "about": "ABT", "number": "NBR", "could": "CLD", "should": "SHD", "would": "WUD", "business": "BIZ", "document": "DOC",
           "documents": "DOCS", "appointment": "APPT", "information": "INFO", "meeting": "MTG", "people": "PPL", "received": "RCVD",
           "weeks": "WKS", "through": "THRU"},
    "es": {"por": "X", "que": "Q", "qué": "Q", "porque": "XQ", "también": "TB", "de": "D", "gracias": "GRACIAS", "número": "NRO",
           "para": "PA", "dirección": "DIR", "documentos": "DOCS", "información": "INFO", "usted": "UD", "mensaje": "MSJ"},
}
_QUESTION = {"en": " Q", "es": ""}


def typed(text: str, language: str, rng: random.Random, *, typo_every: int = TYPO_EVERY) -> str:
    """What the keys send for `text`, without the GA behind it."""
    words = [_shortened(word, language, rng) for word in text.split()]
    for n, word in enumerate(words):
        if rng.random() < 1 / typo_every:
            words[n] = _slipped(word, rng)
    said = folded(" ".join(words)).upper()
    return said.replace("¿", "").replace("?", _QUESTION.get(language, "")).strip()


def folded(text: str) -> str:
    """Letters without their accents and tildes, and no signs that a text telephone lacks."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("’", "'").replace("¡", "")


def _shortened(word: str, language: str, rng: random.Random) -> str:
    bare = word.strip(".,;:!?¿¡").casefold()
    short = SHORTHAND.get(language, {}).get(bare)
    return word if short is None or rng.random() >= SHORTENED else word.casefold().replace(bare, short)


def _slipped(word: str, rng: random.Random) -> str:
    """One slip somewhere in the word; short words and numbers are typed with care."""
    places = [n for n in range(1, len(word)) if word[n].isalpha() and word[n - 1].isalpha()]
    if len(word) < 4 or not places:
        return word
    return rng.choice(_SLIPS)(word, rng.choice(places))


def _left_out(word: str, n: int) -> str:
    return word[:n] + word[n + 1:]


def _swapped(word: str, n: int) -> str:
    return word[:n - 1] + word[n] + word[n - 1] + word[n + 1:]


def _doubled(word: str, n: int) -> str:
    return word[:n] + word[n] + word[n:]


_SLIPS: tuple[Callable[[str, int], str], ...] = (_left_out, _swapped, _doubled)
