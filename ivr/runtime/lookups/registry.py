"""The table of predicates that `check` nodes ask, and how one is asked.

A predicate declares every value it can give, so that a flow's `values:` can be compared with it. It must never give an
answer it did not find: without a connected system the value is `unknown` or `none`, and the flow says so. Called by
`runtime.turn_lookups` and by the players of transcripts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ivr.flow.calendar import local
from ivr.flow.model import Bundle

ERROR = "error"
"""Outcome of a predicate that failed or that nobody knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a predicate is handed."""

    inputs: Mapping[str, str]
    """Slots and variables named by the node, in its order; an empty text where the caller gave none."""
    bundle: Bundle
    now: datetime
    """Aware instant of the event that led here."""
    caller: str = ""
    """The caller's own number; empty where it is hidden. It is a hint and no proof of who calls."""
    call_id: str = ""
    callbacks: Any = None
    """The desk of promised calls (`runtime.callbacks.desk`); None where nothing is connected, as in transcripts."""
    wait_s: Callable[[], float | None] | None = None
    """Seconds that somebody would wait for a person who joined now, None where nobody can tell; itself None as above."""
    cases: Any = None
    """The desk of cases (`cases.desk`); None where no case system is connected, as in transcripts."""
    requests: Any = None
    """Service requests (`store.office_requests`); None where nothing is connected, as in transcripts."""
    found: dict[str, str] = field(default_factory=dict)
    """Filled by the predicate: slot -> value, for the slots that the node asked for."""

    @property
    def today(self) -> date:
        return local(self.bundle.calendar, self.now).date() if self.bundle.calendar else self.now.date()


@dataclass(frozen=True, slots=True)
class Predicate:
    name: str
    values: tuple[str, ...]
    """Every value it can give."""
    ask: Callable[[Asked], str]
    outside: bool = False
    """Asks another system: where one is connected it is asked beside the turn, and may take seconds."""
    fixed: bool = False
    """Its answer is given at a fixed moment, whatever it is, so that the time tells nothing."""


LOOKUPS: dict[str, Predicate] = {}


Ask = Callable[[Asked], str]


def lookup(name: str, *values: str, outside: bool = False, fixed: bool = False) -> Callable[[Ask], Ask]:
    """Registers a function as predicate `name` with these values."""
    def register(function: Ask) -> Ask:
        LOOKUPS[name] = Predicate(name, values, function, outside, fixed)
        return function
    return register


def perform(name: str, asked: Asked) -> str:
    """The value, or `error`: a predicate that raises, or gives what it never declared, must not end a call."""
    predicate = LOOKUPS.get(name)
    if predicate is None:
        return ERROR
    try:
        value = predicate.ask(asked)
    except Exception:
        from ivr.ops import logs

        logs.get("lookups").error("lookup failed", lookup=name, exc_info=True)
        return ERROR
    return value if value in predicate.values else ERROR
