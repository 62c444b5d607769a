"""What callbacks.yaml says: what may be promised, and how promised calls are tried. Frozen data, pure. Part of `flow.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from ivr.flow.mark import NOWHERE, Mark


@dataclass(frozen=True, slots=True)
class Notice:
    """What goes out before a promised call."""

    before: str
    """`1..2 business_days`"""
    by: tuple[str, ...]
    message: str
    """Message key."""


@dataclass(frozen=True, slots=True)
class PromiseSpec:
    """One entry of callbacks.yaml."""

    name: str
    kind: str
    """callback | service_request"""
    due_within: str
    """`30 business_days`, or a range such as `24h..72h`; the far end is the deadline."""
    confirm: Mapping[str, str] = field(default_factory=dict)
    """channel (sms, email) -> message key."""
    mark: Mark = NOWHERE
    notice: Notice | None = None
    by: tuple[str, ...] = ("call",)
    """call | email: how it is kept."""
    rows: tuple[str, ...] = ()
    in_line: bool = False
    """The caller keeps their place in the line that they have just left, and is called when their turn comes."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """How promised calls are tried. One round tries every number in order."""

    order: str = "fifo"
    max: int = 2
    numbers: tuple[str, ...] = ("cell", "office")
    voicemail: str = ""
    """Prompt key that is left after a first round that reached nobody."""
    next_after_min: tuple[int, int] = (0, 0)
    """Minutes, earliest and latest, between a round that reached nobody and the next."""
    last_missed: Mapping[str, str] = field(default_factory=dict)
    """channel -> message key after the last round that reached nobody."""
    last_start: time | None = None
    """Local time after which no first round begins."""
    overtime: str = "never"
    """switch: supervisors may allow calls outside hours."""
    mark: Mark = NOWHERE
    rows: tuple[str, ...] = ()
