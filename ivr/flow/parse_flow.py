"""A flow file's tree to a `model.Flow`. Pure. Called by `flow.parse`, head first, then the nodes.

Heads come first because the outcomes of a `call` are the results that another flow declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ivr.flow.kinds  # noqa: F401  (imported for its effect: it fills KINDS)
from ivr.errors import Problem
from ivr.flow.complaints import problem, read_as
from ivr.flow.mark import Mark
from ivr.flow.model_flow import Confidence, Defaults, Flow, Node, RetryPolicy, SlotSpec
from ivr.flow.registry import KINDS, kind_names
from ivr.flow.schemas import ConfidenceShape, FlowShape, LanguageKeysShape, PlacesShape, RetryShape, SlotShape
from ivr.flow.suggest import hint_for
from ivr.flow.targets import all_targets, own_targets, read_targets
from ivr.flow.tree import Table, Tree, marks

PLACES = ("main_menu", "agent_request", "goodbye", "safe_landing")
_HARMLESS = ("yes_no", "form")
"""Slot types that are no personal data unless the author says so."""
_NODE_KEYS = ("next", "to", "note")


@dataclass(frozen=True, slots=True)
class Head:
    """A flow before its nodes are read."""

    flow: Flow
    tree: Table
    node_ids: frozenset[str]
    """Ids of all nodes, also of those that do not parse: a broken node is one problem, not one a reference."""


def parse_head(tree: Tree, problems: list[Problem]) -> Head | None:
    shape = read_as(FlowShape, tree, problems)
    if shape is None or not isinstance(tree, Table):
        return None
    flow = Flow(shape.id, shape.start, {n: v.values for n, v in shape.vars.items()},
                {name: _slot(s) for name, s in shape.slots.items()}, {}, Defaults(), shape.inputs, shape.results, tree.mark.file,
                {n: v.protected_by for n, v in shape.vars.items() if v.protected_by})
    defaults = _defaults(tree.entries.get("defaults"), frozenset(shape.nodes), flow, problems)
    return Head(replace(flow, defaults=defaults), tree, frozenset(shape.nodes))


def _slot(shape: SlotShape) -> SlotSpec:
    sensitive = shape.type not in _HARMLESS if shape.sensitive is None else shape.sensitive
    return SlotSpec(shape.type, sensitive, shape.allow, shape.protected_by or "", shape.values)


def parse_nodes(head: Head, heads: Mapping[str, Flow], problems: list[Problem]) -> Flow:
    """The flow with every node that could be read."""
    table = head.tree.entries["nodes"]
    nodes: dict[str, Node] = {}
    if isinstance(table, Table):
        for node_id, tree in table.entries.items():
            node = _node(node_id, tree, table.keys[node_id], head.flow, heads, problems)
            if node:
                nodes[node_id] = node
    return replace(head.flow, nodes=nodes)


def _node(
    node_id: str, tree: Tree, mark: Mark, flow: Flow, heads: Mapping[str, Flow], problems: list[Problem]
) -> Node | None:
    kind_name = _kind_of(node_id, tree, mark, problems)
    if kind_name is None or not isinstance(tree, Table):
        return None
    kind = KINDS[kind_name]
    found: list[Problem] = []
    params = read_as(
        kind.Params, tree.entries[kind_name], found, shorthand=getattr(kind.Params, "from_shorthand", None)
    )
    problems.extend(found)
    if params is None:
        return None
    if getattr(params, "flow", None) is not None and params.flow not in heads:
        problems.append(_unknown_flow(params.flow, tree.entries[kind_name], heads))
        return None
    outcomes = kind.outcomes(params, heads)
    own = own_targets(node_id, tree, outcomes, problems)
    to = all_targets(node_id, kind, outcomes, own, flow.defaults, mark, problems)
    return Node(node_id, kind_name, params, to, mark, marks(tree))


def _kind_of(node_id: str, tree: Tree, mark: Mark, problems: list[Problem]) -> str | None:
    """The one kind key of a node; unknown keys and a second kind are problems."""
    if not isinstance(tree, Table):
        problems.append(problem(mark, "E-SCHEMA", f'node "{node_id}" is not a mapping',
                                hint=f"begin it with one of {', '.join(kind_names())}"))
        return None
    own = [key for key in tree.entries if key in KINDS]
    strange = [key for key in tree.entries if key not in KINDS and key not in _NODE_KEYS]
    for key in strange:
        known = (*kind_names(), *_NODE_KEYS) if not own else _NODE_KEYS
        problems.append(problem(tree.keys[key], "E-SCHEMA", f'"{key}" is neither a node kind nor one of next, to, note',
                                hint=hint_for(key, known, "keys")))
    for key in own[1:]:
        problems.append(problem(tree.keys[key], "E-SCHEMA", f'node "{node_id}" has two kinds, "{own[0]}" and "{key}"',
                                hint="make two nodes of it, the first with `next` to the second"))
    if not own and not strange:
        problems.append(problem(mark, "E-SCHEMA", f'node "{node_id}" has no kind',
                                hint=f"begin it with one of {', '.join(kind_names())}"))
    return own[0] if len(own) == 1 else None


def _unknown_flow(name: str, tree: Tree, heads: Mapping[str, Flow]) -> Problem:
    mark = tree.entries["flow"].mark if isinstance(tree, Table) and "flow" in tree.entries else tree.mark
    return problem(mark, "E-REF", f'there is no flow "{name}" in this bundle', hint=hint_for(name, heads, "flows"),
                   consequence="The call could not go on here.")


_SETTINGS = ("retry", "confidence", "language_keys", "places")
"""Keys of `defaults` that are no targets."""


def _defaults(tree: Tree | None, node_ids: frozenset[str], flow: Flow, problems: list[Problem]) -> Defaults:
    if not isinstance(tree, Table):
        return Defaults(places=_named_places(node_ids, flow))
    entries = tree.entries
    retry = read_as(RetryShape, entries["retry"], problems) if "retry" in entries else None
    bands = read_as(ConfidenceShape, entries["confidence"], problems) if "confidence" in entries else None
    places = read_as(PlacesShape, entries["places"], problems) if "places" in entries else None
    keys = read_as(LanguageKeysShape, entries["language_keys"], problems) if "language_keys" in entries else None
    named = {n: v for n, v in (places.model_dump() if places else {}).items() if v is not None}
    targets = {}
    for key in entries:
        if key in KINDS or key == "any":
            targets[key] = read_targets(entries[key], problems)
        elif key not in _SETTINGS:
            known = (*_SETTINGS, "any", *kind_names())
            problems.append(problem(tree.keys[key], "E-SCHEMA", f'"{key}" is not a key of defaults',
                                    hint=hint_for(key, known, "keys")))
    return Defaults(RetryPolicy(**retry.model_dump()) if retry else RetryPolicy(),
                    Confidence(**bands.model_dump()) if bands else Confidence(), targets, keys.root if keys else {},
                    {**_named_places(node_ids, flow), **named})


def _named_places(node_ids: frozenset[str], flow: Flow) -> dict[str, str]:
    """A node that bears a place's name is that place; the main menu is the start. A sub-flow has none of its own."""
    if flow.results:
        return {}
    return {"main_menu": flow.start} | {place: place for place in PLACES if place in node_ids}
