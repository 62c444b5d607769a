"""Predicates about one case. Without a connected case system none is pretended: `none` and `unknown`."""

from __future__ import annotations

from ivr.cases.stages import STAGES
from ivr.errors import Unavailable
from ivr.runtime.lookups.registry import ERROR, Asked, lookup

CHANGED_ON = "case_changed_on"
"""Slot that is filled with that day."""


@lookup("receipt_prefix", "ioe", "other", "unknown")
def receipt_prefix(asked: Asked) -> str:
    """By the first letters of a receipt number; keys give no letters."""
    value = next(iter(asked.inputs.values()), "")
    if not value[:3].isalpha():
        return "unknown"
    return "ioe" if value.upper().startswith("IOE") else "other"


@lookup("case_source", "available", "none")
def case_source(asked: Asked) -> str:
    """Whether a case system is connected, so that a status could be read out at all."""
    return "none" if asked.cases is None else "available"


@lookup("case_status", *STAGES, "unknown", outside=True)
def case_status(asked: Asked) -> str:
    """Where the case stands. The flow asks only for a caller who was verified, and hands over the answers again: without them
    the desk tells nothing."""
    if asked.cases is None:
        return "unknown"
    try:
        return asked.cases.status(asked.call_id, asked.inputs)
    except Unavailable:
        return ERROR


@lookup("case_changed", "known", "unknown", outside=True)
def case_changed(asked: Asked) -> str:
    """The day on which the case last changed, for a caller who was told where it stands. A day that is still to come is none."""
    if asked.cases is None:
        return "unknown"
    try:
        day = asked.cases.changed_on(asked.call_id, asked.inputs)
    except Unavailable:
        return ERROR
    if day is None or day > asked.today:
        return "unknown"
    asked.found[CHANGED_ON] = day.isoformat()
    return "known"
