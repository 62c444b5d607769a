"""Who is behind the promised call: asks the policy once more when it is answered, and chooses the queue. Pure.

The promise was made under a policy entry; the same entry is asked again with the call's variables as they were then and the
hour as it is now (`flow.callback_policy`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ivr.flow import callback_policy as policy
from ivr.flow.model import Bundle
from ivr.flow.model_queues import Queue

PLACE = "place"
"""Part of a promise's inputs: the place in line that it keeps (`MakePromise.place`)."""
ESCALATED = "escalated"
"""Part of a promise's inputs that staff sent on: `queue` that is to call back, `by` whom, `note`."""


def queue_for(bundle: Bundle, promise: str, payload: Mapping[str, Any], language: str, now: datetime) -> tuple[Queue, str] | None:
    """The queue of the lowest tier that no never-rule forbids to this caller, with the rule that lets them through; None where
    the policy says no. What staff sent on goes to no lower tier than they sent it to; who kept a place goes to its queue."""
    env = policy.environment_of(bundle, payload.get("variables", {}), language, now)
    rule = policy.rule_of(bundle, payload.get("policy", ""), promise, env)
    if rule is None:
        return None
    found = next((q for q in _in_order(bundle, payload) if policy.takes(bundle, q, language, env)), None)
    return (found, rule.id) if found is not None else None


def _in_order(bundle: Bundle, payload: Mapping[str, Any]) -> Iterator[Queue]:
    kept = bundle.queues.get(payload.get(PLACE, {}).get("queue", ""))
    if kept is not None:
        yield kept
    sent_to = bundle.queues.get(payload.get(ESCALATED, {}).get("queue", ""))
    yield from (q for q in sorted(bundle.queues.values(), key=lambda q: (q.tier, q.name)) if sent_to is None or q.tier >= sent_to.tier)
