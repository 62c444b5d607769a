"""The list of phrases a Vosk decoder may choose from in one dialogue state. Pure.

Vosk drops words its model does not know from a grammar with no more than a log line, and a phrase with a hole in it is
another phrase: so every word is looked up first and phrases with unknown words are left out. `[unk]`, the way out for
anything else, is added only when the model knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.speech.recognizer import Expectation
from ivr.speech.spoken_digits import UNITS

UNKNOWN = "[unk]"

_YES_NO = {"en": ("yes", "no", "yeah", "yes please", "no thanks"), "es": ("sí", "si", "no", "claro", "no gracias")}
_CLOSED_FORMS = frozenset({"yes_no", "digits"})


def grammar(expectation: Expectation, knows: Callable[[str], bool], *, for_text: bool = False) -> list[str]:
    """Phrases for the decoder; empty means no restriction."""
    if expectation.form not in _CLOSED_FORMS and not (for_text and expectation.hints):
        return []
    phrases = [*_own_phrases(expectation), *(_spoken(h) for h in expectation.hints)]
    kept = list(dict.fromkeys(p for p in phrases if p and all(knows(w) for w in p.split())))
    if kept and knows(UNKNOWN):
        kept.append(UNKNOWN)
    return kept


def _own_phrases(expectation: Expectation) -> tuple[str, ...]:
    if expectation.form == "digits":
        return tuple(UNITS.get(expectation.language, {}))
    return _YES_NO.get(expectation.language, ()) if expectation.form == "yes_no" else ()


def _spoken(hint: str) -> str:
    return " ".join(re.sub(r"[^\w'\s]", " ", hint.lower()).split())
