"""Intents, commands and word lists: how callers can say it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr.diff.change import Change, Pair, Subject, comparer
from ivr.diff.wording import instead, listed, plural, quoted
from ivr.flow.model_words import Intent

_LISTS = {"command": "the command", "words": "the word list"}
_SHOWN = 2
"""Phrases of a language that are quoted."""


@comparer
def intents(pair: Pair) -> Iterator[Change]:
    for what, a, b in (("intent", pair.a.intents, pair.b.intents), ("out_of_scope", pair.a.out_of_scope, pair.b.out_of_scope)):
        named = what if what == "intent" else "what is refused as"
        for name, intent in b.items():
            if name not in a:
                count = sum(len(p) for p in intent.phrases.values())
                yield Change("understood", f"{named} {name} is new, with {plural(count, 'phrase')}", ((what, name),))
            else:
                yield from _intent(named, (what, name), a[name], intent)
        for name in a.keys() - b.keys():
            yield Change("understood", f"{named} {name} is gone", ((what, name),))


def _intent(what: str, subject: Subject, old: Intent, new: Intent) -> Iterator[Change]:
    name = f"{what} {new.id}"
    yield from _phrases(name, subject, old.phrases, new.phrases)
    for lang in sorted(old.name.keys() | new.name.keys()):
        if old.name.get(lang) != new.name.get(lang):
            said = f"{quoted(new.name.get(lang, ''))} instead of {quoted(old.name.get(lang, ''))}"
            yield Change("heard", f"{name} is called {said} when it is confirmed ({lang})", (subject,))
    for field, words in (("accept", "is taken without a question"), ("confirm", "is confirmed by a question")):
        if getattr(old, field) != getattr(new, field):
            said = instead(_band(getattr(new, field)), _band(getattr(old, field)))
            yield Change("understood", f"{name} {words} from {said} on", (subject,))


def _band(value: float | None) -> str:
    return "the probability of the node or flow" if value is None else f"probability {value:g}"


@comparer
def word_lists(pair: Pair) -> Iterator[Change]:
    for what, a, b in (("command", pair.a.commands, pair.b.commands), ("words", pair.a.words, pair.b.words)):
        for name in sorted(a.keys() | b.keys()):
            yield from _phrases(f"{_LISTS[what]} {name}", (what, name), a.get(name, {}), b.get(name, {}))


Phrases = Mapping[str, Iterable[str]]


def _phrases(name: str, subject: Subject, old: Phrases, new: Phrases) -> Iterator[Change]:
    for lang in sorted(old.keys() | new.keys()):
        was, now = list(old.get(lang, ())), list(new.get(lang, ()))
        for verb, found in (("added", [p for p in now if p not in was]), ("removed", [p for p in was if p not in now])):
            if found:
                examples = listed(map(quoted, found), _SHOWN)
                yield Change("understood", f"{name}: {plural(len(found), 'phrase')} {verb} ({lang}): {examples}", (subject,))
