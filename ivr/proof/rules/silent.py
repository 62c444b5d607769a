"""Kinds that pass without a caller turn: say, set, decide, check, call, end. Pure."""

from __future__ import annotations

from ivr.flow.expr import Not
from ivr.proof.guards import all_of
from ivr.proof.place import Place
from ivr.proof.rules.registry import rule


@rule("say")
def say(place: Place) -> None:
    at, items = place.enter, place.params.items
    plain: list[str] = []
    for n, item in enumerate(items):
        place.touches(at, place.slots_said(item.prompt), place.mark(n))
        if item.when is None:
            plain.append(item.prompt)
            continue
        at = _said(place, at, plain, n)
        when = place.guard(item.when)
        place.reads(at, when, place.mark(n, "if"))
        after = place.passing(f"after{n}")
        place.go(at, after, "said", says=[item.prompt], when=when)
        place.go(at, after, "said", when=Not(when))
        at, plain = after, []
    place.leave(at, "done", "said", says=plain)


def _said(place: Place, at: int, keys: list[str], n: int) -> int:
    if not keys:
        return at
    after = place.passing(f"before{n}")
    place.go(at, after, "said", says=keys)
    return after


@rule("set")
def set_vars(place: Place) -> None:
    place.leave(place.enter, "done", "said", sets=place.params.vars)


@rule("decide")
def decide(place: Place) -> None:
    earlier: list[Not] = []
    for n, row in enumerate(place.params.rows):
        when = place.guard(row.when)
        place.reads(place.enter, when, place.mark(n, "if"))
        place.leave(place.enter, row.id, "row", row.id, when=all_of([*earlier, when]), mark=place.mark(n, "if"))
        earlier.append(Not(when))
    place.land_safely(place.enter, all_of(earlier))


@rule("check")
def check(place: Place) -> None:
    params = place.params
    if params.result:
        place.touches(place.enter, [params.result], place.mark("result"))
    asked = place.effect("lookup")
    place.go(place.enter, asked, "said")
    for value in params.values:
        place.leave(asked, value, "rim", value, sets={params.result: value} if params.result else None)
    for outcome in ("timeout", "error"):
        place.leave(asked, outcome, "rim", outcome)
    place.leave(asked, "error", "rim", "undeclared")


@rule("call")
def call(place: Place) -> None:
    place.push(place.bundle.flows[place.params.flow], place.params.inputs)


@rule("end")
def end(place: Place) -> None:
    if place.params.result:
        place.back(place.enter, place.params.result)
    else:
        place.end(place.enter, place.params.outcome, [place.params.prompt or "goodbye"])
