"""Predicates about the office and the line of this call."""

from __future__ import annotations

from ivr.flow.calendar import is_open
from ivr.runtime.lookups.registry import Asked, lookup


@lookup("office_hours", "open", "closed")
def office_hours(asked: Asked) -> str:
    """Whether representatives take calls now."""
    return "open" if asked.bundle.calendar and is_open(asked.bundle.calendar, asked.now) else "closed"


@lookup("contact", "sms", "email", "none")
def contact(asked: Asked) -> str:
    """How this caller can be written to."""
    return asked.inputs.get("contact") or "none"
