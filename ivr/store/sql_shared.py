"""Counters, locks and presence over SQL, for installations without Redis. Each call is one small transaction of its own.

The texts are the same for SQLite and PostgreSQL: both know `ON CONFLICT` and `RETURNING`.
"""

from __future__ import annotations

import math
import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_shared import locks, presence
from ivr.store.shared import Shared

_COUNT = sa.text("INSERT INTO counters (key, window_s, bucket, count) VALUES (:key, :window_s, :bucket, :by) "
                 "ON CONFLICT (key, window_s, bucket) DO UPDATE SET count = counters.count + excluded.count RETURNING count")
_FORMER = sa.text("SELECT count FROM counters WHERE key = :key AND window_s = :window_s AND bucket = :bucket")
_TAKE = sa.text("INSERT INTO locks (name, token, until) VALUES (:name, :token, :until) ON CONFLICT (name) DO UPDATE "
                "SET token = excluded.token, until = excluded.until WHERE locks.until <= :now RETURNING token")
_SEEN = sa.text("INSERT INTO presence (room, member, until) VALUES (:room, :member, :until) "
                "ON CONFLICT (room, member) DO UPDATE SET until = excluded.until")


def sql_shared(db: Database) -> Shared:
    return Shared(None, None, SqlCounters(db), SqlLocks(db), SqlPresence(db), "the database")


def text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def window_at(now: datetime, window_s: int) -> tuple[int, float]:
    """(number of the window since 1970, share of the former one that still counts)."""
    bucket, into = divmod(now.timestamp(), window_s)
    return int(bucket), 1 - into / window_s


class SqlCounters:
    def __init__(self, db: Database):
        self._db = db

    def add(self, key: str, window_s: int, now: datetime, by: int = 1) -> int:
        bucket, share = window_at(now, window_s)
        row = {"key": self._db.box.index(key, "counters.key"), "window_s": window_s}
        with self._db.write() as connection:
            count = connection.execute(_COUNT, {**row, "bucket": bucket, "by": by}).scalar_one()
            former = connection.execute(_FORMER, {**row, "bucket": bucket - 1}).scalar() or 0
        return count + math.floor(former * share)


class SqlLocks:
    def __init__(self, db: Database):
        self._db = db

    def take(self, name: str, ttl_s: float, now: datetime) -> str | None:
        token = secrets.token_hex(16)
        with self._db.write() as connection:
            return connection.execute(_TAKE, {"name": name, "token": token, "until": text_of(now + timedelta(seconds=ttl_s)),
                                              "now": text_of(now)}).scalar()

    def release(self, name: str, token: str) -> bool:
        with self._db.write() as connection:
            return connection.execute(locks.delete().where(locks.c.name == name, locks.c.token == token)).rowcount == 1


class SqlPresence:
    def __init__(self, db: Database):
        self._db = db

    def seen(self, room: str, member: str, ttl_s: float, now: datetime) -> None:
        with self._db.write() as connection:
            connection.execute(_SEEN, {"room": room, "member": member, "until": text_of(now + timedelta(seconds=ttl_s))})

    def gone(self, room: str, member: str) -> None:
        with self._db.write() as connection:
            connection.execute(presence.delete().where(presence.c.room == room, presence.c.member == member))

    def who(self, room: str, now: datetime) -> list[str]:
        with self._db.read() as connection:
            return list(connection.execute(sa.select(presence.c.member).where(presence.c.room == room, presence.c.until > text_of(now))
                                           .order_by(presence.c.member)).scalars())
