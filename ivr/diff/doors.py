"""Which doors opened or closed, and for whom: what the proof of the one bundle reaches and that of the other does not. Pure.

A door is a queue or a promise. For each, the values of the variables that its policy looks at are collected from every
state in which a call goes through, whatever path led there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from ivr.diff.change import Change, Pair, comparer
from ivr.diff.wording import listed
from ivr.proof.case import Case

_KINDS = {"transfer": ("queue", "queue"), "promise": ("promise", "promise")}
"""Kind of node -> the parameter that names its door, and the word for it."""
_INSIDE = {"transfer": ("queue",), "promise": ("offer", "confirm", "number")}
"""Kind of node -> stages by which it begins once its door is open."""
_MOST = 6
"""Openings that are told for one door."""
_CONSEQUENCE = ("doors",)
Values = frozenset[tuple[str, str]]


@comparer
def doors(pair: Pair) -> Iterator[Change]:
    if pair.old.case is None or pair.new.case is None:
        return
    a, b = _reached(pair.old.case), _reached(pair.new.case)
    for door in sorted(a.keys() | b.keys()):
        what = " ".join(door)
        if door not in a:
            yield Change("person", f"{what} can now be reached", (_CONSEQUENCE,))
        elif door not in b:
            yield Change("person", f"{what} can no longer be reached by anybody", (_CONSEQUENCE,))
        else:
            common = _names(a[door]) & _names(b[door])
            yield from _told(what, "can now reach", _gained(_on(a[door], common), _on(b[door], common)))
            yield from _told(what, "can no longer reach", _gained(_on(b[door], common), _on(a[door], common)))


def _told(what: str, verb: str, cases: list[Values]) -> Iterator[Change]:
    for case in cases[:_MOST]:
        who = " and ".join(f"{name} = {value}" for name, value in sorted(case))
        yield Change("person", f"callers with {who} {verb} {what}", (_CONSEQUENCE,))
    if len(cases) > _MOST:
        more = listed(sorted({name for case in cases[_MOST:] for name, _ in case}))
        yield Change("person", f"{len(cases) - _MOST} further combinations of {more} {verb} {what}", (_CONSEQUENCE,))


def _reached(case: Case) -> dict[tuple[str, str], set[Values]]:
    """Door -> the values with which calls go through it."""
    found: dict[tuple[str, str], set[Values]] = {}
    edges, packed = case.system.edges, case.reached.packed
    through = {n: door for n, edge in enumerate(edges) if (door := _door(case, edge.source, edge.target))}
    used = np.isin(case.graph.edge, np.array(list(through), dtype=np.int64))
    for source, edge in set(zip(case.graph.source[used].tolist(), case.graph.edge[used].tolist(), strict=True)):
        spot = edges[edge].source
        live = packed.live[spot]
        values = case.values(source)
        door_values = frozenset((n, v) for n, v in values.items() if packed.fields[n][1] & live and not n.startswith("#"))
        found.setdefault(through[edge], set()).add(door_values)
    return found


def _door(case: Case, source: int, target: int) -> tuple[str, str] | None:
    """The door that an edge goes through, if it does."""
    at, to = case.system.spots[source], case.system.spots[target]
    if not at.stack or at.stack != to.stack:
        return None
    node = case.node(at)
    parameter, word = _KINDS.get(node.kind, ("", ""))
    inside = at.stage == "enter" and to.stage in _INSIDE.get(node.kind, ())
    return (word, getattr(node.params, parameter)) if inside else None


def _names(cases: set[Values]) -> frozenset[str]:
    """Variables that are known in every state in which the door is gone through."""
    return frozenset.intersection(*(frozenset(n for n, _ in case) for case in cases)) if cases else frozenset()


def _on(cases: set[Values], names: frozenset[str]) -> set[Values]:
    return {frozenset((n, v) for n, v in case if n in names) for case in cases}


def _gained(before: set[Values], after: set[Values]) -> list[Values]:
    """The smallest sets of values with which the door is gone through now and was not before."""
    names = sorted({n for case in after for n, _ in case})
    found: list[Values] = []
    for size in (1, 2, 3):
        for chosen in combinations(names, size):
            was, now = _on(before, frozenset(chosen)), _on(after, frozenset(chosen))
            found += [case for case in sorted(now - was, key=sorted) if not any(smaller <= case for smaller in found)]
        if size < 3 and found and _explained(before, after, found):
            break
    return found


def _explained(before: set[Values], after: set[Values], found: list[Values]) -> bool:
    return all(any(small <= case for small in found) for case in after - before)
