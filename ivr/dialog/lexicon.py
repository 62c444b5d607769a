"""Comparing what a caller said with word lists of the bundle. Pure.

Lists are compared whole utterance to whole phrase, after both were folded (case, accents, punctuation) and fillers
were dropped, so that "the repeat offender statute" never repeats anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ivr.flow.model import Bundle

_NOT_WORD = re.compile(r"[^\w\s]|_")


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single blanks: one form for typed, heard and written words."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_NOT_WORD.sub(" ", plain.replace("'", "")).split())


def without_fillers(text: str, fillers: Iterable[str]) -> str:
    folded = f" {fold(text)} "
    for filler in fillers:
        folded = folded.replace(f" {fold(filler)} ", " ")
    return folded.strip()


def says_one_of(text: str, phrases: Iterable[str], fillers: Iterable[str] = ()) -> bool:
    """The whole utterance is one of the phrases, fillers aside."""
    heard = {fold(text), without_fillers(text, fillers)} - {""}
    return any(fold(p) in heard for p in phrases)


def command_in(bundle: Bundle, text: str, language: str) -> str | None:
    """The command the utterance gives, or None. Language switches are understood in every language of the bundle."""
    for name, by_language in bundle.commands.items():
        if name in ("yes", "no", "filler", "unsure"):
            continue
        phrases = list(by_language.get(language, ()))
        if name.startswith("switch_"):
            phrases = [p for group in by_language.values() for p in group]
        if says_one_of(text, phrases, fillers(bundle, language)):
            return name
    return None


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
    return any(heard.startswith(fold(p) + " ") for p in phrases)
