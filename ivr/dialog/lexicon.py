"""Comparing what a caller said with word lists of the bundle. Pure.

Lists are compared whole utterance to whole phrase, after both were folded (case, accents, punctuation) and fillers
were dropped, so that "the repeat offender statute" never repeats anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import ANSWER_WORDS, INSIDE_A_SENTENCE, LEAVE_LINE

_NOT_WORD = re.compile(r"[^\w\s]|_")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single blanks: one form for typed, heard and written words."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_NOT_WORD.sub(" ", plain.replace("'", "")).split())


@lru_cache(maxsize=1024)
def _folded(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """A word list of the bundle, folded once: folding all of them on every utterance took longer than the rest of a
    turn. Only lists of bundles come here, never a caller's words."""
    return tuple(dict.fromkeys(fold(p) for p in phrases))
_TELLING = 3
"""Words of a phrase that tells something wherever it is said."""
_HINTS = 4
_ENDS_A_WAIT = frozenset({"main_menu", "goodbye"})
"""Commands that are meant by nobody who goes on waiting."""



def without_fillers(text: str, fillers: Iterable[str]) -> str:
    return _without(fold(text), fillers)


def _without(folded: str, fillers: Iterable[str]) -> str:
    padded = f" {folded} "
    for filler in _folded(tuple(fillers)):
        padded = padded.replace(f" {filler} ", " ")
    return padded.strip()


def says_one_of(text: str, phrases: Iterable[str], fillers: Iterable[str] = ()) -> bool:
    """The whole utterance is one of the phrases, fillers aside."""
    return _is_one_of(_readings(text, fillers), phrases)


def _readings(text: str, fillers: Iterable[str]) -> set[str]:
    """The utterance, folded, with and without its fillers."""
    folded = fold(text)
    return {folded, _without(folded, fillers)} - {""}


def _is_one_of(readings: set[str], phrases: Iterable[str]) -> bool:
    return not readings.isdisjoint(_folded(tuple(phrases)))


def command_in(bundle: Bundle, text: str, language: str) -> str | None:
    """The command the utterance gives, or None. Language switches are understood in every language of the bundle."""
    readings = _readings(text, fillers(bundle, language))
    for name, by_language in bundle.commands.items():
        if name in ANSWER_WORDS:
            continue
        lists = by_language.values() if name.startswith("switch_") else (by_language.get(language, ()),)
        if any(_is_one_of(readings, phrases) or (name in INSIDE_A_SENTENCE and _has_one_of(text, phrases)) for phrases in lists):
            return name
    return None


def leaves_line(bundle: Bundle, text: str, language: str) -> bool:
    """Whether somebody who waits for a person wants to wait no longer. The whole utterance has to say so: who waits also talks with
    others in the room, and a place that is given up is gone."""
    if command_in(bundle, text, language) in _ENDS_A_WAIT:
        return True
    return says_one_of(text, _leave_words(bundle, language), fillers(bundle, language))


def leave_hints(bundle: Bundle, language: str) -> tuple[str, ...]:
    """What a recogniser is told that somebody who waits may say: sentences, and few. With all of the list it writes the list."""
    return tuple(f"{p[0].upper()}{p[1:]}." for p in _leave_words(bundle, language)[:_HINTS])


def _leave_words(bundle: Bundle, language: str) -> tuple[str, ...]:
    return tuple(bundle.commands.get(LEAVE_LINE, {}).get(language, ()))


def _has_one_of(text: str, phrases: Iterable[str]) -> bool:
    """One of the phrases is said within the utterance; one of a word or two would be found where nobody meant it."""
    padded = f" {fold(text)} "
    return any(f" {p} " in padded for p in _folded(tuple(phrases)) if len(p.split()) >= _TELLING)


def fillers(bundle: Bundle, language: str) -> tuple[str, ...]:
    return tuple(bundle.commands.get("filler", {}).get(language, ()))


def yes_or_no(bundle: Bundle, text: str, language: str) -> str | None:
    """`yes`, `no`, or None when the utterance is neither or both. Longer answers count by their opening words."""
    if len(fold(text).split()) > 6:
        return None
    unsure = bundle.commands.get("unsure", {}).get(language, ())
    if says_one_of(text, unsure) or _opens_with(text, unsure):
        return None
    drop = fillers(bundle, language)
    found = {a for a in ("yes", "no") if says_one_of(text, bundle.commands.get(a, {}).get(language, ()), drop)}
    if not found:
        found = {a for a in ("yes", "no") if _opens_with(text, bundle.commands.get(a, {}).get(language, ()))}
    if not found:
        # A plain "sí" in an English call is clear enough; only whole answers count across languages.
        found = {a for a in ("yes", "no") for phrases in bundle.commands.get(a, {}).values() if says_one_of(text, phrases)}
    return found.pop() if len(found) == 1 else None


def _opens_with(text: str, phrases: Iterable[str]) -> bool:
    heard = fold(text) + " "
    return any(heard.startswith(p + " ") for p in _folded(tuple(phrases)))
