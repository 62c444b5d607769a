"""A flow of a loaded bundle to a chart: boxes, their ways out, and which of them are one box. Pure. Called by `ivr graph`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node, Target
from ivr.flow.registry import KINDS
from ivr.flow.targets import FALLING
from ivr.picture.captions import Words, assignments, caption, shortened
from ivr.picture.chart import Box, Chart, Exit, Line

GROUPED = 3
"""Calls of one sub-flow with the same ways out, from which on they are one box."""
_MANY = 3
"""Ways of one box into the same group, from which on they are one."""


def chart_of(bundle: Bundle, flow: Flow, language: str) -> Chart:
    words = Words(bundle, language)
    groups = list(_groups(flow))
    leader = {node: group[0] for group in groups for node in group}
    boxes = [_box(flow, node, words, leader) for node in flow.nodes.values() if leader.get(node.id, node.id) == node.id]
    members = {group[0]: group for group in groups}
    boxes = [_as_group(b, members[b.id], flow) if b.id in members else b for b in boxes]
    title = bundle.title.get(language) or bundle.id
    return Chart(flow.id, f"{title}: {flow.id}", language, flow.start, tuple(boxes), dict(flow.defaults.places), flow.inputs, flow.results)


# -- groups -----------------------------------------------------------------------------------------------------------


def _groups(flow: Flow) -> Iterator[tuple[str, ...]]:
    alike: dict[object, list[str]] = defaultdict(list)
    for node in flow.nodes.values():
        if node.kind == "call":
            ways = tuple((outcome, t.go, tuple(t.set.items())) for outcome, t in node.to.items())
            alike[(node.params.flow, ways)].append(node.id)
    return (tuple(ids) for ids in alike.values() if len(ids) >= GROUPED)


def _as_group(box: Box, members: tuple[str, ...], flow: Flow) -> Box:
    lines = tuple(Line(_member(flow.nodes[m])) for m in members)
    return Box(box.id, box.kind, f"{box.link} ({len(members)} ways in)", lines, box.exits, members, box.link)


def _member(node: Node) -> str:
    """Its name, and what it hands over where the name does not say it."""
    told = {k: v for k, v in node.params.inputs.items() if v != node.id}
    return f"{node.id} ({assignments(told)})" if told else node.id


# -- boxes ------------------------------------------------------------------------------------------------------------


def _box(flow: Flow, node: Node, words: Words, leader: Mapping[str, str]) -> Box:
    link = node.params.flow if node.kind == "call" else ""
    return Box(node.id, node.kind, node.id, caption(node, words), tuple(_exits(flow, node, words, leader)), (), link)


def _exits(flow: Flow, node: Node, words: Words, leader: Mapping[str, str]) -> Iterator[Exit]:
    ways: dict[_Way, list[str]] = defaultdict(list)
    for outcome, target in _shown(flow, node):
        own = outcome if node.kind == "decide" else ""  # each row has a condition of its own to be read
        ways[_Way(target.go, assignments(target.set), own)].append(outcome)
    crowds = _crowds(ways, leader)
    count = len(ways) - sum(len(into) - 1 for into in crowds.values())
    for way, outcomes in ways.items():
        crowd = crowds.get(leader.get(way.go, ""), [])
        if way not in crowd:
            yield Exit(tuple(_label(node, o, words) for o in outcomes), way.go, way.sets, _is_fallback(node, outcomes), count == 1)
        elif way == crowd[0]:
            what = "intents" if node.kind == "ask" else "results" if node.kind == "call" else "choices"
            into = flow.nodes[way.go].params.flow
            yield Exit((f"{into}: {len(crowd)} {what}",), leader[way.go], "", False, count == 1, into)


def _is_fallback(node: Node, outcomes: Iterable[str]) -> bool:
    return node.kind != "transfer" and all(o in FALLING or o in KINDS[node.kind].DEFAULTED for o in outcomes)


def _shown(flow: Flow, node: Node) -> Iterator[tuple[str, Target]]:
    """All but asking for a person where every question allows it: the picture says so once for all."""
    for outcome, target in node.to.items():
        is_command = outcome == "agent_request" and target.go == flow.defaults.places.get("agent_request")
        if not is_command or outcome in getattr(node.params, "intents", ()):
            yield outcome, target


class _Way(NamedTuple):
    go: str
    sets: str
    row: str = ""


def _crowds(ways: Mapping[_Way, list[str]], leader: Mapping[str, str]) -> dict[str, list[_Way]]:
    """Ways into one group that are named like the nodes they lead to: the group lists the names, one line is enough."""
    into: dict[str, list[_Way]] = defaultdict(list)
    for way, outcomes in ways.items():
        if way.go in leader and outcomes == [way.go] and not way.sets:
            into[leader[way.go]].append(way)
    return {group: crowd for group, crowd in into.items() if len(crowd) >= _MANY}


# -- labels -----------------------------------------------------------------------------------------------------------


def _label(node: Node, outcome: str, words: Words) -> str:
    if node.kind == "menu":
        key = next((c.key for c in node.params.choices if c.id == outcome), "")
        return f"{key} {outcome}" if key else outcome.replace("_", " ")
    if node.kind == "decide":
        when = next((r.when for r in node.params.rows if r.id == outcome), "")
        return f"{outcome}: {shortened(when, 90)}" if when else outcome
    intent = words.bundle.intents.get(outcome) if node.kind == "ask" else None
    return shortened(intent.name.get(words.language, outcome), 40) if intent else outcome.replace("_", " ")
