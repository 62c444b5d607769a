"""A transition system made fast: states are integers, guards are sets of bit patterns. Pure.

    state = values of all variables, each in its own bits, above the index of the spot

Dead variables are zero in every state (see liveness). An edge on which time passes becomes one packed edge for each
combination of clock and caller that still matters where it leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from ivr.flow.expr import Expr, evaluate, names
from ivr.proof.liveness import live_variables
from ivr.proof.system import CALLERS, CLOCK, Edge, System


class Patterns(dict[int, bool]):
    """A guard by the bits of its own variables: worked out for each pattern that comes up, and remembered."""

    def __init__(self, packed: Packed, expr: Expr):
        super().__init__()
        self._expr = expr
        self._names = [(v, *packed.fields[v], packed.system.domains[v]) for v in sorted(names(expr))]
        self.mask = sum(mask for _, _, mask, _ in self._names)

    def __missing__(self, pattern: int) -> bool:
        values = {name: domain[(pattern & mask) >> shift] for name, shift, mask, domain in self._names}
        found = self[pattern] = evaluate(self._expr, values)
        return found


class PackedEdge(NamedTuple):
    guard_mask: int
    patterns: Patterns | None
    """Whether the edge is open, by the bits under `guard_mask`; None when it always is."""
    keep: int
    put: int
    """next state = state & keep | put"""
    turn: bool
    edge: int
    """Index in the system."""


@dataclass(slots=True)
class Packed:
    system: System
    fields: dict[str, tuple[int, int]]
    """variable -> shift and mask of its bits"""
    spot_mask: int
    out: list[tuple[PackedEdge, ...]]
    """Per spot, by the order in which they are tried."""
    starts: list[int]
    live: list[int]
    """Per spot the bits that are kept, the spot's own included."""
    fixed: Mapping[str, str]
    """Variables that have one value in every call that is searched."""
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    """variable -> value -> what stands for it in the variable's bits"""
    passing: int = 0
    """The bits of the variables that time changes."""
    moments: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def values(self, state: int) -> dict[str, str]:
        """The variables of a state; dead ones at their first value."""
        domains = self.system.domains
        return {v: domains[v][(state & mask) >> shift] for v, (shift, mask) in self.fields.items()}

    def following(self, state: int) -> Iterator[tuple[int, PackedEdge]]:
        """Each next state and the edge that leads there."""
        for edge in self.out[state & self.spot_mask]:
            if edge.patterns is None or edge.patterns[state & edge.guard_mask]:
                yield state & edge.keep | edge.put, edge

    def state(self, spot: int, values: Mapping[str, str]) -> int:
        """The state of these values at this spot, dead variables left out."""
        return (_bits(self, values) & self.live[spot]) | spot


def pack(system: System, fixed: Mapping[str, str] | None = None) -> Packed:
    fields, spot_mask = _fields(system)
    order = {v: 1 << n for n, v in enumerate(fields)}
    found = live_variables(system, order)
    masks = {mask: _masks(mask, order, fields) | spot_mask for mask in set(found)}
    live = [masks[mask] for mask in found]
    numbers = {v: {value: n for n, value in enumerate(values)} for v, values in system.domains.items()}
    packed = Packed(system, fields, spot_mask, [], [], live, fixed or {}, numbers,
                    sum(fields[v][1] for v in (*CLOCK, *CALLERS)))
    outs: list[list[PackedEdge]] = [[] for _ in system.spots]
    guards: dict[int, Patterns] = {}  # by identity: the rules make one expression for each guard of the author
    for n, edge in enumerate(system.edges):
        if any(edge.sets.get(v, value) != value for v, value in packed.fixed.items()):
            continue
        outs[edge.source] += _packed(packed, edge, n, guards)
    packed.out = [tuple(o) for o in outs]
    packed.starts = list(dict.fromkeys(s for spot, values in system.starts for s in _begin(packed, spot, values)))
    return packed


def _fields(system: System) -> tuple[dict[str, tuple[int, int]], int]:
    at = max(1, (len(system.spots) - 1).bit_length())
    spot_mask = (1 << at) - 1
    fields = {}
    for name, values in system.domains.items():
        width = (len(values) - 1).bit_length()
        fields[name] = (at, ((1 << width) - 1) << at)
        at += width
    return fields, spot_mask


def _masks(mask: int, order: Mapping[str, int], fields: Mapping[str, tuple[int, int]]) -> int:
    return sum(fields[v][1] for v, bit in order.items() if mask & bit)


def _bits(packed: Packed, values: Mapping[str, str]) -> int:
    return sum(packed.numbers[v][value] << packed.fields[v][0] for v, value in values.items())


def _packed(packed: Packed, edge: Edge, n: int, guards: dict[int, Patterns]) -> Iterator[PackedEdge]:
    patterns = None
    if edge.guard is not None:
        if id(edge.guard) not in guards:
            guards[id(edge.guard)] = Patterns(packed, edge.guard)
        patterns = guards[id(edge.guard)]
        if not patterns.mask and not patterns[0]:
            return
    live, spots = packed.live[edge.target], packed.spot_mask
    put = erased = 0
    for name, value in edge.sets.items():
        shift, mask = packed.fields[name]
        put |= packed.numbers[name][value] << shift
        erased |= mask
    for moment, changed in _moments(packed, live) if edge.time else _NO_TIME:
        keep = live & ~spots & ~erased & ~changed
        after = (moment & ~erased | put) & live & ~spots | edge.target
        yield PackedEdge(patterns.mask if patterns is not None else 0, patterns, keep, after, edge.turn, n)


_NO_TIME = ((0, 0),)


def _moments(packed: Packed, live: int) -> tuple[tuple[int, int], ...]:
    """What time may have changed that still matters at the end of an edge: values, and the bits they stand in."""
    passing = packed.passing & live
    if passing not in packed.moments:
        found = (_bits(packed, moment) for moment in _combinations(packed, live))
        packed.moments[passing] = tuple((bits, passing) for bits in found)
    return packed.moments[passing]


def _combinations(packed: Packed, live: int) -> list[Mapping[str, str]]:
    clocks = {tuple((v, moment[v]) for v in CLOCK if packed.fields[v][1] & live) for moment in packed.system.clock}
    callers = [v for v in CALLERS if packed.fields[v][1] & live]
    fixed = packed.fixed
    free = product(*([(v, value) for value in packed.system.domains[v] if fixed.get(v, value) == value] for v in callers))
    return [dict((*clock, *caller)) for clock, caller in product(sorted(clocks), list(free))]


def _begin(packed: Packed, spot: int, values: Mapping[str, str]) -> Iterator[int]:
    """Every state in which a call of this line can begin."""
    for moment in _combinations(packed, packed.live[spot]):
        yield packed.state(spot, {**moment, **values, **packed.fixed})
