"""The control of a bundle as a finite transition system: what is searched. Pure data.

A `Spot` is where control can be: a call stack, a stage of its node, and how many tries were spent. Everything else that
decides a branch is the value of a finite variable. An `Edge` leads from spot to spot when its guard holds, sets
variables, and carries a `Move`, which is what happened in words that a counter-example can tell.

Variables of the bundle have their own names; those of the call are language, channel, line, contact, hours and weekday;
names that begin with `#` are what the laws remember.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from ivr.flow.expr import Expr
from ivr.flow.mark import Mark

Stack = tuple[tuple[str, str], ...]
"""(flow, node) from the entry flow down to where the call stands."""

CLOCK = ("hours", "weekday")
NOWHERE = Mark()
CALLERS = ("language", "channel", "contact")
"""What the caller can change at any answer."""


class Spot(NamedTuple):
    stack: Stack
    stage: str = "enter"
    """`enter` and other silent stages of a kind, `ask`, `confirm` ... where it waits; `ended:CODE` with an empty stack."""
    tries: int = 0
    waits: str = ""
    """caller | rim | '' for a stage that is only passed."""

    @property
    def flow(self) -> str:
        return self.stack[-1][0] if self.stack else ""

    @property
    def node(self) -> str:
        return self.stack[-1][1] if self.stack else ""


class Move(NamedTuple):
    """What happened on an edge."""

    event: str
    """enter | said | intent | key | yes | no | value | unclear | silence | refused | command | rim | time_out | broken"""
    detail: str = ""
    """Intent, key, command, value, outcome code or law, by event."""
    outcome: str = ""
    """Outcome by which a node was left, if it was."""
    says: tuple[str, ...] = ()
    """Prompt keys spoken on the way."""
    mark: Mark = NOWHERE
    """The author's line that leads this way."""


class Edge(NamedTuple):
    source: int
    target: int
    move: Move
    guard: Expr | None = None
    sets: Mapping[str, str] = MappingProxyType({})
    turn: bool = False
    """A caller turn was spent."""
    command: bool = False
    """By a command or a spent budget: never counted as the way to an end."""
    time: bool = False
    """Time passed: the office may have opened or closed, the caller may have given an address or changed language."""


@dataclass(slots=True)
class System:
    spots: list[Spot] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    starts: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    """Spot and values with which a call of each line begins."""
    domains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Variable -> values; the first is the initial one."""
    clock: tuple[Mapping[str, str], ...] = ()
    """Every combination of hours and weekday that the calendar allows."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """Line -> the line that stands for it in every state: those that no guard tells apart are one."""
    reads: dict[int, frozenset[str]] = field(default_factory=dict)
    """Spot -> variables that a law looks at there."""
    repeats: int = 0
    """Edges that lead from a spot to itself without changing anything; counted, not searched."""
