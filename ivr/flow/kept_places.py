"""A promise that keeps a place in line stands where there is a place to keep: right behind a wait. Pure. Called by
`flow.node_references` for each promise node."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.mark import Mark
from ivr.flow.model_flow import Flow, Node
from ivr.flow.model_queues import KEEPS_PLACE

NOBODY = "A caller who comes this way has waited for nobody, and no place could be kept."
HINT = f"lead here from a transfer's {' or '.join(sorted(KEEPS_PLACE))} only"


def kept_place_problems(flow: Flow, node: Node) -> Iterator[Problem]:
    """Every way to `node` comes from the end of a wait, with nothing between."""
    if node.id == flow.start or node.id in flow.defaults.places.values():
        yield problem(node.mark, "E-REF", f'"{node.id}" keeps a place in line, and calls come to it that never waited', consequence=NOBODY,
                      hint=HINT)
    seen: set[Mark] = set()
    for source in flow.nodes.values():
        for outcome, target in source.to.items():
            waited = source.kind == "transfer" and outcome in KEEPS_PLACE
            if target.go == node.id and not waited and target.mark not in seen:
                seen.add(target.mark)
                yield problem(target.mark, "E-REF", f'"{source.id}" leads by "{outcome}" to "{node.id}", which keeps a place in line',
                              consequence=NOBODY, hint=HINT)
