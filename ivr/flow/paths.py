"""What a flow's graph says before it is searched: flows that nobody calls, menus that go too deep. Pure.

Called by `flow.check` on a bundle that loads. Whether callers can reach every node and leave it again is proven by
`ivr.proof`, which knows the guards as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow

MENU_LEVELS = 3


def path_problems(bundle: Bundle) -> Iterator[Problem]:
    entries = {line.flow for line in bundle.lines.values()}
    called = {n.params.flow for f in bundle.flows.values() for n in f.nodes.values() if n.kind == "call"}
    for flow in bundle.flows.values():
        if flow.id not in entries | called:
            yield problem(Mark(flow.file), "E-UNREACH", f'no line begins in flow "{flow.id}" and no node calls it',
                          hint="call it, or delete its file")
        yield from _deep_menus(flow)


def reach(starts: Iterable[str], edges: Callable[[str], Iterable[str]]) -> dict[str, int]:
    """Every node that can be reached -> the number of steps to it."""
    steps = dict.fromkeys(starts, 0)
    todo = list(steps)
    for node in todo:
        for other in edges(node):
            if other not in steps:
                steps[other] = steps[node] + 1
                todo.append(other)
    return steps


# -- menus ------------------------------------------------------------------------------------------------------------


def _deep_menus(flow: Flow) -> Iterator[Problem]:
    """A choice leads to at most two further menus: nobody remembers more levels by ear."""
    menus = {n.id for n in flow.nodes.values() if n.kind == "menu"}
    below = {m: {t for c in flow.nodes[m].params.choices if c.id in flow.nodes[m].to
                 for t in _next_menus(flow, flow.nodes[m].to[c.id].go)} for m in menus}
    others = chain.from_iterable((t.go for t in n.to.values()) for n in flow.nodes.values() if n.kind != "menu")
    tops = {m for start in [flow.start, *flow.defaults.places.values(), *others] for m in _next_menus(flow, start)}
    inner = set(chain.from_iterable(below.values()))
    for menu, level in reach(sorted((tops - inner) or tops & menus), lambda m: sorted(below[m])).items():
        if level >= MENU_LEVELS:
            yield problem(
                flow.nodes[menu].mark,
                "E-CHANNEL",
                f'menu "{menu}" is level {level + 1} of its menus, and at most {MENU_LEVELS} are allowed',
                consequence="Callers with keys only lose their way.",
                hint="bring it closer to the first menu",
            )


def _next_menus(flow: Flow, start: str) -> Iterator[str]:
    """Menus that `start` is, or leads to without another question."""
    seen = reach([start], lambda n: (t.go for t in flow.nodes[n].to.values())
                 if flow.nodes[n].kind in ("say", "set", "decide") else ())
    return (n for n in seen if flow.nodes[n].kind == "menu")
