"""Intents on whose word a person or a promised call may be claimed: a mistake there costs more than a question. Pure.

Such an intent is named by a rule of the policy that guards a queue or a callback. Called in training.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.expr import Comparison, parse_expr, tests
from ivr.flow.model import Bundle
from ivr.flow.policy import ELIGIBLE


def costly_intents(bundle: Bundle) -> frozenset[str]:
    """Intents of the bundle that a rule behind a transfer or a callback names."""
    seen: set[str] = set()
    waiting = [*_guards(bundle)]
    named: set[str] = set()
    while waiting:
        entry = waiting.pop()
        if entry in seen or entry not in bundle.policy.entries:
            continue
        seen.add(entry)
        for rule in bundle.policy.entries[entry].allow_if_any:
            for leaf in tests(parse_expr(rule.when)):
                if isinstance(leaf, Comparison):
                    named.update(() if leaf.negated else leaf.values)
                elif leaf.name.endswith(ELIGIBLE):
                    waiting.append(leaf.name.removesuffix(ELIGIBLE))
    return frozenset(named & set(bundle.intents))


def _guards(bundle: Bundle) -> Iterator[str]:
    """Policy entries that stand before a queue or a callback."""
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            if node.kind == "transfer":
                yield node.params.policy
            elif node.kind == "promise":
                spec = bundle.promises.get(node.params.promise)
                if spec is not None and spec.kind == "callback":
                    yield node.params.policy
