"""Whether the first words of a call are in another language than it began in. Pure.

Only clear sentences count: at least three words that the bundle knows in that language and not in the present one, and
hardly any of the present one. Cognates are in both vocabularies and so never decide.
"""

from __future__ import annotations

from collections import Counter

from ivr.dialog.lexicon import fold
from ivr.flow.model import Bundle

PLAINLY = 4
"""A word is of the language in which it is this many times as frequent: callers mix languages, and so do phrases."""
FIRST_TURNS = 2
"""Answers of a call on which a language may be recognised; later it changes only by request."""
CLEAR = 3

_MEMO: dict[str, dict[str, frozenset[str]]] = {}
"""bundle hash -> language -> words; a bundle never changes under its hash."""
MEMO_SIZE = 8


def other_language(bundle: Bundle, text: str, present: str) -> str | None:
    """The language the text is clearly in, when that is another one than `present`."""
    words = set(fold(text).split())
    if len(words) < CLEAR:
        return None
    vocabularies = _vocabularies(bundle)
    ours = len(words & vocabularies.get(present, frozenset()))
    for language, known in vocabularies.items():
        if language == present:
            continue
        theirs = len(words & known)
        if theirs >= CLEAR and theirs >= 3 * ours:
            return language
    return None


def _vocabularies(bundle: Bundle) -> dict[str, frozenset[str]]:
    known = _MEMO.get(bundle.hash)
    if known is not None:
        return known
    counts: dict[str, Counter[str]] = {language: Counter() for language in bundle.languages}
    sources = [i.phrases for i in (*bundle.intents.values(), *bundle.out_of_scope.values())]
    for by_language in (*sources, *bundle.commands.values(), *bundle.words.values()):
        for language, phrases in by_language.items():
            counts.setdefault(language, Counter()).update(w for p in phrases for w in fold(p).split())
    out = {language: {w for w, n in own.items() if n >= PLAINLY * max((c[w] for k, c in counts.items() if k != language),
                                                                     default=0)}
           for language, own in counts.items()}
    while len(_MEMO) >= MEMO_SIZE:
        _MEMO.pop(next(iter(_MEMO)))
    return _MEMO.setdefault(bundle.hash, {language: frozenset(words) for language, words in out.items()})
