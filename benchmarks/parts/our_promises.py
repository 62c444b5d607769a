"""Promises of texts as a ledger full of work has them, and how many are still to be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.promises import NewPromise, Promises
from ivr.store.schema_promises import promises as table

BODY = "Your case EAC0000000000 is pending. See it online: https://egov.uscis.gov"
PER_COMMIT = 500


def new_promise(name: str, now: datetime, number: str = "+12025550143") -> NewPromise:
    return NewPromise(f"sms:{name}", "message", "sms", f"CA{name}", {"to": number, "text": BODY, "purpose": "info", "language": "en"},
                      now, now + timedelta(hours=8))


def fill(db: Database, count: int) -> None:
    """So many that are due, to receivers of their own, written down in few commits."""
    promises, now = Promises(db), datetime.now(UTC)
    for start in range(0, count, PER_COMMIT):
        with db.write(durable=True) as connection:
            for n in range(start, min(count, start + PER_COMMIT)):
                promises.insert(connection, new_promise(f"{n:08}", now, f"+1202{5550000 + n}"), now)


def left(db: Database) -> int:
    """Promises that are not done yet."""
    with db.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table).where(table.c.state != "done")).scalar() or 0
