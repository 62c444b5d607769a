"""What a promised call is planned from: its inputs, what it has been through, and the rules in force. Pure data.

Inputs are stored and never change; times are worked out anew from them whenever a rule or a holiday changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from ivr.flow.model_calendar import Calendar
from ivr.flow.model_promises import Notice, Rounds

REACHED = "connected"
LATER, CANCELLED, TTY = "later", "cancelled", "tty"
MISSED = frozenset({"busy", "no_answer", "failed", "machine", "hung_up"})
"""Results after which the next number is tried."""
OURS = frozenset({"not_placed", "no_agent"})
"""It was us who did not do our part: the number is tried again, and no attempt was spent."""
MAX_OURS = 4
"""So many in a row are for people to look at."""


@dataclass(frozen=True, slots=True)
class Inputs:
    made_at: datetime
    due_by: datetime
    """What the caller was told."""
    urgent: bool
    numbers: int
    """How many numbers there are; a round tries them in order."""
    zones: tuple[str, ...]
    """Every time zone that one of the numbers may be in, and those that are stored of the caller: all of them must be awake."""
    window: tuple[time, time] | None = None
    """Time of day that the caller asked for, in the first of the zones."""


@dataclass(frozen=True, slots=True)
class Rules:
    calendar: Calendar | None
    rounds: Rounds
    notice: Notice | None = None
    overtime: bool = False
    """A supervisor's switch: calls outside office hours, never outside the caller's own."""
    text_ahead_min: int = 0
    """Minutes before the call at which a text says that it is coming; 0 for none."""
    in_line: bool = False
    """A place in line is kept: no time is planned, the call goes out when the turn comes (`Progress.planned_at`, set by whoever
    watches the line)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    round: int
    """From 1."""
    number: int
    at: datetime
    ended: datetime | None = None
    result: str = ""
    """Empty while the call goes on."""


@dataclass(frozen=True, slots=True)
class Progress:
    planned_at: datetime | None = None
    """When the first round is to begin; of a kept place: since when it is the caller's turn, None until then."""
    noticed_for: datetime | None = None
    """The planned time that the caller was told of by the notice."""
    ahead_for: datetime | None = None
    late_told: bool = False
    second_told: int = 0
    """Rounds after whose end the caller was told of the next one."""
    postponed: int = 0
    attempts: tuple[Attempt, ...] = ()

    @property
    def round(self) -> int:
        return self.attempts[-1].round if self.attempts else 0

    def tried(self, round_: int) -> set[int]:
        """Places of the numbers that this round has been through."""
        return {a.number for a in self.attempts if a.round == round_ and a.result not in OURS}

    def with_attempt(self, attempt: Attempt) -> Progress:
        return replace(self, attempts=(*self.attempts, attempt))

    def with_result(self, result: str, ended: datetime) -> Progress:
        return replace(self, attempts=(*self.attempts[:-1], replace(self.attempts[-1], result=result, ended=ended)))

    def anew(self) -> Progress:
        """From the beginning, at a time that is still to be found."""
        return Progress(late_told=self.late_told, postponed=self.postponed + 1)

    def as_json(self) -> dict[str, Any]:
        return {"planned_at": _text(self.planned_at), "noticed_for": _text(self.noticed_for), "ahead_for": _text(self.ahead_for),
                "late_told": self.late_told, "second_told": self.second_told, "postponed": self.postponed,
                "attempts": [[a.round, a.number, a.at.isoformat(), _text(a.ended), a.result] for a in self.attempts]}


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next, and when. Nothing is done before `at`."""

    kind: str
    """plan | notice | text_ahead | turn | tell_late | call | tell_second | close | hand_over"""
    at: datetime
    round: int = 0
    number: int = 0
    why: str = ""


def progress_from(data: Mapping[str, Any]) -> Progress:
    attempts = tuple(Attempt(a[0], a[1], datetime.fromisoformat(a[2]), _time(a[3]), a[4]) for a in data.get("attempts", ()))
    return Progress(_time(data.get("planned_at")), _time(data.get("noticed_for")), _time(data.get("ahead_for")),
                    bool(data.get("late_told")), int(data.get("second_told", 0)), int(data.get("postponed", 0)), attempts)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
