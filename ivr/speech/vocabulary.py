"""What callers are likely to say at an open question, for recognisers that take hints. Pure.

Whole example phrases of the bundle, as few as hold its most telling words: so every bundle has them, and the decoder sees
sentences like those it is to write. Names of intents, which callers do not say, make it worse than no hints at all, and bare
lists of words help in one language and harm in the other (measured on phrases that were not among the hints).

Telling words are runs of one to three that come up in many phrases, without function words at their ends; those are found by
their spread over intents, so no list of a language is needed. Called by the media socket.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ivr.dialog.actions import Listen
from ivr.flow.model import Bundle

MAX_CHARS = 380
_SPREAD = 0.22
"""A word in the phrases of more than this share of the intents says nothing about any."""
_LONGEST = 3
_SHORTEST, _LONGEST_PHRASE = 4, 9
"""Words of a phrase that is shown as an example."""
_LEAST = 3
"""Phrases a run must be in."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def hints_for(bundle: Bundle, listen: Listen) -> tuple[str, ...]:
    """The question's own hints, unless they are nothing but names of intents: then what callers say instead."""
    names = {i.name.get(listen.language, "") for i in bundle.intents.values()}
    if listen.expect != "text" or not listen.hints or not names.issuperset(listen.hints):
        return listen.hints
    return likely_phrases(bundle, listen.language)


def likely_phrases(bundle: Bundle, language: str) -> tuple[str, ...]:
    """Example phrases, the most telling first, together at most `MAX_CHARS` long."""
    return _phrases(tuple(tuple(i.phrases.get(language, ())) for _, i in sorted(bundle.intents.items())))


@lru_cache(maxsize=16)
def _phrases(intents: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    wanted = {word for run in _telling(intents) for word in run.split()}
    left = [p for phrases in intents for p in phrases if _SHORTEST <= len(p.split()) <= _LONGEST_PHRASE]
    taken: list[str] = []
    room = MAX_CHARS
    while left:
        best = max(left, key=lambda p: (len(wanted & _words(p)) / len(p), p))
        if not wanted & _words(best) or len(best) + 2 > room:
            break
        taken.append(best)
        left.remove(best)
        room -= len(best) + 2
        wanted -= _words(best)
    return tuple(f"{p[0].upper()}{p[1:].rstrip('.?!')}." for p in taken)


def _words(phrase: str) -> set[str]:
    return set(_WORD.findall(phrase.lower()))


def _telling(intents: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Runs of words, the most telling first."""
    spoken = [[_WORD.findall(p.lower()) for p in phrases] for phrases in intents]
    common = _function_words(spoken)
    counts = Counter(run for phrases in spoken for words in phrases for run in set(_runs(words, common)))
    # A longer run says more than its parts, and the same words are not wanted twice.
    ranked = sorted((r for r, n in counts.items() if n >= _LEAST), key=lambda r: (-counts[r] * (1 + 0.6 * r.count(" ")), r))
    return tuple(_fitting(ranked))


def _function_words(spoken: list[list[list[str]]]) -> frozenset[str]:
    spread = Counter(w for phrases in spoken for w in {w for words in phrases for w in words})
    return frozenset(w for w, n in spread.items() if n > _SPREAD * max(1, len(spoken)) or len(w) < 3)


def _runs(words: list[str], common: frozenset[str]) -> Iterator[str]:
    for size in range(1, _LONGEST + 1):
        for at in range(len(words) - size + 1):
            if words[at] not in common and words[at + size - 1] not in common:
                yield " ".join(words[at:at + size])


def _fitting(ranked: Iterable[str]) -> Iterator[str]:
    room, taken = MAX_CHARS, ""
    for run in ranked:
        if f" {run} " in taken or len(run) + 2 > room:
            continue
        room -= len(run) + 2
        taken += f" {run} ,"
        yield run
