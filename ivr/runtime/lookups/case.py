"""Predicates about one case. No case system is connected here, and none is pretended: `none` and `unknown`."""

from __future__ import annotations

from ivr.runtime.lookups.registry import Asked, lookup


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
    return "none"


@lookup("case_status", "received", "evidence_requested", "appointment_set", "decision_mailed", "unknown")
def case_status(asked: Asked) -> str:
    """Where the case stands. The flow asks only for a caller who was verified."""
    return "unknown"
