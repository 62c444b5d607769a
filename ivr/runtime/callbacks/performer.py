"""Performs a promised call step by step: looks where it stands, asks the pure rules for the next step, takes it or waits.

Every step is one transaction: what is written to the caller and what the row remembers of it come together, so a worker
that dies in between does neither. Only the calls themselves have an effect outside; those are in `placing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from ivr.clock import Clock
from ivr.contact.callbacks.model import Progress, Step
from ivr.contact.callbacks.rounds import next_step
from ivr.contact.callbacks.slots import SlotBook
from ivr.errors import Conflict
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.callbacks.placing import Placing
from ivr.runtime.callbacks.situation import Situation, Situations
from ivr.runtime.callbacks.words import MayText, first_missed, notices
from ivr.runtime.performers.lane import LeftS
from ivr.store.callback_rows import LINE, RELEASED, CallbackRows
from ivr.store.db import Database
from ivr.store.promises import UNCERTAIN, URGENT, Claimed, Finish, NewPromise, Promises

LATE, SECOND, AHEAD = "callback_late", "voicemail_second_try", "callback_ahead"
log = logs.get("callbacks")


class CallbackPerformer:
    def __init__(self, db: Database, situations: Situations, placing: Placing, clock: Clock, metrics: Metrics, *, per_hour: int,
                 per_day: int, may_text: MayText, crash: CrashPoints):
        self._db, self._situations, self._placing, self._clock, self._metrics = db, situations, placing, clock, metrics
        self._per_hour, self._per_day, self._may_text, self._crash = per_hour, per_day, may_text, crash
        self._rows, self._promises = CallbackRows(db), Promises(db)

    def perform(self, each: Claimed, left_s: LeftS) -> Finish | None:
        try:
            s = self._situations.of(_row(each))
            if each.state in UNCERTAIN or each.state == "calling":
                self._placing.look_after(each, s, self._clock.now())
            else:
                self._step(each, s, left_s)
        except (Conflict, sa.exc.IntegrityError):
            log.info("callback was taken over, or its number is being called", key=each.key)
        return None

    def _step(self, each: Claimed, s: Situation, left_s: LeftS) -> None:
        now = self._clock.now()
        step = next_step(s.inputs, s.progress, s.rules, now)
        if step.at > now:
            self._wait(each, s, step, now)
        elif step.kind == "call":
            if each_waits_for_line(each):
                self._placing.place(each, s, step, left_s, now)
            else:
                self._wait(each, s, step, now)  # into the line of those who wait for a line
        else:
            self._crash.reached("callback_before_step")
            STEPS[step.kind](self, each, s, step, now)
            self._crash.reached("callback_after_step")

    def _wait(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        """Until the step is due. First rounds keep the place in line that their planned time gives them; later ones were
        announced for a time and go before, and so does whoever's turn it is at the desk."""
        calls = step.kind == "call"
        planned = s.progress.planned_at
        due = min(planned, step.at) if calls and step.round == 1 and planned else step.at
        priority = {"priority": URGENT} if calls and (step.round > 1 or s.rules.in_line) else {}
        with self._db.write() as connection:
            self._rows.step(connection, each, "waiting", now, note="", progress=s.stored(s.progress), due_at=due, wake_at=step.at,
                            waits_for=LINE if calls else "", planned_at=planned, **priority, **RELEASED)

    # -- steps that only write ----------------------------------------------------------------------------------

    def _plan(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        book = SlotBook(s.rules.calendar.timezone if s.rules.calendar else "UTC", self._per_hour, self._per_day)
        note = "planned" if s.progress.planned_at is None else f"planned anew: {step.why}"
        with self._db.write(durable=True) as connection:
            for hour, count in self._rows.planned_hours(connection, s.inputs.urgent, now, but=each.key):
                book.take([hour] * count)
            planned = book.plan(s.inputs, s.rules, now)
            if planned is not None:
                after = replace(s.progress, planned_at=planned, noticed_for=None, ahead_for=None)
                self._rows.step(connection, each, "waiting", now, note=note, progress=s.stored(after), due_at=now, wake_at=now,
                                planned_at=planned, **RELEASED)
        if planned is None:
            self._hand_over(each, s, replace(step, why="there is no time at which this caller may be called"), now)

    def _notice(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        assert s.rules.notice is not None
        assert s.progress.planned_at is not None
        rows = notices(s, "notice", s.rules.notice.message, s.rules.notice.by, f"{s.progress.planned_at:%Y%m%d}", now, self._may_text)
        self._write(each, s, replace(s.progress, noticed_for=s.progress.planned_at), now, _told("notice", rows), rows)

    def _ahead(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        rows = notices(s, "ahead", AHEAD, ("sms",), f"{s.progress.planned_at:%Y%m%d}", now, self._may_text)
        self._write(each, s, replace(s.progress, ahead_for=s.progress.planned_at), now, _told("text ahead", rows), rows)

    def _tell_late(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        rows = notices(s, "late", LATE, ("sms", "email"), "1", now, self._may_text)
        self._metrics.callbacks_late.inc()
        log.error("callback is planned after its deadline", key=each.key)
        self._write(each, s, replace(s.progress, late_told=True), now, _told("late", rows), rows)

    def _tell_second(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        """Where no machine took the message, it is written."""
        left = any(a.result == "machine" and a.round == step.round for a in s.progress.attempts)
        rows = [] if left else notices(s, "second", first_missed(s), ("sms", "email"), f"{s.progress.postponed}.{step.round}", now,
                                       self._may_text, either=True)
        self._write(each, s, replace(s.progress, second_told=step.round), now, "message left" if left else _told("second try", rows), rows)

    def _close(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        rows = [row for channel, message in s.rules.rounds.last_missed.items()
                for row in notices(s, "missed", message, (channel,), str(s.progress.postponed), now, self._may_text)]
        self._write(each, s, s.progress, now, _told("missed in every round", rows), rows, state="unreached")
        self._metrics.effects.labels("callback", "unreached").inc()

    def _hand_over(self, each: Claimed, s: Situation, step: Step, now: datetime) -> None:
        log.error("callback needs a person", key=each.key, why=step.why)
        self._write(each, s, s.progress, now, step.why, state="open")

    def _write(self, each: Claimed, s: Situation, progress: Progress, now: datetime, note: str, rows: list[NewPromise] | None = None, *,
               state: str = "waiting") -> None:
        """One transaction for what the caller is told and what is remembered of it; the next step follows at once."""
        with self._db.write(durable=True) as connection:
            for row in rows or ():
                self._promises.insert(connection, row, now)
            self._rows.step(connection, each, state, now, note=note, progress=s.stored(progress), due_at=now,
                            wake_at=now if state == "waiting" else None, planned_at=progress.planned_at, **RELEASED)


def each_waits_for_line(each: Claimed) -> bool:
    return each.waits_for == LINE


def _told(what: str, rows: list[NewPromise]) -> str:
    return f"{what}: {', '.join(r.name for r in rows) or 'no way to write to the caller'}"


def _row(each: Claimed) -> dict[str, object]:
    return {"key": each.key, "name": each.name, "call_id": each.call_id, "reference": each.reference, "payload": each.payload,
            "progress": each.progress, "created_at": each.created_at.isoformat()}


STEPS: Mapping[str, Callable[[CallbackPerformer, Claimed, Situation, Step, datetime], None]] = {
    "plan": CallbackPerformer._plan, "notice": CallbackPerformer._notice, "text_ahead": CallbackPerformer._ahead,
    "tell_late": CallbackPerformer._tell_late, "tell_second": CallbackPerformer._tell_second, "close": CallbackPerformer._close,
    "hand_over": CallbackPerformer._hand_over,
}
"""Kind of step -> how it is taken. `call` is the one with an effect outside, and in `placing`."""
