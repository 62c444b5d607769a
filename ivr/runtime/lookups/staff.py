"""Predicates about what staff know: the wait, a review that an agent asked for. Nothing is connected
here, and nothing is guessed."""

from __future__ import annotations

from ivr.runtime.lookups.registry import Asked, lookup


@lookup("agent_review", "none", "needed")
def agent_review(asked: Asked) -> str:
    """`needed` when an agent has noted that this caller's matter takes a person. Never set by what a caller says."""
    return "none"


@lookup("wait_time", "short", "medium", "long", "unknown")
def wait_time(asked: Asked) -> str:
    """The wait for a representative, in three bands."""
    return "unknown"
