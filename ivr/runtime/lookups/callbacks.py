"""Predicates about promised calls, from the ledger. No case details: a day, the last digits of a number, what comes next.

Whoever gives a number hears where the call to it stands. Changes are for callers whose own number belongs to the promise, and
each is told on the ways that were there before: a caller's number is a hint and no proof. Each can be asked again after a
crash and gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from ivr.errors import IvrError
from ivr.runtime.lookups.registry import Asked, lookup

TOLD = {"scheduled": "scheduled", "in_line": "in_line", "soon": "soon", "under_way": "soon", "missed": "missed",
        "with_staff": "with_staff", "over": "none"}
DAY, ENDS, ABOUT = "callback_day", "callback_ends", "callback_about"
"""Slots that are filled: the planned day, the last digits of the number that is called first, and which promise was told.
A change names that promise: asked again after a crash it is about the same one, though the caller's newest is another by then."""
WINDOWS: dict[str, tuple[time, time] | None] = {
    "any": None, "morning": (time(8), time(12)), "afternoon": (time(12), time(17)), "evening": (time(17), time(21))}
"""Time of day where the caller is."""
BY = "the caller, by telephone"
_REFUSED = {"too_late": "too_late", "too_often": "too_often", "not_found": "unknown"}


@lookup("callback_source", "available", "none")
def callback_source(asked: Asked) -> str:
    """Whether promised calls can be looked up by telephone number."""
    return "available" if asked.callbacks is not None else "none"


@lookup("callback_of_caller", "found", "none")
def callback_of_caller(asked: Asked) -> str:
    """Whether a call is promised to the number that calls now."""
    row = _row(asked, asked.caller)
    return "found" if row is not None and asked.callbacks.status(row).state != "over" else "none"


@lookup("callback_status", "scheduled", "in_line", "soon", "missed", "with_staff", "none", "unknown")
def callback_status(asked: Asked) -> str:
    """What became of the call that was promised to the number given, or to the caller's own where none is given."""
    if asked.callbacks is None:
        return "unknown"
    row = _row(asked, _given(asked) or asked.caller)
    if row is None:
        return "none"
    status = asked.callbacks.status(row)
    asked.found[ABOUT] = status.key
    if status.day is not None:
        asked.found[DAY] = status.day.isoformat()
    asked.found[ENDS] = status.ends[0] if status.ends else ""
    told = TOLD[status.state]
    return "unknown" if told == "scheduled" and status.day is None else told


@lookup("callback_cancel", "changed", "too_late", "unknown")
def callback_cancel(asked: Asked) -> str:
    """Calls off the promised call that was told to the caller, where their own number belongs to it."""
    return _change(asked, "cancelled", lambda key: asked.callbacks.cancel(key, BY))


@lookup("callback_number", "changed", "too_late", "too_often", "refused", "unknown")
def callback_number(asked: Asked) -> str:
    """Changes the number that is called first, to one that was read back and confirmed in this call."""
    number = _given(asked)
    return _change(asked, "", lambda key: asked.callbacks.change_number(key, number, BY)) if number else "refused"


@lookup("callback_window", "changed", "too_late", "too_often", "unknown")
def callback_window(asked: Asked) -> str:
    """Changes the time of day: any | morning | afternoon | evening."""
    wish = _given(asked) or "any"
    return _change(asked, "", lambda key: asked.callbacks.change_window(key, WINDOWS[wish], BY))


def _row(asked: Asked, number: str) -> dict[str, Any] | None:
    return asked.callbacks.of_number(number) if asked.callbacks is not None and number else None


def _told(asked: Asked) -> dict[str, Any] | None:
    """The promise that this call is about, if the caller's own number belongs to it."""
    about = asked.inputs.get(ABOUT, "")
    return asked.callbacks.of_number(asked.caller, about) if asked.callbacks is not None and asked.caller and about else None


def _given(asked: Asked) -> str:
    """What the caller said or chose; empty for nothing."""
    return next((value for name, value in asked.inputs.items() if name != ABOUT), "")


def _change(asked: Asked, already: str, change: Callable[[str], None]) -> str:
    row = _told(asked)
    if row is None:
        return "unknown"
    if already and row["state"] == already:
        return "changed"
    try:
        change(row["key"])
    except IvrError as error:
        return _REFUSED.get(error.code, "refused")
    return "changed"
