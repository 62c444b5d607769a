"""What became of a service request, from the ledger: whether the office has answered, and whether its answer is late.

Whoever gives a number hears where its request stands, and nothing of what it is about or what was answered.
"""

from __future__ import annotations

from ivr.flow.calendar import local
from ivr.runtime.lookups.registry import Asked, lookup

DUE = "request_due"
"""Slot that is filled: the day by which an answer was promised."""


@lookup("request_status", "waiting", "late", "answered", "none", "unknown")
def request_status(asked: Asked) -> str:
    """The newest request with the number given, or with the caller's own; those that wait come first."""
    if asked.requests is None:
        return "unknown"
    number = next(iter(asked.inputs.values()), "") or asked.caller
    request = asked.requests.of_contact(number) if number else None
    if request is None or request.standing == "cancelled":
        return "none"
    due = local(asked.bundle.calendar, request.due_by) if asked.bundle.calendar else request.due_by
    asked.found[DUE] = due.date().isoformat()
    if request.is_late(asked.now):
        return "late"
    return "answered" if request.standing in ("answered", "refused") else "waiting"
