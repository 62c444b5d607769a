"""From the engine's durable actions to rows. Pure: what is to be written, not the writing.

A row is due at once (a message), is planned by the worker (`waiting`: callback), or is work for people (`open`: service
request) with its deadline.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.dialog import actions as act
from ivr.ids import reference_for
from ivr.store.promises import ROUTINE, URGENT, NewPromise

MESSAGE_LIFE = timedelta(hours=24)
"""A link that could not be sent within a day is of no use any more."""
CALLBACK_GRACE = timedelta(days=7)
"""A call that is late is still made, after the caller was told so; beyond this it ends loudly."""


def row_for(action: act.SendMessage | act.MakePromise, call_id: str, now: datetime) -> NewPromise:
    if isinstance(action, act.SendMessage):
        return NewPromise(action.key, "message", action.channel, call_id, _payload(action), now, now + MESSAGE_LIFE)
    # Spoken in the office's zone, stored in UTC: stored instants are compared as text.
    due = datetime.fromisoformat(action.due_by).astimezone(UTC)
    reference, priority = reference_for(action.key), URGENT if action.urgent else ROUTINE
    if action.kind == "callback":
        return NewPromise(action.key, action.kind, action.name, call_id, _payload(action), now, due + CALLBACK_GRACE, "waiting",
                          reference, priority)
    return NewPromise(action.key, action.kind, action.name, call_id, _payload(action), due, due, "open", reference, priority)


def _payload(action: act.Action) -> dict[str, Any]:
    data = act.to_json(action)
    del data["type"], data["key"]
    if not data.get("place"):
        data.pop("place", None)  # what keeps no place is written as it always was
    return data
