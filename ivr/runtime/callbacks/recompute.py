"""Plans every promised call that has not begun anew, in the order of the promises: a holiday, a rule or the capacity may
have changed, and calls that were called off leave room. A nightly job; also run by hand.

What the caller was told of already stays where it is, as long as that is still a time for calls.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.contact.callbacks.rounds import first_start, windows_of
from ivr.contact.callbacks.slots import SlotBook
from ivr.errors import Bug
from ivr.ops import logs
from ivr.runtime.callbacks.ending import Endings
from ivr.runtime.callbacks.situation import Situation, Situations
from ivr.store.callback_calls import CallbackCalls
from ivr.store.callback_rows import CallbackRows
from ivr.store.db import Database

LOST_AFTER = timedelta(hours=5)
"""Longer than any call may last: one that is still under way then was lost without a word."""
BATCH = 200
log = logs.get("callbacks")


class Recompute:
    def __init__(self, db: Database, situations: Situations, endings: Endings, calls: CallbackCalls, per_hour: int, per_day: int):
        self._db, self._situations, self._endings, self._calls = db, situations, endings, calls
        self._per_hour, self._per_day, self._rows = per_hour, per_day, CallbackRows(db)

    def run(self, now: datetime) -> str:
        """One line: how many were moved."""
        waiting = [s for s in self._not_begun() if s.progress.round == 0 and s.progress.planned_at is not None]
        # Whose turn came at the desk is called then, and counts.
        fixed = [s for s in waiting if s.rules.in_line or (s.progress.noticed_for is not None and _still_good(s, now))]
        moved, keys = 0, {s.key for s in fixed}
        for urgent in (True, False):
            book = SlotBook(_zone(waiting), self._per_hour, self._per_day)
            book.take(s.progress.planned_at for s in fixed if s.progress.planned_at and s.inputs.urgent == urgent)
            changed = [(s, at) for s in waiting if s.key not in keys and s.inputs.urgent == urgent
                       and (at := book.plan(s.inputs, s.rules, now)) is not None and at != s.progress.planned_at]
            moved += self._move(changed, now)
        return f"{moved} of {len(waiting)} planned calls moved" if moved else ""

    def drop_lost(self, now: datetime) -> str:
        """Calls of which nothing was heard for hours let go of their line."""
        lost = self._calls.stale(now - LOST_AFTER)
        for call in lost:
            self._endings.end(call.attempt_id, "not_placed", now, note="nothing was heard of it")
        return f"{len(lost)} lost calls ended" if lost else ""

    def _not_begun(self) -> list[Situation]:
        found = []
        for row in self._rows.not_begun():
            try:
                found.append(self._situations.of(row))
            except Bug as error:
                log.error("callback cannot be planned", key=row["key"], why=error.message)
        return found

    def _move(self, changed: list[tuple[Situation, datetime]], now: datetime) -> int:
        """In batches. Whoever was told of another time hears of the new one: the notice is due again."""
        moved = 0
        for start in range(0, len(changed), BATCH):
            with self._db.write() as connection:
                for s, at in changed[start:start + BATCH]:
                    row = self._rows.row(connection, s.key)
                    if row is None or row["state"] != "waiting" or row["lease_owner"]:
                        continue
                    after = replace(s.progress, planned_at=at.astimezone(UTC), noticed_for=None, ahead_for=None)
                    moved += self._rows.put(connection, row, "waiting", now, note="planned anew", progress=s.stored(after), wake_at=now,
                                            due_at=now, planned_at=at)
        return moved


def _still_good(s: Situation, now: datetime) -> bool:
    """Still a time at which a first round may begin; what is past is for the worker to look at."""
    planned = s.progress.planned_at
    return planned is not None and (planned <= now or first_start(windows_of(s.inputs, s.rules), s.rules, planned) == planned)


def _zone(situations: list[Situation]) -> str:
    calendar = situations[0].rules.calendar if situations else None
    return calendar.timezone if calendar else "UTC"
