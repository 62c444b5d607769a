"""The carrier's word on calls. Callbacks come out of order and more than once; a terminal state never goes back."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema import call_statuses

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class CallStatuses:
    def __init__(self, db: Database):
        self._db = db

    def apply(self, call_id: str, sequence: int, status: str, now: datetime) -> bool:
        """True when this report is news."""
        try:
            return self._apply(call_id, sequence, status, now)
        except sa.exc.IntegrityError:
            return self._apply(call_id, sequence, status, now)  # the first report of a call, twice in the same moment

    def _apply(self, call_id: str, sequence: int, status: str, now: datetime) -> bool:
        with self._db.write() as connection:
            row = connection.execute(sa.select(call_statuses.c.sequence, call_statuses.c.status)
                                     .where(call_statuses.c.call_id == call_id).with_for_update()).first()
            if row and (row[1] in TERMINAL or (sequence <= row[0] and status not in TERMINAL)):
                return False
            values = {"call_id": call_id, "sequence": sequence, "status": status, "updated_at": now.isoformat()}
            if row:
                connection.execute(call_statuses.update().where(call_statuses.c.call_id == call_id).values(**values))
            else:
                connection.execute(call_statuses.insert(), values)
            return True

    def of(self, call_id: str) -> str | None:
        with self._db.read() as connection:
            return connection.execute(sa.select(call_statuses.c.status)
                                      .where(call_statuses.c.call_id == call_id)).scalar()
