"""The calls that keep promises: one row each, found again by the random id in the addresses that the carrier was given.

Holds three rules over all workers: so many lines at once, so many calls a second, and never two calls to one number at a
time. All three are decided in the transaction that writes the row, before the carrier is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ivr.ids import new_token
from ivr.store.db import Database
from ivr.store.schema_promises import callback_calls, pacing

NAME = "callbacks"
PLACED, ENDED = "placed", "ended"
CREDIT_S = 0.05
"""Calls that could have begun in this time are made up for, no more: about the pause between two looks of a worker. Below 20 calls
a second that is none, and they are strictly apart."""


@dataclass(frozen=True, slots=True)
class CallbackCall:
    attempt_id: str
    key: str
    round: int
    number: int
    call_sid: str | None
    state: str
    answered_by: str | None
    choice: str | None
    result: str | None
    started_at: datetime


class CallbackCalls:
    def __init__(self, db: Database, lines: int, per_s: float):
        self._db, self._lines, self._per_s = db, lines, per_s

    def room(self, now: datetime) -> int:
        """How many calls may begin now."""
        with self._db.read() as connection:
            busy = connection.execute(_BUSY).scalar() or 0
            next_at = connection.execute(sa.select(pacing.c.next_at).where(pacing.c.name == NAME)).scalar()
        return max(0, min(self._lines - busy, self._tokens(next_at, now)))

    def _tokens(self, next_at: str | None, now: datetime) -> int:
        late_s = (now - datetime.fromisoformat(next_at)).total_seconds() if next_at else 0.0
        return 0 if late_s < 0 else 1 + int(min(late_s, CREDIT_S) * self._per_s)

    def reserve(self, connection: sa.Connection, key: str, round_: int, number: int, to: str, now: datetime) -> str | None:
        """A line for this call, by the id of its row; None when there is none now. Raises IntegrityError while another call
        to the number is under way."""
        next_at = connection.execute(sa.select(pacing.c.next_at).where(pacing.c.name == NAME).with_for_update()).scalar()
        busy = connection.execute(_BUSY).scalar() or 0
        if busy >= self._lines or self._tokens(next_at, now) < 1:
            return None
        credit = timedelta(seconds=CREDIT_S) if self._per_s * CREDIT_S >= 1 else timedelta(0)
        begin = max(datetime.fromisoformat(next_at), now - credit) if next_at else now
        following = (begin + timedelta(seconds=1 / self._per_s)).isoformat()
        if next_at is None:
            connection.execute(pacing.insert(), {"name": NAME, "next_at": following})
        else:
            connection.execute(pacing.update().where(pacing.c.name == NAME).values(next_at=following))
        attempt_id = new_token()
        connection.execute(callback_calls.insert(), {
            "attempt_id": attempt_id, "key": key, "round": round_, "number": number, "state": PLACED,
            "number_index": self._db.box.index(to, "callback_calls.number"), "started_at": now.isoformat()})
        return attempt_id

    # -- what became of it --------------------------------------------------------------------------------------

    def get(self, attempt_id: str) -> CallbackCall | None:
        return self._one(callback_calls.c.attempt_id == attempt_id)

    def locked(self, connection: sa.Connection, attempt_id: str) -> CallbackCall | None:
        """For the rest of this transaction."""
        row = connection.execute(sa.select(callback_calls).where(callback_calls.c.attempt_id == attempt_id).with_for_update())
        found = row.mappings().first()
        return _call(found) if found else None

    def under_way(self, key: str) -> CallbackCall | None:
        return self._one(sa.and_(callback_calls.c.key == key, callback_calls.c.state == PLACED))

    def stale(self, before: datetime) -> list[CallbackCall]:
        """Calls that nothing was heard of for long."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(callback_calls).where(
                callback_calls.c.state == PLACED, callback_calls.c.started_at < before.isoformat()).limit(100)).mappings().all()
        return [_call(r) for r in rows]

    def heard(self, attempt_id: str, **values: Any) -> bool:
        """Note what the carrier or the person said, while the call goes on."""
        with self._db.write() as connection:
            done = connection.execute(callback_calls.update().where(
                callback_calls.c.attempt_id == attempt_id, callback_calls.c.state == PLACED).values(**values))
            return done.rowcount == 1

    def end(self, connection: sa.Connection, attempt_id: str, result: str, now: datetime) -> bool:
        """True when it was under way until now."""
        done = connection.execute(callback_calls.update().where(
            callback_calls.c.attempt_id == attempt_id, callback_calls.c.state == PLACED)
            .values(state=ENDED, result=result, ended_at=now.isoformat()))
        return done.rowcount == 1

    def _one(self, where: Any) -> CallbackCall | None:
        with self._db.read() as connection:
            row = connection.execute(sa.select(callback_calls).where(where).order_by(callback_calls.c.started_at.desc())).mappings().first()
        return _call(row) if row else None


_BUSY = sa.select(sa.func.count()).select_from(callback_calls).where(callback_calls.c.state == PLACED)


def _call(row: Any) -> CallbackCall:
    return CallbackCall(row["attempt_id"], row["key"], row["round"], row["number"], row["call_sid"], row["state"],
                        row["answered_by"], row["choice"], row["result"], datetime.fromisoformat(row["started_at"]))
