"""The door of a promised call that was answered: the policy entry under which it was promised, asked again with the variables as
they were then and the hour as it is now. A callback must never be a way around a rule that has changed meanwhile. Pure.

Asked twice: by `runtime.callbacks.door`, which chooses the queue, and by the engine, where the call begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ivr.flow import policy as policies
from ivr.flow.expr import Value, names, parse_expr
from ivr.flow.model import Bundle
from ivr.flow.model_policy import Rule
from ivr.flow.model_queues import Queue

MAIN = "main"


def environment_of(bundle: Bundle, variables: Mapping[str, str], language: str, now: datetime) -> dict[str, Value]:
    return policies.environment(bundle, variables, language=language, channel="voice", line=line_of(bundle), now=now, contact="sms")


def line_of(bundle: Bundle) -> str:
    """A call of ours came in over no line; guards see the one most calls come over."""
    return MAIN if MAIN in bundle.lines else next(iter(bundle.lines))


def rule_of(bundle: Bundle, policy: str, promise: str, env: Mapping[str, Value]) -> Rule | None:
    """The rule that keeps the promise's door open; None where the policy says no."""
    entry = bundle.policy.entries.get(policy)
    rule = policies.true_rule(entry, env) if entry is not None else None
    return rule if policies.broken_never(bundle.policy, "promise", env, promise) is None else None


def takes(bundle: Bundle, queue: Queue, language: str, env: Mapping[str, Value]) -> bool:
    """Whether that queue has people for this caller, and no never-rule keeps them apart."""
    speaks = not queue.languages or language in queue.languages
    return speaks and policies.broken_never(bundle.policy, "transfer", env, queue.name) is None


def case_variables(bundle: Bundle) -> frozenset[str]:
    """What decides over case details. A call that is answered later begins without it: whoever answers has shown nothing yet."""
    protectors = {p for flow in bundle.flows.values() for p in (*flow.protected.values(), *(s.protected_by for s in flow.slots.values()))}
    return frozenset(name for p in protectors for name in _asked_by(bundle, p, set()))


def _asked_by(bundle: Bundle, policy: str, seen: set[str]) -> Iterator[str]:
    entry = bundle.policy.entries.get(policy)
    if entry is None or policy in seen:
        return
    seen.add(policy)
    for name in {n for rule in entry.allow_if_any for n in names(parse_expr(rule.when))}:
        if name.endswith(policies.ELIGIBLE):
            yield from _asked_by(bundle, name.removesuffix(policies.ELIGIBLE), seen)
        else:
            yield name
