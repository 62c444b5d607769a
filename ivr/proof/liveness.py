"""Which variables still matter at a spot. Pure.

A variable is live where some way on reads it before it is set anew. Two states that differ only in dead variables behave
alike for ever, so the search keeps one of them: nothing is lost and nothing is added.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.flow.expr import names
from ivr.proof.system import CALLERS, CLOCK, System


def live_variables(system: System, bit_of: dict[str, int]) -> list[int]:
    """Per spot the set of live variables, as a mask of the bits in `bit_of`."""
    reads, kills = _effects(system, bit_of)
    incoming: list[list[int]] = [[] for _ in system.spots]
    for n, edge in enumerate(system.edges):
        incoming[edge.target].append(n)
    live = [sum(bit_of[v] for v in system.reads.get(n, ())) for n in range(len(system.spots))]
    for n, edge in enumerate(system.edges):
        live[edge.source] |= reads[n]
    todo = list(range(len(system.spots)))
    waiting = set(todo)
    while todo:
        spot = todo.pop()
        waiting.discard(spot)
        for n in incoming[spot]:
            source = system.edges[n].source
            more = live[source] | reads[n] | (live[spot] & ~kills[n])
            if more != live[source]:
                live[source] = more
                if source not in waiting:
                    waiting.add(source)
                    todo.append(source)
    return live


def _effects(system: System, bit_of: dict[str, int]) -> tuple[Sequence[int], Sequence[int]]:
    """Per edge: what its guard reads, and what it sets. Passing time gives the clock and the caller's own variables any
    value, before the guard of a later edge reads them."""
    passing = sum(bit_of[v] for v in (*CLOCK, *CALLERS))
    reads, kills = [], []
    known: dict[int, int] = {id(None): 0}
    for edge in system.edges:
        if id(edge.guard) not in known and edge.guard is not None:
            known[id(edge.guard)] = sum(bit_of[v] for v in names(edge.guard))
        reads.append(known[id(edge.guard)])
        killed = passing if edge.time else 0
        for v in edge.sets:
            killed |= bit_of[v]
        kills.append(killed)
    return reads, kills
