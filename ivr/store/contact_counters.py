"""How much went to whom lately: counters of windows, raised in the transaction that writes the promise down.

A counter that is full makes the whole transaction fail with Conflict, so that two callers at the same moment cannot both be
the last one; the turn is then worked out again and finds the counter full. Numbers are stored as keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.contact.caps import Counter
from ivr.errors import Conflict
from ivr.store.db import Database
from ivr.store.prepared import PreparedUpsert
from ivr.store.schema_contact import contact_counters as table

_CONTEXT = "contact_counters.subject"


class ContactCounters:
    def __init__(self, db: Database):
        self._db = db

    def full(self, wanted: Iterable[tuple[Counter, int]]) -> Counter | None:
        """The first counter that cannot take so many more, or None."""
        with self._db.read() as connection:
            return next((c for c, more in wanted if self._count(connection, c) + more > c.limit), None)

    def spend(self, connection: sa.Connection, counters: Iterable[Counter]) -> None:
        """Count one more in each. Raises Conflict when one is full."""
        # In one order everywhere: two transactions that hold each other's row would wait for ever. The counters of everybody
        # come last, because their rows stay locked until the commit is on disk.
        ordered = sorted(counters, key=lambda c: (not c.subject, c.scope, c.subject, c.window))
        if not ordered:
            return
        rows = [{"scope": c.scope, "subject": self._subject(c), "window": c.window.isoformat(), "count": 1, "at_most": c.limit,
                 "expires_at": c.expires_at.isoformat()} for c in ordered]
        if any(c.limit < 1 for c in ordered) or _COUNT.on(connection, *rows).rowcount < len(rows):
            raise Conflict(f"a counter is full, one of {', '.join(sorted({c.scope for c in ordered}))}")

    def forget_expired(self, connection: sa.Connection, now: datetime) -> int:
        """For the purge job: how many were removed."""
        return connection.execute(table.delete().where(table.c.expires_at <= now.isoformat())).rowcount

    def _count(self, connection: sa.Connection, counter: Counter) -> int:
        return connection.execute(sa.select(table.c.count).where(self._is(counter))).scalar() or 0

    def _is(self, counter: Counter) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.scope == counter.scope, table.c.subject == self._subject(counter),
                       table.c.window == counter.window.isoformat())

    def _subject(self, counter: Counter) -> str:
        return self._db.box.index(counter.subject.reveal(), _CONTEXT) if counter.subject else ""


def _one_more(insert: Any) -> sa.sql.ClauseElement:
    return insert.on_conflict_do_update(
        index_elements=[table.c.scope, table.c.subject, table.c.window], set_={"count": table.c.count + 1},
        where=table.c.count < sa.bindparam("at_most", type_=sa.Integer))


_COUNT = PreparedUpsert(table, ("scope", "subject", "window", "count", "expires_at"), _one_more)
