"""Switches that supervisors throw while everything runs, with who threw them and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_promises import switches

OVERTIME = "overtime"
"""on: promised calls may be made outside office hours, never outside the caller's own day."""
OFF, ON = "off", "on"


class Switches:
    def __init__(self, db: Database):
        self._db = db

    def get(self, name: str) -> dict[str, Any] | None:
        with self._db.read() as connection:
            row = connection.execute(sa.select(switches).where(switches.c.name == name)).mappings().first()
        return dict(row) if row else None

    def is_on(self, name: str) -> bool:
        row = self.get(name)
        return bool(row and row["value"] == ON)

    def set(self, name: str, value: str, by: str, now: datetime) -> None:
        with self._db.write(durable=True) as connection:
            connection.execute(switches.delete().where(switches.c.name == name))
            connection.execute(switches.insert(), {"name": name, "value": value, "by": by, "at": now.isoformat()})
