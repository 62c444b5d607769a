"""Nodes that only have another name. Pure. Called by `diff.compare` before anything else is compared.

A node that is gone and a new one are the same when they say the same and lead to the same places, those that were renamed
as well included; where two nodes could be meant, none is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.diff.meaning import meaning
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Defaults, Flow, Node, Target


def renames(a: Flow, b: Flow) -> dict[str, str]:
    """Old id -> new id."""
    gone, new = set(a.nodes) - set(b.nodes), set(b.nodes) - set(a.nodes)
    found = {}
    for name in sorted(gone):
        like = [n for n in sorted(new) if _alike(a.nodes[name], b.nodes[n], gone, new)]
        back = [g for g in sorted(gone) if like and _alike(a.nodes[g], b.nodes[like[0]], gone, new)]
        if len(like) == len(back) == 1:
            found[name] = like[0]
    return found


def _alike(a: Node, b: Node, gone: set[str], new: set[str]) -> bool:
    if a.kind != b.kind or a.to.keys() != b.to.keys() or meaning(a.params) != meaning(b.params):
        return False
    return all(_same(t, b.to[o], gone, new) for o, t in a.to.items())


def _same(a: Target, b: Target, gone: set[str], new: set[str]) -> bool:
    return dict(a.set) == dict(b.set) and (a.go == b.go or (a.go in gone and b.go in new))


def renamed(bundle: Bundle, names: Mapping[str, Mapping[str, str]]) -> Bundle:
    """The bundle with its nodes under their new names; flow -> old -> new."""
    return replace(bundle, flows={f.id: _flow(f, names[f.id]) if names.get(f.id) else f for f in bundle.flows.values()})


def _flow(flow: Flow, names: Mapping[str, str]) -> Flow:
    nodes = {names.get(n.id, n.id): replace(n, id=names.get(n.id, n.id), to=_to(n.to, names)) for n in flow.nodes.values()}
    places = {place: names.get(node, node) for place, node in flow.defaults.places.items()}
    targets = {kind: _to(to, names) for kind, to in flow.defaults.targets.items()}
    defaults = Defaults(flow.defaults.retry, flow.defaults.confidence, targets, flow.defaults.language_keys, places)
    return replace(flow, nodes=nodes, start=names.get(flow.start, flow.start), defaults=defaults)


def _to(to: Mapping[str, Target], names: Mapping[str, str]) -> dict[str, Target]:
    return {outcome: replace(t, go=names.get(t.go, t.go)) for outcome, t in to.items()}
