"""A promise as it is shown to staff: masked, with why it is where it is, what happens next and when, in plain words.

Called by `ivr promises` and by the API. Must never show a number, an address or a text in full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ivr.contact.callbacks.model import Step
from ivr.contact.states import MEANING
from ivr.runtime.callbacks.door import ESCALATED, PLACE
from ivr.sensitive import mask

SHOWN = ("key", "kind", "name", "reference", "state", "attempt", "due_at", "not_after", "planned_at", "created_at", "updated_at", "call_id",
         "last_error", "provider_id")
_SAFE = ("reason", "policy_rule", "language", "message", "due_by", "urgent", "purpose")
"""Inputs that say nothing about a person."""

_STEPS: Mapping[str, str] = {
    "plan": "it is given its place in the hours of the office",
    "notice": "the caller is told that the call is coming",
    "text_ahead": "a text says that the call is about to come",
    "turn": "the caller, whose place in line is kept, is called even if their turn has not come; when it comes, at once",
    "tell_late": "the caller is told that the call will be late",
    "tell_second": "the caller is told of the second try",
    "close": "the caller is written to, because nobody answered in any round",
    "hand_over": "it is given to people",
}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {name: row.get(name) for name in SHOWN}
    payload, progress = row["payload"], row["progress"]
    out["to"] = [mask(n) for n in (payload.get("to"), *(progress.get("numbers") or payload.get("numbers", ())), payload.get("email")) if n]
    out["inputs"] = {k: payload[k] for k in _SAFE if k in payload}
    out["attempts"] = [{"round": a[0], "number": a[1] + 1, "at": a[2], "result": a[4] or "under way"} for a in progress.get("attempts", ())]
    if place := payload.get(PLACE):
        out["place"] = {"queue": place.get("queue", ""), "since": place.get("since", "")}
    if sent_on := payload.get(ESCALATED):
        out["escalated"] = {"by": sent_on.get("by", ""), "queue": sent_on.get("queue", "")}
    return out


def explained(row: Mapping[str, Any], step: Step | None, now: datetime) -> str:
    """Two or three sentences."""
    return f"{_what(row)} {_why(row)} {_next(row, step, now)}"


def _what(row: Mapping[str, Any]) -> str:
    promised = {"callback": "A call that was promised", "service_request": "A service request", "notice": f"A notice by {row['name']}",
                "message": f"A message by {row['name']}"}[row["kind"]]
    return f"{promised} on {row['created_at'][:16].replace('T', ' ')} UTC is {row['state']}: {MEANING[row['state']]}."


def _why(row: Mapping[str, Any]) -> str:
    tried = f"It was tried {row['attempt']} time{'s' if row['attempt'] != 1 else ''}" if row["attempt"] else "It has not been tried yet"
    return f"{tried}{f', the last word was {row[_ERROR]!r}' if row[_ERROR] else ''}."


def _next(row: Mapping[str, Any], step: Step | None, now: datetime) -> str:
    if step is not None:
        what = _STEPS.get(step.kind, f"number {step.number + 1} is called, round {step.round}")
        when = "now" if step.at <= now else f"at {_minute(step.at)}"
        return f"Next, {when}: {what}."
    return _NEXT.get(row["state"], lambda r: "Nothing more happens by itself.")(row)


_ERROR = "last_error"


def _minute(at: datetime | str) -> str:
    return f"{(at if isinstance(at, str) else at.isoformat())[:16].replace('T', ' ')} UTC"


_NEXT: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "due": lambda r: f"Next, at {_minute(r['due_at'])}: it is sent, as long as that is before {_minute(r['not_after'])}.",
    "retry": lambda r: f"Next, at {_minute(r['due_at'])}: it is tried again; after {_minute(r['not_after'])} it ends as expired.",
    "unknown": lambda r: f"Next, at {_minute(r['due_at'])}: the provider is asked whether it went out, and only then it is sent again.",
    "sending": lambda r: f"When its worker does not finish by {_minute(r['lease_until'] or r['due_at'])}, another one takes over and asks "
                         "the provider first.",
    "calling": lambda r: "Next: the carrier tells how the call ended.",
    "open": lambda r: f"People work on it; it is to be done by {_minute(r['payload'].get('due_by') or r['not_after'])}.",
    "held": lambda r: "Next: `ivr promises release` lets it go, or `ivr promises cancel` ends it.",
    "failed": lambda r: "Nothing more happens by itself; `ivr promises retry` takes it up again.",
    "expired": lambda r: "Nothing more happens by itself; `ivr promises retry --for-hours N` takes it up again.",
    "unreached": lambda r: "Nothing more happens by itself; `ivr promises retry` begins its rounds anew.",
}
