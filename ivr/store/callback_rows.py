"""The part of the ledger that plans promised calls: which hours are taken, what waits in which order, and a step written down.

Called by the performer of callbacks, the webhooks of their calls, and the nightly recomputation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.contact.states import may_go
from ivr.store.db import Database
from ivr.store.promise_rows import PROGRESS, opened_row
from ivr.store.promises import URGENT, Claimed, Promises
from ivr.store.schema_promises import pacing, promises

LINE, WORD = "line", "word"
"""What the next step needs: a free line, or the carrier's word about a call that may be under way."""
PLANNING = "planning"
"""Row of the table of paces that is locked while a place is found; SQLite has one writer anyway."""
GOES_ON = ("waiting", "sending", "calling", "unknown")
"""States of a promised call that goes out by itself, or is going on."""
LONGEST_AGO = timedelta(days=14)
"""No promised call goes on so long after its time."""
_HOUR_TEXT = 13
"""Characters of an instant up to its hour."""


class CallbackRows:
    def __init__(self, db: Database):
        self._db, self._promises = db, Promises(db)

    def planned_hours(self, connection: sa.Connection, urgent_only: bool, now: datetime, but: str = "") -> Iterator[tuple[datetime, int]]:
        """(hour, how many calls are planned into it) from this hour on; `but` is the key of one that is left out. Nobody else plans
        until the transaction ends, so that no place is given twice."""
        if connection.execute(sa.select(pacing.c.next_at).where(pacing.c.name == PLANNING).with_for_update()).first() is None:
            connection.execute(pacing.insert(), {"name": PLANNING, "next_at": now.isoformat()})
        hour = sa.func.substr(promises.c.planned_at, 1, _HOUR_TEXT)
        where = [promises.c.kind == "callback", promises.c.planned_at >= now.replace(minute=0, second=0, microsecond=0).isoformat(),
                 promises.c.state.in_(GOES_ON), promises.c.key != but]
        if urgent_only:
            where.append(promises.c.priority == URGENT)
        rows = connection.execute(sa.select(hour, sa.func.count()).where(*where).group_by(hour)).all()
        return ((datetime.fromisoformat(f"{text}:00:00+00:00"), n) for text, n in rows)

    def not_begun(self, limit: int = 20_000) -> list[dict[str, Any]]:
        """Callbacks whose first round has not begun, urgent ones first, in the order in which they were promised."""
        wanted = (sa.select(promises).where(promises.c.kind == "callback", promises.c.state == "waiting", promises.c.lease_until.is_(None))
                  .order_by(promises.c.priority, promises.c.created_at, promises.c.key).limit(limit))
        with self._db.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [opened_row(self._db.box, r) for r in rows]

    def keeping_places(self, names: Sequence[str], now: datetime, limit: int = 500) -> list[dict[str, Any]]:
        """Promised calls of these names that go out by themselves and have no time yet, or one that has come; in the order in which
        they were promised."""
        come = promises.c.planned_at.between((now - LONGEST_AGO).isoformat(), now.isoformat())
        where = [promises.c.kind == "callback", promises.c.name.in_(names), promises.c.state.in_(GOES_ON),
                 sa.or_(promises.c.planned_at.is_(None), come)]
        wanted = sa.select(promises).where(*where).order_by(promises.c.created_at, promises.c.key).limit(limit)
        with self._db.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [opened_row(self._db.box, r) for r in rows]

    def row(self, connection: sa.Connection, key: str) -> dict[str, Any] | None:
        """Locked for this transaction."""
        row = connection.execute(sa.select(promises).where(promises.c.key == key).with_for_update()).mappings().first()
        return opened_row(self._db.box, row) if row else None

    def put(self, connection: sa.Connection, row: Mapping[str, Any], state: str, now: datetime, *, note: str,
            progress: Mapping[str, Any] | None = None, wake_at: datetime | None = None, due_at: datetime | None = None,
            waits_for: str = "", priority: int | None = None, planned_at: datetime | None = None) -> bool:
        """A step by somebody who holds no lease: a webhook, the desk, a job. The fence grows, so that a worker in the middle of it
        changes nothing. False when the state does not allow it any more."""
        if row["state"] != state and not may_go(row["state"], state):
            return False
        values: dict[str, Any] = {"state": state, "updated_at": now.isoformat(), "fence": promises.c.fence + 1, "lease_owner": None,
                                  "lease_until": None, "wake_at": _text(wake_at), "waits_for": waits_for}
        values |= {"due_at": _text(due_at)} if due_at else {}
        values |= {"priority": priority} if priority is not None else {}
        values |= {"planned_at": _text(planned_at)} if planned_at else {}
        if progress is not None:
            values["progress"] = self._db.box.seal(orjson.dumps(dict(progress)), PROGRESS)
        connection.execute(promises.update().where(promises.c.key == row["key"]).values(**values))
        self._promises.note(connection, [(row["key"], state, note)], now)
        return True

    def step(self, connection: sa.Connection, each: Claimed, state: str, now: datetime, *, note: str, progress: Mapping[str, Any],
             due_at: datetime, wake_at: datetime | None, waits_for: str = "", planned_at: datetime | None = None, **values: Any) -> None:
        """A step by the worker that holds the lease. Raises Conflict when it holds it no more."""
        self._promises.move(connection, each, state, now, note=note, progress=progress, due_at=_text(due_at), wake_at=_text(wake_at),
                            waits_for=waits_for, planned_at=_text(planned_at), **values)


RELEASED: Mapping[str, Any] = {"lease_owner": None, "lease_until": None}


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
