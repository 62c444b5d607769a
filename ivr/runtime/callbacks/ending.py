"""How a call that was to keep a promise ended, and what that makes of the promise. One commit for both.

Called by the status webhook, by the performer after it asked the carrier, by the choice of a person who answered, and, for those
who waited at our own desk, within the commit of the turn that ended their call (`keeping`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.contact.callbacks.model import CANCELLED, LATER, REACHED, TTY, Progress
from ivr.contact.callbacks.rounds import another_day
from ivr.contact.states import FINAL
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.runtime.callbacks.situation import Situation, Situations
from ivr.runtime.callbacks.words import MayText, notices
from ivr.store.callback_calls import CallbackCall, CallbackCalls
from ivr.store.callback_rows import CallbackRows
from ivr.store.db import Database
from ivr.store.promises import Promises

FINAL_STATUSES = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_BY_STATUS = {"busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "failed"}
CONNECT = "connect"
_BY_CHOICE = {CONNECT: "no_agent", "later": LATER, "cancel": CANCELLED}
TTY_NOTICE = "callback_tty"
log = logs.get("callbacks")


def result_of_status(status: str, call: CallbackCall) -> str:
    """What the end of a call means: by what was keyed, else by who answered, else by the carrier's word."""
    if call.result:
        return call.result
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if call.choice in _BY_CHOICE:
        return _BY_CHOICE[call.choice]
    return {"fax": TTY, "machine": "machine"}.get(call.answered_by or "", "hung_up")


class Endings:
    def __init__(self, db: Database, calls: CallbackCalls, situations: Situations, metrics: Metrics, may_text: MayText,
                 on_moved: Callable[[], None]):
        self._db, self._calls, self._situations, self._metrics = db, calls, situations, metrics
        self._may_text, self._on_moved = may_text, on_moved
        self._rows, self._promises = CallbackRows(db), Promises(db)
        self.on_over: Callable[[str], None] = lambda call_sid: None
        """Told of the end of a call whose person asked to be put through, before anything is written: whoever waits at our desk goes."""

    def end(self, attempt_id: str, result: str, now: datetime, *, note: str = "", call_sid: str | None = None) -> bool:
        """The call is over. A second word about the same call changes nothing."""
        call = self._calls.get(attempt_id)
        if call is None:
            return False
        if call_sid and call.call_sid is None:
            self._calls.heard(attempt_id, call_sid=call_sid)
        known_as = call_sid or call.call_sid
        if call.choice == CONNECT and known_as:
            self.on_over(known_as)
        with self._db.write(durable=True) as connection:
            if not self.end_in(connection, call, result, now, note):
                return False
        self.told(call, result)
        return True

    def end_in(self, connection: sa.Connection, call: CallbackCall, result: str, now: datetime, note: str = "") -> bool:
        """As `end`, within somebody's transaction, who says `told` behind it."""
        if not self._calls.end(connection, call.attempt_id, result, now):
            return False
        row = self._rows.row(connection, call.key)
        if row is not None and row["state"] not in FINAL:
            self._move_on(connection, row, result, now, note)
        return True

    def told(self, call: CallbackCall, result: str) -> None:
        self._metrics.callback_calls.labels(result).inc()
        log.info("promised call ended", key=call.key, round=call.round, number=call.number + 1, result=result)
        self._on_moved()

    def _move_on(self, connection: sa.Connection, row: Mapping[str, Any], result: str, now: datetime, note: str) -> None:
        s = self._situations.of(row)
        progress = s.progress.with_result(result, now) if s.progress.attempts else s.progress
        said = f"{result}{f': {note}' if note else ''}"
        if result == REACHED:
            self._rows.put(connection, row, "done", now, note=said, progress=s.stored(progress))
        elif result == CANCELLED:
            self._rows.put(connection, row, "cancelled", now, note="called off by the caller, by key", progress=s.stored(progress))
        elif result == TTY:
            for each in notices(s, "tty", TTY_NOTICE, ("sms", "email"), str(len(progress.attempts)), now, self._may_text):
                self._promises.insert(connection, each, now)
            self._rows.put(connection, row, "open", now, note="answered by a text telephone or a fax", progress=s.stored(progress))
        else:
            after = self._later(s, progress, now) if result == LATER else progress
            self._rows.put(connection, row, "waiting", now, note=said, progress=s.stored(after), wake_at=now, due_at=now,
                           planned_at=after.planned_at)

    @staticmethod
    def _later(s: Situation, progress: Progress, now: datetime) -> Progress:
        """On another day. A kept place stays kept: it is the caller's turn as soon as that day begins."""
        return replace(progress.anew(), planned_at=another_day(s.inputs, s.rules, now)) if s.rules.in_line else progress.anew()
