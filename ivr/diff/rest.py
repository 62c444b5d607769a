"""Lines, languages, the heads of flows, tests, requirements and bindings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from ivr.diff.change import Change, Pair, Subject, comparer
from ivr.diff.meaning import meaning
from ivr.diff.wording import instead, shown
from ivr.flow.mark import Mark
from ivr.flow.model_flow import Flow

_PLACES = {"agent_request": "asking for a person", "main_menu": "asking for the main menu", "goodbye": "saying goodbye",
           "accommodation": "asking for an accommodation",
           "safe_landing": "any fault"}


@comparer
def lines(pair: Pair) -> Iterator[Change]:
    a, b = pair.a.lines, pair.b.lines
    for name, line in b.items():
        subject = (("line", name),)
        if name not in a:
            text = f"line {name} is new: {shown(line.numbers)}, flow {line.flow}, {line.channel}"
            yield Change("other", text, subject, mark=Mark("bundle.yaml"))
            continue
        for field in fields(line):
            was, now = getattr(a[name], field.name), getattr(line, field.name)
            if meaning(was, field.name) != meaning(now, field.name):
                group = "led" if field.name == "flow" else "other"
                yield Change(group, f"line {name}: {field.name} {instead(now, was)}", subject, mark=Mark("bundle.yaml"))
    for name in a.keys() - b.keys():
        yield Change("other", f"line {name} is gone", (("line", name),))


@comparer
def head(pair: Pair) -> Iterator[Change]:
    for part, group in (("id", "other"), ("title", "heard"), ("languages", "heard")):
        was, now = getattr(pair.a, part), getattr(pair.b, part)
        if meaning(was, part) != meaning(now, part):
            yield Change(group, f"the {part} of the bundle is {instead(now, was)} now", (("bundle", part),), mark=Mark("bundle.yaml"))
    was, now = meaning(pair.a.bindings), meaning(pair.b.bindings)
    assert isinstance(was, Mapping)
    assert isinstance(now, Mapping)
    for part in now:
        if was[part] != now[part]:
            yield Change("other", f"env: {part} {instead(now[part], was[part])}", (("bundle", "bindings"),))


@comparer
def flows(pair: Pair) -> Iterator[Change]:
    for name in pair.a.flows.keys() & pair.b.flows.keys():
        yield from _flow(pair.a.flows[name], pair.b.flows[name])


def _flow(a: Flow, b: Flow) -> Iterator[Change]:
    mark = Mark(b.file)
    if a.start != b.start:
        yield Change("led", f"flow {b.id} begins at {instead(b.start, a.start)} now", (("flow", b.id, "start"),), mark=mark)
    for part in ("inputs", "results"):
        if set(getattr(a, part)) != set(getattr(b, part)):
            yield Change("led", f"flow {b.id}: {part} {instead(getattr(b, part), getattr(a, part))}", (("flow", b.id, part),), mark=mark)
    for place in sorted(a.defaults.places.keys() | b.defaults.places.keys()):
        was, now = a.defaults.places.get(place), b.defaults.places.get(place)
        if was != now:
            yield Change("led", f"{_PLACES[place]} leads to {instead(now, was)} now ({b.id})", (("flow", b.id, "places"),), mark=mark)
    yield from _numbers(a, b, mark)
    yield from _names("var", b.id, {n: (v, a.protected.get(n, "")) for n, v in a.vars.items()},
                      {n: (v, b.protected.get(n, "")) for n, v in b.vars.items()}, mark)
    yield from _names("slot", b.id, a.slots, b.slots, mark)


def _numbers(a: Flow, b: Flow, mark: Mark) -> Iterator[Change]:
    words = {"retries": "failed tries before a question is left", "timeout_s": "seconds of silence before a reprompt",
             "number_timeout_s": "seconds of silence where a number is asked for", "accept": "probability that is taken without a question",
             "confirm": "probability that is confirmed by a question"}
    for part in ("retry", "confidence"):
        old, new = getattr(a.defaults, part), getattr(b.defaults, part)
        for field in fields(new):
            was, now = getattr(old, field.name), getattr(new, field.name)
            if was != now:
                yield Change("understood", f"{words[field.name]} ({b.id}): {now:g} instead of {was:g}", (("flow", b.id, part),), mark=mark)


def _names(what: str, flow: str, a: Mapping[str, Any], b: Mapping[str, Any], mark: Mark) -> Iterator[Change]:
    word = {"var": "variable", "slot": "slot"}[what]
    for name in sorted(a.keys() | b.keys()):
        subject: tuple[Subject, ...] = ((what, flow, name),)
        if name not in a or name not in b:
            yield Change("other", f"{word} {name} ({flow}) is {'new' if name in b else 'gone'}", subject, mark=mark)
        elif (told := _told(what, a[name], b[name])):
            yield Change("other", f"{word} {name} ({flow}) {told}", subject, mark=mark)


def _told(what: str, a: Any, b: Any) -> str:
    if what == "slot":
        return "is declared otherwise" if meaning(a) != meaning(b) else ""
    (was, guard), (now, new_guard) = a, b
    parts = [f"can{'' if v in now else ' no longer'} be {v}{' now' if v in now else ''}" for v in [*now, *was] if (v in now) != (v in was)]
    parts += [f"begins as {now[0]} instead of {was[0]}"] if was[0] != now[0] else []
    parts += [f"is protected by {new_guard or 'nothing'} instead of {guard or 'nothing'}"] if guard != new_guard else []
    return ", ".join(parts)


@comparer
def beside(pair: Pair) -> Iterator[Change]:
    """What calls do not run on."""
    for what, a, b in (("test", pair.old.tests, pair.new.tests), ("requirement", pair.old.requirements, pair.new.requirements)):
        for name in sorted(a.keys() | b.keys()):
            if name not in a or name not in b:
                yield Change("other", f"{what} {{at}} is {'new' if name in b else 'gone'}", ((what, name),), (name,))
            elif a[name] != b[name]:
                yield Change("other", f"{what} {{at}} is another one now", ((what, name),), (name,))
