"""What a call is about, and as whom the caller was verified: read off its session and its log. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.store.calls import LoggedEvent

REASON, IDENTITY, ROLE = "reason", "identity", "role"
"""Variables of a flow that the desk knows by name; a flow without them has no reason and no verification."""


def intent_of(session: Session, bundle: Bundle, log: Sequence[LoggedEvent]) -> str:
    """The reason where the flow kept one, else what was understood last; empty when neither is known."""
    reason = session.vars.get(REASON, "")
    if reason in bundle.intents:
        return reason
    heard = (e.event.ranking[0].intent for e in reversed(log)
             if e.applied and isinstance(e.event, ev.SpeechHeard) and e.event.ranking and e.event.decision in ("", "accept"))
    return next((intent for intent in heard if intent in bundle.intents), "")


def verified(session: Session) -> dict[str, str]:
    """`state`: unknown | verified | not_verified | locked; `as`: none | applicant | representative."""
    return {"state": session.vars.get(IDENTITY, "unknown"), "as": session.vars.get(ROLE, "none")}
