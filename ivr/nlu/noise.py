"""Speech as a recogniser may hear it: words lost, fillers put in, words taken for others that sound or look alike. Pure.

Of the words that go wrong 20 % are lost, 12 % get a filler before them and 68 % become another word: a homophone, else a
word of `vocabulary` with the same consonants, else the word with one sound changed. Chance comes in as an argument. No
model is trained on what comes out; it is for asking models, and for setting thresholds. Called by training and evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from random import Random

from ivr.dialog.lexicon import fold

_NEARLY = 2
_MARKS = ".,;:!?¡¿\"()"
LOST, FILLED = 0.20, 0.12
"""Shares of the errors; the rest are substitutions."""

_FILLERS = {"en": ("uh", "um", "like", "you know", "well", "so"), "es": ("eh", "este", "o sea", "pues", "bueno", "mmm")}
_HOMOPHONES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "en": (("to", "two", "too"), ("for", "four"), ("my", "by"), ("no", "know"), ("your", "you're"), ("their", "there"), ("mail", "male"),
           ("is", "his"), ("in", "and", "an"), ("a", "uh", "the"), ("i", "eye"), ("write", "right"), ("wait", "weight"), ("case", "cases"),
           ("where", "wear", "were"), ("card", "cart"), ("form", "from"), ("file", "file a"), ("fee", "feet"), ("sent", "cent"),
           ("new", "knew"), ("be", "bee"), ("see", "sea"), ("one", "won"), ("check", "cheque"), ("status", "state is"), ("moved", "move"),
           ("visa", "pisa"), ("permit", "per mitt"), ("want", "wand"), ("need", "neat"), ("email", "a mail")),
    "es": (("a", "ha", "ah"), ("mi", "me"), ("que", "ke"), ("el", "él", "al"), ("de", "te"), ("va", "ba"), ("caso", "paso"),
           ("hay", "ahí", "ay"), ("haber", "a ver"), ("hacer", "a ser"), ("cita", "sita", "si está"), ("mica", "mika"), ("y", "i"),
           ("como", "cómo", "comó"), ("se", "sé"), ("si", "sí"), ("esta", "está"), ("no", "nos"), ("papeles", "papel es"),
           ("forma", "formas"), ("huellas", "huella"), ("correo", "corre"), ("carta", "cartas"), ("la", "las"), ("los", "lo"),
           ("quiero", "quieren"), ("puedo", "pueda"), ("cambiar", "cambia"), ("tarjeta", "tarjetas"), ("por", "pol")),
}
_DIGRAPHS = {"en": (("ph", "f"), ("ck", "k"), ("kn", "n"), ("wr", "r"), ("gh", ""), ("th", "t"), ("sh", "s"), ("ch", "s")),
             "es": (("ll", "y"), ("qu", "k"), ("gu", "g"), ("ch", "s"), ("rr", "r"), ("h", ""), ("ce", "se"), ("ci", "si"))}
_ONE_SOUND = str.maketrans("bvdtgkcqszxmnjyl", "ppttkkkksssnnyyl")
_NEAR = {"b": "pv", "p": "b", "v": "fb", "f": "v", "d": "t", "t": "d", "g": "k", "k": "g", "c": "k", "s": "z", "z": "s", "m": "n",
         "n": "m", "r": "l", "l": "r", "a": "eo", "e": "ia", "i": "ey", "o": "ua", "u": "oi", "j": "h", "y": "i", "h": "", "w": "u"}


def noised(text: str, language: str, rate: float, chance: Random, vocabulary: Mapping[str, Sequence[str]]) -> str:
    """The text with `rate` of its words gone wrong; `vocabulary` as `by_sound` makes it for the language."""
    out: list[str] = []
    for word in text.split():
        if chance.random() >= rate:
            out.append(word)
            continue
        kind = chance.random()
        if kind < LOST:
            continue
        if kind < LOST + FILLED:
            out += [chance.choice(_FILLERS.get(language, _FILLERS["en"])), word]
        else:
            out.append(_misheard(word, language, chance, vocabulary))
    return " ".join(out) or text


def by_sound(texts: Iterable[str], language: str) -> dict[str, list[str]]:
    """The words of the texts by what they sound like, for `noised`."""
    found: dict[str, list[str]] = {}
    for word in sorted({w.strip(_MARKS) for t in texts for w in t.casefold().split()} - {""}):
        found.setdefault(sound(word, language), []).append(word)
    return found


def noised_all(texts: Sequence[str], languages: Sequence[str], rate: float, seed: int) -> list[str]:
    """Every text noised, with the words of all of them to be taken for."""
    chance = Random(seed)
    words = {one: by_sound((t for t, o in zip(texts, languages, strict=True) if o == one), one) for one in set(languages)}
    return [noised(t, one, rate, chance, words[one]) for t, one in zip(texts, languages, strict=True)]


@lru_cache(maxsize=8192)
def sound(word: str, language: str) -> str:
    """A key that words share which a poor line makes alike: classes of consonants, vowels only at the start."""
    plain = fold(word)
    for pair, one in _DIGRAPHS.get(language, _DIGRAPHS["en"]):
        plain = plain.replace(pair, one)
    key = plain.translate(_ONE_SOUND)
    heard = "".join("a" if i == 0 and c in "aeiou" else "" if c in "aeiouwh" else c for i, c in enumerate(key))
    return "".join(c for i, c in enumerate(heard) if i == 0 or c != heard[i - 1])


def _misheard(word: str, language: str, chance: Random, vocabulary: Mapping[str, Sequence[str]]) -> str:
    plain = word.casefold().strip(_MARKS) or word
    for way in _WAYS:
        others = [o for o in way(plain, language, vocabulary) if o != plain]
        if others:
            return chance.choice(others)
    return _bent(plain, chance)


def _homophones(word: str, language: str, vocabulary: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return next((group for group in _HOMOPHONES.get(language, ()) if word in group), ())


def _alike(word: str, language: str, vocabulary: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Words with the same consonants that are spelt nearly the same: vowels are heard too, if less well."""
    if len(word) <= 2:
        return ()
    return [other for other in vocabulary.get(sound(word, language), ()) if _steps(word, other) <= _NEARLY]


def _steps(a: str, b: str) -> int:
    """Letters to put in, take out or change to make one word the other."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


_WAYS: tuple[Callable[[str, str, Mapping[str, Sequence[str]]], Sequence[str]], ...] = (_homophones, _alike)


def _bent(word: str, chance: Random) -> str:
    """One sound changed for a near one, or the ending swallowed."""
    places = [i for i, c in enumerate(word) if c in _NEAR]
    if not places or (len(word) > 4 and chance.random() < 0.25):
        return word[:-1] or word
    at = chance.choice(places)
    return word[:at] + chance.choice(_NEAR[word[at]] or " ").strip() + word[at + 1:]
