"""Named predicates that `check` nodes ask. Each is a pure function of its inputs and of today's date; connectors to
business systems will register here too, with their timeouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ivr.flow.calendar import is_open, local
from ivr.flow.model import Bundle


@dataclass(frozen=True, slots=True)
class Asked:
    """What a predicate is handed."""

    inputs: Mapping[str, str]
    bundle: Bundle
    now: datetime

    @property
    def today(self) -> date:
        return local(self.bundle.calendar, self.now).date() if self.bundle.calendar else self.now.date()


LOOKUPS: dict[str, Callable[[Asked], str]] = {}


def lookup(name: str) -> Callable[[Callable[[Asked], str]], Callable[[Asked], str]]:
    def register(function: Callable[[Asked], str]) -> Callable[[Asked], str]:
        LOOKUPS[name] = function
        return function
    return register


@lookup("date_vs_today")
def date_vs_today(asked: Asked) -> str:
    """future | past | unknown: the first input against today at the office. Today itself is past: it is too late to
    move an appointment in advance."""
    for value in asked.inputs.values():
        try:
            return "future" if date.fromisoformat(value) > asked.today else "past"
        except ValueError:
            continue
    return "unknown"


@lookup("receipt_prefix")
def receipt_prefix(asked: Asked) -> str:
    """ioe | other | unknown."""
    value = next(iter(asked.inputs.values()), "")
    if not value[:3].isalpha():
        return "unknown"
    return "ioe" if value.upper().startswith("IOE") else "other"


@lookup("office_hours")
def office_hours(asked: Asked) -> str:
    """open | closed, now."""
    return "open" if asked.bundle.calendar and is_open(asked.bundle.calendar, asked.now) else "closed"


@lookup("contact")
def contact(asked: Asked) -> str:
    """sms | email | none: how this caller can be written to."""
    return asked.inputs.get("contact") or "none"


def perform(name: str, asked: Asked) -> str:
    """The value, or `error`: a predicate that raises must not end a call."""
    function = LOOKUPS.get(name)
    if function is None:
        return "error"
    try:
        return function(asked)
    except Exception:
        from ivr.ops import logs

        logs.get("lookups").error("lookup failed", lookup=name, exc_info=True)
        return "error"
