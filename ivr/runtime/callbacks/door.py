"""Who is behind the promised call: asks the policy once more when it is answered, and chooses the queue. Pure.

The promise was made under a policy entry; the same entry is asked again with the call's variables as they were then and the
hour as it is now. A callback must never be a way around a rule that has changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivr.flow import policy as policies
from ivr.flow.model import Bundle, Queue

ESCALATED = "escalated"
"""Part of a promise's inputs that staff sent on: `queue` that is to call back, `by` whom, `note`."""


def queue_for(bundle: Bundle, promise: str, payload: Mapping[str, Any], language: str, now: datetime) -> tuple[Queue, str] | None:
    """The queue of the lowest tier that no never-rule forbids to this caller, with the rule that lets them through; None where
    the policy says no. What staff sent on goes to no lower tier than they sent it to."""
    entry = bundle.policy.entries.get(payload.get("policy", ""))
    if entry is None:
        return None
    env = policies.environment(bundle, payload.get("variables", {}), language=language, channel="voice", line=_line(bundle),
                               now=now, contact="sms")
    rule = policies.true_rule(entry, env)
    if rule is None or policies.broken_never(bundle.policy, "promise", env, promise) is not None:
        return None
    sent_to = bundle.queues.get(payload.get(ESCALATED, {}).get("queue", ""))
    for queue in sorted(bundle.queues.values(), key=lambda q: (q.tier, q.name)):
        serves = (not queue.languages or language in queue.languages) and (sent_to is None or queue.tier >= sent_to.tier)
        if serves and policies.broken_never(bundle.policy, "transfer", env, queue.name) is None:
            return queue, rule.id
    return None


def _line(bundle: Bundle) -> str:
    return "main" if "main" in bundle.lines else next(iter(bundle.lines))
