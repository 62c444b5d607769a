"""Typing mistakes mended towards the words of a bundle, and Spanish accents put back. Pure. Called by `typed`.

A word that the bundle knows, in any of its languages, is never touched. A word it does not know is mended only when exactly
one way of mistyping leads to it: a letter left out, put in twice, or two of them swapped. Never towards a number or a month,
and never a word that may be a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_lowercase

from ivr.dialog.lexicon import fold
from ivr.dialog.slots.months import MONTHS
from ivr.dialog.slots.number_words import HUNDREDS, TEENS, TENS, UNITS
from ivr.dialog.slots.yes_no_words import NO, POLITE, UNSURE, YES
from ivr.dialog.typed_words import ABBREVIATIONS, NAME_WORDS, NAMING
from ivr.flow.model import Bundle

SHORTEST = 4
"""Letters of a word that is mended: shorter ones have too many neighbours."""
CLEAR = 4
"""A mended word is this many times as frequent as any other that it could be."""
ACCENTED = 0.9
"""Share of the bundle's own phrases that write a word with its accent, from which it is put back."""
_ENDINGS: Mapping[str, str] = {"en": "sdry", "es": "snra"}
"""Letters that make another form of a word: "perdone" is no "perdonen" that lost its end."""
MEMO_SIZE = 8
_PUNCTUATION = ".,;:!?¿¡()\""
_EDGES = re.compile(r"^([^\w]*)(.*?)([^\w]*)$", re.S)
_MEMO: dict[str, _Words] = {}
"""bundle hash -> its words; a bundle never changes under its hash."""


@dataclass(frozen=True, slots=True)
class _Words:
    known: frozenset[str]
    """Every word of the bundle, in any language, folded."""
    counts: Mapping[str, Counter[str]]
    """language -> folded word -> how often; of words that something may be mended to"""
    accents: Mapping[str, Mapping[str, str]]
    """language -> folded word -> the word with its accent"""


def mended(words: list[str], language: str, bundle: Bundle) -> list[str]:
    vocabulary = _words_of(bundle)
    spoken = language if language in vocabulary.counts else bundle.default_language
    named = _named(words, spoken)
    return [w if n in named else _one(w, spoken, vocabulary) for n, w in enumerate(words)]


def edges(word: str) -> tuple[str, str, str]:
    """The signs in front of a word, the word, and the signs behind it."""
    match = _EDGES.fullmatch(word)
    return (match[1], match[2], match[3]) if match else ("", word, "")


def _one(word: str, language: str, vocabulary: _Words) -> str:
    before, bare, after = edges(word)
    if not bare.isalpha():
        return word
    key = fold(bare)
    if key not in vocabulary.known and len(key) >= SHORTEST and bare.isascii():  # who takes care of accents does not slip
        key = _likeliest(key, language, vocabulary) or key
        if key == fold(bare):
            return word
        bare = key
    written = vocabulary.accents.get(language, {}).get(key) if bare.isascii() else None
    return before + (written or bare) + after


def _likeliest(key: str, language: str, vocabulary: _Words) -> str:
    """The one word that this is a mistyping of, or ''. Another language has no say: its "clases" are no "cases"."""
    counts = vocabulary.counts[language]
    found = sorted({w for w in _meant(key, language) if w in counts and not _is_form(key, w)}, key=lambda w: (-counts[w], w))
    sure = found and (len(found) == 1 or counts[found[0]] >= CLEAR * counts[found[1]])
    return found[0] if sure else ""


def _is_form(key: str, word: str) -> bool:
    """"esperado" beside "esperando": another form of the same verb."""
    return key.endswith("do") and word == f"{key[:-2]}ndo"


def _meant(key: str, language: str) -> Iterator[str]:
    """Every word that one slip of the fingers makes this one from: a letter left out, put in twice, two swapped. The first
    letter is nearly always right, which keeps "mother" from being an "other"; and a word without its last letter may be
    another form of it."""
    for n in range(1, len(key)):
        yield from (key[:n] + letter + key[n:] for letter in ascii_lowercase)
        if key[n] == key[n - 1]:
            yield key[:n] + key[n + 1:]
        if n + 1 < len(key):
            yield key[:n] + key[n + 1] + key[n] + key[n + 2:]
    yield from (key + letter for letter in ascii_lowercase if letter not in _ENDINGS.get(language, ""))
    yield key[1] + key[0] + key[2:]


def _named(words: list[str], language: str) -> frozenset[int]:
    """Places of words that may be a name: those behind "my name is"."""
    folded = [fold(w) for w in words]
    found: set[int] = set()
    for phrase in NAMING.get(language, ()):
        parts = phrase.split()
        for n in range(len(folded) - len(parts) + 1):
            if folded[n:n + len(parts)] == parts:
                found.update(range(n + len(parts), n + len(parts) + NAME_WORDS))
    return frozenset(found)


# -- the words of a bundle -------------------------------------------------------------------------------------------

def _words_of(bundle: Bundle) -> _Words:
    known = _MEMO.get(bundle.hash)
    if known is None:
        while len(_MEMO) >= MEMO_SIZE:
            _MEMO.pop(next(iter(_MEMO)))
        known = _MEMO[bundle.hash] = _collected(bundle)
    return known


def _collected(bundle: Bundle) -> _Words:
    written: dict[str, Counter[str]] = {language: Counter() for language in bundle.languages}
    for language, phrase in _phrases(bundle):
        written.setdefault(language, Counter()).update(w.strip(_PUNCTUATION) for w in phrase.casefold().split())
    counts = {language: _folded(own) for language, own in written.items()}
    others = {w for own in (YES, NO, POLITE, UNSURE) for phrases in own.values() for p in phrases for w in p.split()}
    numbers = {w for table in (UNITS, TEENS, TENS, HUNDREDS, MONTHS) for own in table.values() for w in own}
    shortened = {w for own in ABBREVIATIONS.values() for w in own}
    known = frozenset({*(w for own in counts.values() for w in own), *others, *numbers, *shortened})
    for own in counts.values():
        for word in [w for w in own if w in numbers or len(w) < SHORTEST]:
            del own[word]
    return _Words(known, counts, {language: _accents(own) for language, own in written.items()})


def _phrases(bundle: Bundle) -> Iterator[tuple[str, str]]:
    sources = [i.phrases for i in (*bundle.intents.values(), *bundle.out_of_scope.values())]
    for by_language in (*sources, *bundle.commands.values(), *bundle.words.values()):
        for language, phrases in by_language.items():
            yield from ((language, phrase) for phrase in phrases)


def _folded(written: Counter[str]) -> Counter[str]:
    out: Counter[str] = Counter()
    for word, n in written.items():
        key = fold(word)
        if key.isalpha():
            out[key] += n
    return out


def _accents(written: Counter[str]) -> dict[str, str]:
    """Words that the bundle hardly ever writes without their accent: "tramite" is one, "esta" is not."""
    totals = _folded(written)
    return {fold(w): w for w, n in written.items() if w.isalpha() and not w.isascii() and n >= ACCENTED * totals[fold(w)]}
