"""The carrier's word on each text, and the numbers that texts do not reach. Reports come late, repeated, out of order, and
even before we know the id ourselves; what is kept is the furthest state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.contact.delivery import LOST, is_news
from ivr.store.consent import normal
from ivr.store.db import Database
from ivr.store.schema_contact import message_statuses as table
from ivr.store.schema_contact import unreachable

_CONTEXT = "unreachable.address"


class MessageStatuses:
    def __init__(self, db: Database):
        self._db = db

    def apply(self, provider_id: str, status: str, code: int | None, promise_key: str, now: datetime) -> bool:
        """True when this report is news."""
        try:
            return self._apply(provider_id, status, code, promise_key, now)
        except sa.exc.IntegrityError:
            return self._apply(provider_id, status, code, promise_key, now)  # two first reports at once

    def _apply(self, provider_id: str, status: str, code: int | None, promise_key: str, now: datetime) -> bool:
        values: dict[str, Any] = {"status": status, "error_code": code, "updated_at": now.isoformat()}
        if promise_key:
            values["promise_key"] = promise_key
        with self._db.write() as connection:
            known = connection.execute(sa.select(table.c.status).where(table.c.provider_id == provider_id)
                                       .with_for_update()).scalar()
            if known is None:
                connection.execute(table.insert(), {"provider_id": provider_id, "promise_key": "", **values})
            elif is_news(known, status):
                connection.execute(table.update().where(table.c.provider_id == provider_id).values(**values))
            else:
                return False
            return True

    def of_promise(self, key: str) -> list[dict[str, Any]]:
        """Every text that was sent for a promise, with the carrier's last word."""
        with self._db.read() as connection:
            return [dict(r) for r in connection.execute(sa.select(table).where(table.c.promise_key == key)
                                                        .order_by(table.c.updated_at)).mappings().all()]


def lost(connection: sa.Connection, provider_ids: Collection[str]) -> dict[str, str]:
    """Those that the carrier has said are lost, with its word; a report may overtake the answer that gives us the id."""
    if not provider_ids:
        return {}
    rows = connection.execute(sa.select(table.c.provider_id, table.c.status, table.c.error_code)
                              .where(table.c.provider_id.in_(provider_ids), table.c.status.in_(LOST))).all()
    return {row[0]: f"provider {row[2] or row[1]}" for row in rows}


class Unreachable:
    """Addresses that a channel does not reach for good: landlines, numbers that do not exist, mailboxes that are gone."""

    def __init__(self, db: Database):
        self._db = db

    def note(self, connection: sa.Connection, address: str, channel: str, code: str, now: datetime) -> None:
        if self._code(connection, address, channel) is None:
            connection.execute(unreachable.insert(), {"address_index": self._index(address), "channel": channel, "code": code,
                                                      "at": now.isoformat()})

    def code(self, address: str, channel: str) -> str | None:
        with self._db.read() as connection:
            return self._code(connection, address, channel)

    def forget(self, address: str, channel: str) -> None:
        """Staff know better: the number was moved to a mobile phone."""
        with self._db.write() as connection:
            connection.execute(unreachable.delete().where(self._is(address, channel)))

    def _code(self, connection: sa.Connection, address: str, channel: str) -> str | None:
        return connection.execute(sa.select(unreachable.c.code).where(self._is(address, channel))).scalar()

    def _is(self, address: str, channel: str) -> sa.ColumnElement[bool]:
        return sa.and_(unreachable.c.address_index == self._index(address), unreachable.c.channel == channel)

    def _index(self, address: str) -> str:
        return self._db.box.index(normal(address), _CONTEXT)
