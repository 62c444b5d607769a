"""When a session of a member of staff is over. Pure; `access.sessions` asks, with the clock as an argument."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.access.roles import reveals

IDLE_REVEALS = timedelta(minutes=15)
"""Whoever may have personal data on the screen."""
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(seconds=30)
"""How exactly the last request is known: not every request writes."""


def idle_limit(role: str) -> timedelta:
    return IDLE_REVEALS if reveals(role) else IDLE


def is_over(role: str, begun: datetime, seen: datetime, now: datetime) -> bool:
    """A clock that went back makes no session longer: both ends are measured from what was written down."""
    return now - begun >= ABSOLUTE or now - seen >= idle_limit(role)
