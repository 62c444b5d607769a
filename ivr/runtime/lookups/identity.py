"""Predicates about who calls. There is one answer for "no such case" and "not your case": a caller learns nothing about
the cases of others."""

from __future__ import annotations

from ivr.runtime.lookups.registry import Asked, lookup


@lookup("verify_identity", "verified", "not_verified", "locked")
def verify_identity(asked: Asked) -> str:
    """Whether the answers belong to the case. `locked` after too many wrong answers for one case."""
    return "not_verified"


@lookup("g28_on_file", "on_file", "absent", "unknown")
def g28_on_file(asked: Asked) -> str:
    """Whether the case names this representative on a Form G-28."""
    return "unknown"
