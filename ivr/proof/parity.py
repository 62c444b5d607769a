"""Nobody is served less: not by language, not with keys instead of a voice. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.expr import names
from ivr.flow.mark import Mark
from ivr.proof.case import Case
from ivr.proof.pack import pack
from ivr.proof.search import search

_SPOKEN = ("intent", "doubt")
_SPOKEN_COMMANDS = ("main_menu", "goodbye", "switch_language")
_NO_KEYS = ("email",)
"""Values that a telephone's keys cannot give: a text or the staff replace them."""


def parity(case: Case) -> Iterator[Problem]:
    yield from _keys(case)
    guards = {id(e.guard): e.guard for e in case.system.edges if e.guard is not None}
    asked = frozenset().union(*map(names, guards.values()))
    for variable in ("language", "channel"):
        if variable in asked:
            yield from _same_places(case, variable)


def _keys(case: Case) -> Iterator[Problem]:
    """Every node can be reached without a word."""
    graph = case.graph
    by_key = np.array([_has_keys(e.move.event, e.move.detail) for e in case.system.edges], dtype=bool)[graph.edge]
    reached = graph.reachable(np.arange(len(case.reached.packed.starts)), by_key)
    served = {(s.flow, s.node) for s in (case.system.spots[n] for n in np.unique(case.spot_of[reached]))}
    leaving = np.unique(graph.edge[reached[graph.source] & ~reached[graph.target]])
    told: set[tuple[str, str]] = set()
    for edge in (case.system.edges[n] for n in leaving):
        spot = case.system.spots[edge.target]
        if spot.stack and (spot.flow, spot.node) not in served | told:
            told.add((spot.flow, spot.node))
            mark = edge.move.mark if edge.move.mark.file else case.node(spot).mark
            yield problem(mark, "E-CHANNEL", f'callers with keys only cannot come to "{spot.node}"',
                          consequence="Whoever cannot speak, or is not understood, is served less.",
                          hint=f'give a menu a choice that leads to "{spot.node}"')


def _has_keys(event: str, detail: str) -> bool:
    if event == "command":
        return detail not in _SPOKEN_COMMANDS
    return event not in _SPOKEN and not (event == "value" and detail in _NO_KEYS)


def _same_places(case: Case, variable: str) -> Iterator[Problem]:
    """The same nodes can be reached with each value of a variable that some guard asks about."""
    values = case.system.domains[variable]
    if variable == "channel":
        values = tuple(dict.fromkeys(start["channel"] for _, start in case.system.starts)) or values
    places = {value: _places(case, variable, value) for value in values}
    for value, found in places.items():
        for flow, node in sorted(frozenset().union(*places.values()) - found):
            others = ", ".join(v for v in values if (flow, node) in places[v])
            mark: Mark = case.bundle.flows[flow].nodes[node].mark
            yield problem(mark, "E-LANG", f'"{node}" can be reached with {variable} {others}, but not with {value}',
                          consequence=f"Callers with {variable} {value} are served less.",
                          hint=f"take {variable} out of the guard that leads here, or serve both")


def _places(case: Case, variable: str, value: str) -> frozenset[tuple[str, str]]:
    packed = pack(case.system, {variable: value})
    spots = {state & packed.spot_mask for state in search(packed).index}
    return frozenset((s.flow, s.node) for s in (case.system.spots[n] for n in spots) if s.stack)
