"""A logged call folded again from its events. Pure; the proof that the log is the call. Called by tests of the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.errors import Bug
from ivr.flow.model import Bundle


def replay(bundle: Bundle, call_id: str, events: list[tuple[datetime, ev.Event]]) -> tuple[Session, list[Any]]:
    """Fold a logged call again: the same bundle gives the same session, another one shows what would have happened."""
    session = sessions.fresh(call_id, bundle.hash)
    said: list[Any] = []
    for at, event in events:
        session, actions = step(bundle, session, event, at)
        said.extend(actions)
    if session.version > len(events):
        raise Bug("a replay applied more events than there were")
    return session, said
