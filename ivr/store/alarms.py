"""What staff must look at: one row an alarm, with how often and when last. Shown by `ivr doctor`; never personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_contact import alarms

RUN = timedelta(hours=24)
"""An alarm that was quiet for this long begins anew."""


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    since: str
    last_at: str
    count: int
    detail: str


class Alarms:
    def __init__(self, db: Database):
        self._db = db

    def sound(self, name: str, detail: str, now: datetime) -> None:
        try:
            self._sound(name, detail, now)
        except sa.exc.IntegrityError:
            self._sound(name, detail, now)  # another process was first with the row: now there is one to count up

    def _sound(self, name: str, detail: str, now: datetime) -> None:
        at = now.isoformat()
        with self._db.write() as connection:
            changed = connection.execute(alarms.update().where(alarms.c.name == name).values(
                since=sa.case((alarms.c.last_at < (now - RUN).isoformat(), at), else_=alarms.c.since),
                count=sa.case((alarms.c.last_at < (now - RUN).isoformat(), 1), else_=alarms.c.count + 1),
                last_at=at, detail=detail)).rowcount
            if not changed:
                connection.execute(alarms.insert(), {"name": name, "since": at, "last_at": at, "count": 1, "detail": detail})

    def recent(self, now: datetime) -> list[Alarm]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(alarms).where(alarms.c.last_at >= (now - RUN).isoformat())
                                      .order_by(alarms.c.name)).mappings().all()
        return [Alarm(**row) for row in rows]
