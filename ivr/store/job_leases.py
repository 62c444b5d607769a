"""Which periodic job is due, and who runs it: one row a job, taken with a lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_promises import jobs


class JobLeases:
    def __init__(self, db: Database):
        self._db = db

    def take(self, name: str, owner: str, now: datetime, lease_s: float) -> bool:
        """True when the job is due and now ours. A job that was never run is due at once."""
        at, until = now.isoformat(), (now + timedelta(seconds=lease_s)).isoformat()
        with self._db.read() as connection:
            row = connection.execute(sa.select(jobs.c.next_at, jobs.c.lease_until).where(jobs.c.name == name)).first()
        if row and (row[0] > at or (row[1] and row[1] > at)):
            return False
        try:
            with self._db.write() as connection:
                if row is None:
                    connection.execute(jobs.insert(), {"name": name, "next_at": at, "lease_owner": owner, "lease_until": until})
                    return True
                free = sa.or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= at)
                taken = connection.execute(jobs.update().where(jobs.c.name == name, jobs.c.next_at <= at, free)
                                           .values(lease_owner=owner, lease_until=until))
                return taken.rowcount == 1
        except sa.exc.IntegrityError:
            return False  # another worker wrote the first row

    def done(self, name: str, owner: str, next_at: datetime, note: str) -> None:
        with self._db.write() as connection:
            connection.execute(jobs.update().where(jobs.c.name == name, jobs.c.lease_owner == owner).values(
                next_at=next_at.isoformat(), lease_owner=None, lease_until=None, last_note=note[:255]))

    def all(self) -> list[dict[str, Any]]:
        with self._db.read() as connection:
            return [dict(r) for r in connection.execute(sa.select(jobs).order_by(jobs.c.name)).mappings()]
