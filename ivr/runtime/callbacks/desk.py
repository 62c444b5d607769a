"""What people ask about a promised call and may change of it: by telephone, by the link in the email, by a command.

Answers hold no case details: a planned day, the ends of numbers, what happens next. Every change is written down with who
asked for it, and told to the caller on the ways that were there before, so that nobody changes it behind their back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ivr.clock import Clock
from ivr.contact import eligibility
from ivr.contact.callbacks.model import Progress, Step
from ivr.contact.callbacks.rounds import next_step
from ivr.contact.caps import Limits, for_change
from ivr.contact.states import FINAL
from ivr.errors import Conflict, IvrError
from ivr.runtime.callbacks.situation import Situation, Situations
from ivr.runtime.callbacks.words import MayText, notices
from ivr.store.callback_rows import CallbackRows
from ivr.store.contact_counters import ContactCounters
from ivr.store.db import Database
from ivr.store.promise_ledger import PromiseLedger
from ivr.store.promises import Promises

KINDS = ("callback",)
SHOWN_DIGITS = 2
"""Digits of a number that are told: enough to know one's own by, and no more."""
CHANGED, CALLED_OFF = "callback_changed", "callback_called_off"


class Refused(IvrError):
    """What was asked for cannot be done with this promise."""

    code = "refused"


@dataclass(frozen=True, slots=True)
class Status:
    """What may be told of a promised call."""

    key: str
    reference: str
    state: str
    """scheduled | in_line | soon | under_way | missed | with_staff | over"""
    day: date | None
    """The day it is planned for, at the office."""
    due_by: date
    ends: tuple[str, ...]
    """The last digits of each number, in the order in which they are called."""
    window: tuple[time, time] | None
    round: int
    """Rounds that were begun."""
    next_at: datetime | None


