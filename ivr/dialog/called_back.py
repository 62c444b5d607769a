"""A call that keeps a promise: it begins where other calls are handed over, and ends when nobody is with the caller any more. Pure.

No flow takes it, so it stands at no node, and only the end of the queue or of the call brings it on. It must never reach anybody
whom the policy does not let through at the hour at which it is answered. Called by `dialog.engine`.
"""

from __future__ import annotations

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Keeps
from ivr.dialog.turn_draft import TurnDraft
from ivr.flow import callback_policy
from ivr.flow.model import Bundle
from ivr.flow.model_policy import Rule

TALKED, NOBODY, LEFT = "called_back", "no_agent", "left"
"""Outcomes of such a call."""
CONNECTING, NO_AGENT, GOODBYE = "callback_connecting", "callback_no_agent", "goodbye"


def began(draft: TurnDraft, event: ev.CalledBack) -> None:
    bundle = draft.bundle
    language = event.language if event.language in bundle.languages else bundle.default_language
    draft.put(status="live", started_at=draft.now.isoformat(), line=callback_policy.line_of(bundle), channel="voice", language=language,
              caller_number=event.caller_number,
              keeps=Keeps(event.key, event.attempt_id, event.reference, event.promised_in, event.place_since))
    draft.vars = _known_then(draft, event)
    rule = _rule(draft, event, language)
    if rule is None:
        draft.actions.append(act.ReportRefusal(event.type, event.policy))
        return _over(draft, NO_AGENT, NOBODY, event.reference)
    draft.say(CONNECTING, barge_in=False, reference=event.reference)
    draft.transfer(act.Transfer(event.queue, event.policy, rule.id, language, dict(event.context)))


def ended(draft: TurnDraft, event: ev.QueueEnded) -> None:
    draft.waiting = ""
    if event.outcome == "connected":
        return _over(draft, GOODBYE, TALKED)
    if event.outcome == "left":
        return _over(draft, GOODBYE, LEFT)
    keeps = draft.session.keeps
    return _over(draft, NO_AGENT, NOBODY, keeps.reference if keeps else "")


def _rule(draft: TurnDraft, event: ev.CalledBack, language: str) -> Rule | None:
    bundle, queue = draft.bundle, draft.bundle.queues.get(event.queue)
    env = callback_policy.environment_of(bundle, event.variables, language, draft.now)
    if queue is None or not callback_policy.takes(bundle, queue, language, env):
        return None
    return callback_policy.rule_of(bundle, event.policy, event.promise, env)


def _known_then(draft: TurnDraft, event: ev.CalledBack) -> dict[str, str]:
    """The variables of the call in which it was promised, but for those that open case details."""
    first, shown = first_values(draft.bundle), callback_policy.case_variables(draft.bundle)
    return {name: event.variables.get(name, value) if name not in shown else value for name, value in first.items()}


def first_values(bundle: Bundle) -> dict[str, str]:
    """What every variable is when a call begins."""
    first: dict[str, str] = {}
    for flow in bundle.flows.values():
        for name, values in flow.vars.items():
            first.setdefault(name, values[0])
    return first


def _over(draft: TurnDraft, words: str, outcome: str, reference: str = "") -> None:
    draft.say(words, barge_in=False, **({"reference": reference} if reference else {}))
    draft.hang_up(outcome)
