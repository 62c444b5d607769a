"""From the engine's durable actions to rows. Pure: what is to be written, not the writing.

A row is due at once (a message) or is work for people (`open`: callback, service request) with its deadline.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.dialog import actions as act
from ivr.ids import reference_for
from ivr.store.promises import NewPromise

MESSAGE_LIFE = timedelta(hours=24)
"""A link that could not be sent within a day is of no use any more."""


def row_for(action: act.SendMessage | act.MakePromise, call_id: str, now: datetime) -> NewPromise:
    if isinstance(action, act.SendMessage):
        return NewPromise(action.key, "message", action.channel, call_id, _payload(action), now, now + MESSAGE_LIFE)
    # Spoken in the office's zone, stored in UTC: stored instants are compared as text.
    due = datetime.fromisoformat(action.due_by).astimezone(UTC)
    return NewPromise(action.key, action.kind, action.name, call_id, _payload(action), due, due, "open",
                      reference_for(action.key))


def _payload(action: act.Action) -> dict[str, Any]:
    data = act.to_json(action)
    del data["type"], data["key"]
    return data
