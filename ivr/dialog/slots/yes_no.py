"""Yes or no in a caller's words. Pure.

Short answers only: at most five words once fillers are gone. Both at once, doubt ("no sé"), and a Spanish "si" that begins
a clause ("si me llaman ...") are no answers: what is done on a misheard yes cannot be undone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from ivr.dialog.lexicon import fold
from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, slot_type
from ivr.dialog.slots.yes_no_words import NO, POLITE, UNSURE, YES

MOST_WORDS = 5
_LONGEST = 200
"""Characters; whoever says more has not answered yes or no."""
_OPENS_YES = {"en": frozenset({"yes", "yeah", "yep", "yup", "yea", "sure", "correct", "absolutely", "definitely"}),
              "es": frozenset({"si", "claro", "correcto", "exacto"})}
_OPENS_NO = {"en": frozenset({"no", "nope", "nah"}), "es": frozenset({"no", "nop", "nunca"})}
_AGAINST_YES = {"en": _OPENS_NO["en"] | {"not", "dont", "wrong", "isnt", "never", "but"},
                "es": _OPENS_NO["es"] | {"pero", "tampoco", "mal"}}
_CORRECTING = {"en": re.compile(r"\b(?:i mean|i meant|wait|sorry|or rather|correction)\b(?= \w)|\bwait$"),
               "es": re.compile(r"\b(?:digo|perdon|quise decir|mejor dicho|espere|espera)\b(?= \w)|\bespere$|\bespera$")}
"""Words by which a caller takes an answer back; at the very end "sorry" is only polite."""


def _spoken(text: str, context: Context) -> Reading:
    answer = answer_of(text, context.language)
    if answer is None:
        return NOTHING
    return Reading("ok", answer) if answer in ("yes", "no") else Reading("ambiguous", problem=answer)


def answer_of(text: str, language: str, yes: Iterable[str] = (), no: Iterable[str] = (), unsure: Iterable[str] = (),
              fillers: Iterable[str] = ()) -> str | None:
    """`yes`, `no`, `both`, or None when the words are neither. The bundle's own phrases are added to ours."""
    if len(text) > _LONGEST or language not in YES:
        return None
    folded = fold(text)
    if _is_doubt(folded, _known(UNSURE[language], tuple(unsure))):
        return None
    plain = _without(folded, _known(POLITE[language], tuple(fillers))) or folded
    if len(plain.split()) > MOST_WORDS:
        return None
    return _by_phrases(text, folded, plain, language, _known(YES[language], tuple(yes)), _known(NO[language], tuple(no)))


def _by_phrases(text: str, folded: str, plain: str, language: str, yes: Collection[str], no: Collection[str]) -> str | None:
    said = {name for name, known in (("yes", yes), ("no", no)) if folded in known or _made_of(plain, known)}
    takes_back = _CORRECTING[language].search(folded) is not None
    if len(said) == 1 and not takes_back:
        return said.pop()
    opening = None if said or takes_back else _opening(text, plain, language)
    if opening:
        return opening
    return "both" if _made_of(_CORRECTING[language].sub(" ", plain), {*yes, *no}) else None


def _opening(text: str, plain: str, language: str) -> str | None:
    """An answer by its first word, "yes send it": as long as nothing in the rest says the opposite. A Spanish "si" without
    its accent that begins a clause may be an "if"."""
    first, *rest = plain.split() or [""]
    yes, no = first in _OPENS_YES[language], first in _OPENS_NO[language]
    if not (yes or no) or not rest or (first == "si" and "sí" not in text.casefold()):
        return None
    against = _AGAINST_YES[language] if yes else _OPENS_YES[language]
    return None if against.intersection(rest) else "yes" if yes else "no"


def _is_doubt(folded: str, phrases: Iterable[str]) -> bool:
    """Single words only by themselves, phrases also where the answer begins with them."""
    padded = f"{folded} "
    return any(folded == p or (" " in p and padded.startswith(f"{p} ")) for p in phrases)


def _made_of(plain: str, phrases: Collection[str]) -> bool:
    """The words are one phrase, or several of them in a row: "yes, that's right"."""
    words = plain.split()
    reachable = {0}
    for i in range(len(words)):
        if i in reachable:
            reachable |= {j for j in range(i + 1, len(words) + 1) if " ".join(words[i:j]) in phrases}
    return bool(words) and len(words) in reachable


@lru_cache(maxsize=256)
def _known(ours: tuple[str, ...], theirs: tuple[str, ...]) -> dict[str, None]:
    """Our phrases and the bundle's, folded, the longest first. Only lists of phrases come here, never a caller's words."""
    return dict.fromkeys(sorted({*ours, *map(fold, theirs)}, key=lambda p: (-len(p), p)))


def _without(folded: str, phrases: Iterable[str]) -> str:
    padded = f" {folded} "
    for phrase in phrases:
        while f" {phrase} " in padded:
            padded = padded.replace(f" {phrase} ", " ")
    return padded.strip()


def _keyed(digits: str, context: Context) -> Reading:
    """1 is yes, 2 is no."""
    answer = {"1": "yes", "2": "no"}.get(digits)
    return Reading("ok", answer) if answer else Reading("invalid", problem="other_key")


YES_NO = slot_type(SlotType("yes_no", _spoken, _keyed, max_digits=1, expect="yes_no"))
