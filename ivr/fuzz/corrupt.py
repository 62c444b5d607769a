"""A sentence as a recogniser might have written it: words taken for others, words lost, words of the other language. Pure.

Seeded by the caller. Nothing here is used in training, so that what it shows was not learnt. Called by `ivr nlu fuzz`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from ivr.fuzz.confusions import MIXED_IN, SOUNDS_LIKE

KINDS = ("homophones", "deletions", "code_switching")
_WORD = re.compile(r"[\w'’]+")


def corrupt(text: str, language: str, kind: str, share: float, rng: random.Random) -> str:
    """`text` with about `share` of its words damaged, but at least one where there is one that can be, and never all."""
    return _BY_KIND[kind](text.split(), language, share, rng)


def _homophones(words: list[str], language: str, share: float, rng: random.Random) -> str:
    known = {group[0]: group for group in SOUNDS_LIKE.get(language, ())} | {
        word: group for group in SOUNDS_LIKE.get(language, ()) for word in group}
    return _replaced(words, share, rng, lambda w: [other for other in known.get(w, ()) if other != w])


def _code_switching(words: list[str], language: str, share: float, rng: random.Random) -> str:
    table = MIXED_IN.get(language, {})
    return _replaced(words, share, rng, lambda w: [table[w]] if w in table else [])


def _deletions(words: list[str], language: str, share: float, rng: random.Random) -> str:
    if len(words) < 2:
        return " ".join(words)
    gone = set(rng.sample(range(len(words)), min(len(words) - 1, _count(len(words), share))))
    return " ".join(w for i, w in enumerate(words) if i not in gone)


def _replaced(words: list[str], share: float, rng: random.Random, others: Callable[[str], list[str]]) -> str:
    plain = [(_WORD.search(w) or [w])[0].lower() for w in words]
    places = [i for i, w in enumerate(plain) if others(w)]
    for i in rng.sample(places, min(len(places), _count(len(words), share))):
        words[i] = rng.choice(others(plain[i]))
    return " ".join(words)


def _count(words: int, share: float) -> int:
    return max(1, round(words * share))


_BY_KIND: dict[str, Callable[[list[str], str, float, random.Random], str]] = {
    "homophones": _homophones, "deletions": _deletions, "code_switching": _code_switching}
