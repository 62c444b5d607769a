"""Whether a guard holds and a door is open in the state that a call is really in, whatever path led there. Pure.

The tripwire behind the proof: what the proof shows for every call, is looked at again in each. Called by the node kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ivr.dialog import actions as act
from ivr.dialog.turn_draft import TurnDraft
from ivr.flow import policy as policies
from ivr.flow.expr import evaluate, parse_expr
from ivr.flow.model_flow import Flow
from ivr.flow.model_policy import Rule


def holds(draft: TurnDraft, expression: str | None) -> bool:
    return not expression or evaluate(parse_expr(expression), _environment(draft))


def opened(draft: TurnDraft, policy: str, kind: str, name: str) -> Rule | None:
    """The rule that opens this door (queue or promise `name`) here and now, or None. A broken never-rule shuts every door."""
    env = _environment(draft)
    rule = None
    if policies.broken_never(draft.bundle.policy, kind, env, name) is None:
        rule = policies.true_rule(draft.bundle.policy.entries[policy], env)
    if rule is None:
        draft.actions.append(act.ReportRefusal(draft.node.id, policy))
    return rule


def may_touch(draft: TurnDraft, names: Iterable[str]) -> bool:
    """Whether the case details among these variables and slots may be filled, read or told now."""
    env = None
    for policy in {p for flow in draft.bundle.flows.values() for n in names for p in _protectors(flow, n)}:
        env = env or _environment(draft)
        if policies.true_rule(draft.bundle.policy.entries[policy], env) is None:
            draft.actions.append(act.ReportRefusal(draft.node.id, policy))
            return False
    return True


def _environment(draft: TurnDraft) -> Mapping[str, Any]:
    return policies.environment(draft.bundle, draft.vars, language=draft.language, channel=draft.get("channel"),
                                line=draft.get("line"), now=draft.now, contact=draft.contact())


def _protectors(flow: Flow, name: str) -> Iterable[str]:
    """Policies that the variable or slot is protected by."""
    slot = flow.slots.get(name)
    return (p for p in (flow.protected.get(name), slot and slot.protected_by) if p)
