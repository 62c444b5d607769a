"""The proof of what was done with personal data: what, how much, when and why. Append-only, and without personal data itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_shared import data_log


class DataLog:
    def __init__(self, db: Database):
        self._db = db

    def note(self, connection: sa.Connection, act: str, what: str, count: int, now: datetime, why: str = "") -> None:
        """In the transaction of the deed itself: there is no deed without its entry."""
        connection.execute(data_log.insert(), {"at": now.astimezone(UTC).isoformat(), "act": act, "what": what, "count": count,
                                               "why": why[:255]})

    def entries(self, limit: int = 100) -> list[dict[str, Any]]:
        """Newest first."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(data_log).order_by(data_log.c.id.desc()).limit(limit)).mappings().all()
        return [dict(r) for r in rows]