class CallbackDesk:
    def __init__(self, db: Database, situations: Situations, clock: Clock, may_text: MayText, on_moved: Callable[[], None],
                 limits: Limits | None = None):
        self._db, self._situations, self._clock, self._may_text, self._on_moved = db, situations, clock, may_text, on_moved
        self._ledger, self._rows, self._promises = PromiseLedger(db), CallbackRows(db), Promises(db)
        self._counters, self._limits = ContactCounters(db), limits or Limits()

    # -- looking ------------------------------------------------------------------------------------------------

    def of_number(self, number: str, key: str = "") -> dict[str, Any] | None:
        """The newest promised call to this number (or promised in a call from it), open ones first; with `key` that one or none."""
        rows = [r for r in self._ledger.of_contact(number, KINDS) if key in ("", r["key"])]
        return min(rows, key=lambda r: r["state"] in FINAL, default=None)

    def status(self, row: dict[str, Any]) -> Status:
        s, now = self._situations.of(row), self._clock.now()
        step = next_step(s.inputs, s.progress, s.rules, now) if row["state"] == "waiting" else None
        zone = ZoneInfo(s.rules.calendar.timezone if s.rules.calendar else "UTC")
        planned = s.progress.planned_at
        day = planned.astimezone(zone).date() if planned else None
        ends = tuple(n.reveal()[-SHOWN_DIGITS:] for n in s.numbers)
        in_line = s.rules.in_line and (planned is None or planned <= now)
        if in_line:
            day = None
        return Status(s.key, s.reference, _told_state(row["state"], s.progress, in_line), day, s.inputs.due_by.astimezone(zone).date(),
                      ends, s.inputs.window, s.progress.round, step.at if step else None)

    def step(self, row: dict[str, Any]) -> Step | None:
        """What the worker does next, and when; None while nothing is for it to do."""
        if row["state"] != "waiting":
            return None
        s = self._situations.of(row)
        return next_step(s.inputs, s.progress, s.rules, self._clock.now())

    # -- a kept place -------------------------------------------------------------------------------------------

    def turn_came(self, key: str, now: datetime) -> bool:
        """The caller who kept a place is called, as soon as they may be. False where that is under way already, or over."""
        with self._db.write(durable=True) as connection:
            row = self._rows.row(connection, key)
            s = self._situations.of(row) if row is not None and row["state"] == "waiting" else None
            if row is None or s is None or not s.rules.in_line or s.progress.planned_at or s.progress.round:
                return False
            progress = s.stored(replace(s.progress, planned_at=now))
            self._rows.put(connection, row, "waiting", now, note="their turn has come", progress=progress, wake_at=now, due_at=now,
                           planned_at=now)
        self._on_moved()
        return True

    # -- changing -----------------------------------------------------------------------------------------------

    def cancel(self, key: str, by: str) -> None:
        self._change(key, by, "called off", None, CALLED_OFF, state="cancelled")

    def change_number(self, key: str, number: str, by: str) -> None:
        """The number that is called first; the other ones stay. It must have been read back and confirmed, or typed and
        confirmed by whoever holds the link."""
        why = eligibility.of(number).call
        if why:
            raise Refused("this number cannot be called", code=why)

        def changed(s: Situation) -> dict[str, Any]:
            rest = [n.reveal() for n in s.numbers[1:] if n.reveal() != number]
            return {**s.changes, "numbers": [number, *rest]}

        self._change(key, by, "number changed", changed, CHANGED)

    def change_window(self, key: str, window: tuple[time, time] | None, by: str) -> None:
        """The time of day at which the caller wants to be called; None for any."""
        def changed(s: Situation) -> dict[str, Any]:
            kept = {k: v for k, v in s.changes.items() if k != "window"}
            return {**kept, "window": [window[0].isoformat(), window[1].isoformat()]} if window else kept

        self._change(key, by, "time of day changed", changed, CHANGED)

    def _change(self, key: str, by: str, note: str, changed: Callable[[Situation], dict[str, Any]] | None, message: str,
                state: str = "waiting") -> None:
        now = self._clock.now()
        with self._db.write(durable=True) as connection:
            row = self._rows.row(connection, key)
            if row is None or row["kind"] not in KINDS:
                raise Refused("there is no such callback", code="not_found")
            before = self._situations.of(row)
            if row["state"] not in ("waiting", "open") or (before.progress.round > 0 and state == "waiting"):
                raise Refused("this callback is under way or over", code="too_late")
            after = replace(before, changes=changed(before)) if changed else before
            if changed and after.changes == before.changes:
                return  # asked again after a crash
            if changed:
                self._count(connection, key, now)
            self._told(connection, before, message, note, now)
            if changed and after.changes.get("numbers"):
                self._promises.index_contacts(connection, key, after.changes["numbers"])
            # The place in line stays; where the planned time does not fit any more, the next step finds another one.
            to = row["state"] if changed else state
            self._rows.put(connection, row, to, now, note=f"{note} by {by}", progress=after.stored(after.progress),
                           wake_at=now if to == "waiting" else None, due_at=now)
        self._on_moved()

    def _count(self, connection: Any, key: str, now: datetime) -> None:
        try:
            self._counters.spend(connection, for_change(key, now, self._limits))
        except Conflict:
            raise Refused("this callback was changed too often today", code="too_often") from None

    def _told(self, connection: Any, s: Situation, message: str, note: str, now: datetime) -> None:
        """On the ways there were before the change: who did not ask for it learns of it."""
        for row in notices(s, note.replace(" ", "_"), message, ("sms", "email"), f"{now:%Y%m%d%H%M%S}", now, self._may_text):
            self._promises.insert(connection, row, now)


def _told_state(state: str, progress: Progress, in_line: bool) -> str:
    if state == "unreached":
        return "missed"
    if state in FINAL:
        return "over"
    if state in ("open", "held"):
        return "with_staff"
    if state in ("calling", "sending", "unknown"):
        return "under_way"
    if progress.round > 0:
        return "soon"
    return "in_line" if in_line else "scheduled"

