"""Predicates about who calls. There is one answer for "no such case" and "not your case": a caller learns nothing about
the cases of others."""

from __future__ import annotations

from ivr.errors import Unavailable
from ivr.runtime.lookups.registry import ERROR, Asked, lookup


@lookup("verify_identity", "verified", "not_verified", "locked", outside=True, fixed=True)
def verify_identity(asked: Asked) -> str:
    """Whether the answers belong to the case. `locked` after too many wrong answers of this call or number, or for this case."""
    if asked.cases is None:
        return "not_verified"
    try:
        return asked.cases.verify(asked.call_id, asked.caller, asked.inputs)
    except Unavailable:
        return ERROR


@lookup("g28_on_file", "on_file", "absent", "unknown", outside=True)
def g28_on_file(asked: Asked) -> str:
    """Whether the case names this representative on a Form G-28. `unknown` where it names somebody, and not the calling number."""
    if asked.cases is None:
        return "unknown"
    try:
        return asked.cases.g28(asked.call_id, asked.caller, asked.inputs)
    except Unavailable:
        return ERROR
