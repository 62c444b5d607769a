"""Queues, promises and what staff go by: who is waited for, what is promised, how calls are tried, what is sent on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from ivr.diff.change import Change, Pair, Subject, comparer
from ivr.diff.meaning import meaning
from ivr.diff.wording import instead, shown
from ivr.flow.mark import Mark
from ivr.flow.model_queues import WaitWords

_NAMES = {
    "max_wait_s": "seconds of waiting", "languages": "languages", "tier": "tier", "service_level": "service level",
    "skills": "skills of the agents", "priority": "urgent callers", "handling_s": "seconds of a conversation",
    "callback_offer_above_s": "seconds above which a call back is offered", "soon": "said within a minute",
    "about": "said of the minutes", "more_than": "said of a long wait", "tips": "advice in turn", "leave": "said of leaving",
    "offer": "said of a call back", "due_within": "due within", "confirm": "confirmed by", "notice": "announced by",
    "by": "kept by", "in_line": "place in line kept", "kind": "kind",
    "rows": "rows", "max": "rounds", "numbers": "numbers tried", "voicemail": "voicemail",
    "next_after_min": "minutes to the next round", "last_missed": "sent when nobody was reached",
    "last_start": "last start of a first round", "overtime": "overtime", "order": "order",
    "policy": "policy asked", "queue": "called back by", "within": "told to take", "say": "words for it", "set": "what staff judged",
}
"""Field -> how it is called in a sentence."""


@comparer
def queues(pair: Pair) -> Iterator[Change]:
    yield from _things("queue", pair.a.queues, pair.b.queues)


@comparer
def promises(pair: Pair) -> Iterator[Change]:
    yield from _things("promise", pair.a.promises, pair.b.promises)


@comparer
def escalations(pair: Pair) -> Iterator[Change]:
    yield from _things("escalation", pair.a.escalations, pair.b.escalations)


@comparer
def knowledge(pair: Pair) -> Iterator[Change]:
    """What staff are told, article by article."""
    for language in sorted({*pair.a.knowledge, *pair.b.knowledge}):
        old, new = pair.a.knowledge.get(language, {}), pair.b.knowledge.get(language, {})
        for intent in sorted({*old, *new}):
            was, now = old.get(intent), new.get(intent)
            if meaning(was) != meaning(now):
                told = "is new" if was is None else "is gone" if now is None else "is another one now"
                yield Change("other", f"the article for staff about {intent} ({language}) {told}", (("article", f"{intent} ({language})"),),
                             mark=(now or was).mark)  # type: ignore[union-attr]


@comparer
def rounds(pair: Pair) -> Iterator[Change]:
    a, b, subject = pair.a.rounds, pair.b.rounds, (("bundle", "rounds"),)
    if a is not None and b is not None:
        yield from _fields("calls back", a, b, subject, b.mark)
    elif a is not b:
        yield Change("person", f"rounds of calls back are {'declared' if a is None else 'no longer declared'}", subject)


def _things(what: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Change]:
    for name, thing in b.items():
        if name not in a:
            told = {f.name: getattr(thing, f.name) for f in fields(thing) if f.name in ("kind", "due_within", "tier", "promise", "queue")}
            yield Change("person", f"{what} {name} is new: {shown(told)}", ((what, name),), mark=thing.mark)
        else:
            yield from _fields(f"{what} {name}", a[name], thing, ((what, name),), thing.mark)
    for name in a.keys() - b.keys():
        yield Change("person", f"{what} {name} is gone", ((what, name),), mark=a[name].mark)


def _fields(what: str, old: Any, new: Any, subject: tuple[Subject, ...], mark: Mark) -> Iterator[Change]:
    for field in fields(new):
        was, now = getattr(old, field.name), getattr(new, field.name)
        if isinstance(now, WaitWords):
            yield from _fields(f"{what}: while they wait", was, now, subject, mark)
        elif field.name not in ("mark", "name") and meaning(was, field.name) != meaning(now, field.name):
            name = _NAMES.get(field.name, field.name)
            group = "other" if field.name == "rows" else "person"
            yield Change(group, f"{what}: {name} {instead(meaning(now, field.name), meaning(was, field.name))}", subject, mark=mark)
