"""What a flow's graph says about its callers: nobody is stranded, nobody goes round in silence. Pure.

Called by `flow.check` on a bundle that loads. Reachability counts the places too: a command leads there from
everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.model import Bundle, Flow, Mark, Node

MENU_LEVELS = 3
SILENT_OUTCOMES: dict[str, frozenset[str] | None] = {
    "say": None,
    "set": None,
    "decide": None,
    "check": None,
    "send": frozenset({"failed"}),
    "transfer": frozenset({"closed", "failed"}),
    "promise": frozenset({"failed"}),
    "ask": frozenset(),
    "menu": frozenset(),
    "collect": frozenset(),
    "end": frozenset(),
}
"""Kind -> outcomes by which it can be left before the caller has done anything; None stands for all of them."""


def path_problems(bundle: Bundle) -> Iterator[Problem]:
    entries = {line.flow for line in bundle.lines.values()}
    called = {n.params.flow for f in bundle.flows.values() for n in f.nodes.values() if n.kind == "call"}
    for flow in bundle.flows.values():
        if flow.id not in entries | called:
            yield problem(Mark(flow.file), "E-UNREACH", f'no line begins in flow "{flow.id}" and no node calls it',
                          hint="call it, or delete its file")
        yield from _unreachable(flow)
        yield from _dead(flow)
        yield from _circles(bundle, flow)
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


def _successors(flow: Flow) -> Callable[[str], Iterable[str]]:
    return lambda node_id: (t.go for t in flow.nodes[node_id].to.values())


def _unreachable(flow: Flow) -> Iterator[Problem]:
    found = reach([flow.start, *flow.defaults.places.values()], _successors(flow))
    for node in flow.nodes.values():
        if node.id not in found:
            yield problem(
                node.mark,
                "E-UNREACH",
                f'no caller can reach node "{node.id}"',
                consequence="What it says is never heard.",
                hint=f"lead an outcome to {node.id}, or delete it",
            )


def _dead(flow: Flow) -> Iterator[Problem]:
    back: dict[str, list[str]] = {}
    for node in flow.nodes.values():
        for target in node.to.values():
            back.setdefault(target.go, []).append(node.id)
    ends = [n.id for n in flow.nodes.values() if n.kind == "end"]
    alive = reach(ends, lambda node_id: back.get(node_id, ()))
    for node in flow.nodes.values():
        if node.id not in alive:
            yield problem(
                node.mark,
                "E-DEAD",
                f'from node "{node.id}" no way leads to an end',
                consequence="A caller who comes here never gets away.",
                hint="lead one of the ways to an `end` node",
            )


# -- circles without a question ---------------------------------------------------------------------------------------


def _silent(bundle: Bundle, node: Node, seen: frozenset[str]) -> Iterator[str]:
    """Targets to which the node can go on before the caller has had a turn."""
    allowed = SILENT_OUTCOMES.get(node.kind) if node.kind != "call" else _silent_results(bundle, node.params.flow, seen)
    for outcome, target in node.to.items():
        if allowed is None or outcome in allowed:
            yield target.go


def _silent_results(bundle: Bundle, flow_id: str, seen: frozenset[str]) -> frozenset[str]:
    """Results that a sub-flow can give without a question."""
    flow = bundle.flows[flow_id]
    if flow_id in seen:
        return frozenset(flow.results)
    found = reach([flow.start], lambda node_id: _silent(bundle, flow.nodes[node_id], seen | {flow_id}))
    ends = (flow.nodes[n] for n in found if flow.nodes[n].kind == "end")
    return frozenset(n.params.result for n in ends if n.params.result)


def _circles(bundle: Bundle, flow: Flow) -> Iterator[Problem]:
    edges = {node.id: list(_silent(bundle, node, frozenset({flow.id}))) for node in flow.nodes.values()}
    reported: set[str] = set()
    for node in flow.nodes.values():
        way = None if node.id in reported else _way_back(node.id, edges)
        if way:
            reported.update(way)
            yield problem(
                node.mark,
                "E-LOOP",
                f"a call can go round and round without a question: {' -> '.join([*way, way[0]])}",
                consequence="The caller would never be asked anything again.",
                hint="put a question into the circle, or lead it elsewhere",
            )


def _way_back(start: str, edges: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest circle through `start`."""
    came: dict[str, str] = {}
    todo = [start]
    for node in todo:
        for other in edges[node]:
            if other == start:
                way = [node]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if other not in came:
                came[other] = node
                todo.append(other)
    return None


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
