"""Predicates about staff: the wait for them, from live figures, and a review that an agent asked for. Nothing is guessed."""

from __future__ import annotations

from ivr.runtime.lookups.registry import Asked, lookup

SHORT_S, LONG_S = 300.0, 1800.0


@lookup("agent_review", "none", "needed")
def agent_review(asked: Asked) -> str:
    """`needed` when an agent has noted that this caller's matter takes a person. Never set by what a caller says."""
    return "none"


@lookup("wait_time", "short", "medium", "long", "unknown")
def wait_time(asked: Asked) -> str:
    """The wait for a representative, in three bands: under five minutes, up to half an hour, more. From the live figures of the
    lines of this bundle, the longest of them; `unknown` where there are none."""
    seconds = asked.wait_s() if asked.wait_s is not None else None
    if seconds is None:
        return "unknown"
    return "short" if seconds < SHORT_S else "medium" if seconds <= LONG_S else "long"
