"""Sessions of staff in the browser: a random token of 256 bits in a cookie, its hash in the database, nothing else anywhere.

A session knows no role: that is read with the user at every request, so that a role that was taken away is away at once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.access.session_rules import NOTED_EVERY, is_over
from ivr.access.users import text_of
from ivr.ids import digest
from ivr.store.db import Database
from ivr.store.schema_access import staff_sessions, users

TOKEN_BYTES = 32
MAX_ABOUT = 200
_ABOUT = "staff_sessions.about"


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    """By which it is listed and ended; not the token, and no way to it."""
    name: str
    role: str
    has_totp: bool
    begun_at: datetime
    seen_at: datetime
    address: str = ""
    browser: str = ""


class Sessions:
    def __init__(self, db: Database):
        self._db = db

    def begin(self, connection: sa.Connection, name: str, now: datetime, address: str, browser: str) -> str:
        """The token of a new one. Never an old token again: what somebody knew before the sign-in is worth nothing after it."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        about = self._db.box.seal(orjson.dumps([address[:64], browser[:MAX_ABOUT]]), _ABOUT)
        connection.execute(staff_sessions.insert(), {
            "digest": digest(token), "id": secrets.token_hex(8), "name": name, "begun_at": text_of(now), "seen_at": text_of(now),
            "about": about})
        return token

    def get(self, token: str, now: datetime, *, counts: bool = True) -> Session | None:
        """The session of this token, unless it is over or its user may not sign in any more. `counts`: whether somebody does
        something; a screen that asks by itself whether there is news keeps no session alive."""
        if not 20 <= len(token) <= 100 or not token.isascii():
            return None
        with self._db.read() as connection:
            row = connection.execute(_joined().where(staff_sessions.c.digest == digest(token), ~users.c.disabled)).mappings().first()
        found = self._session(row) if row else None
        if found is None:
            return None
        if is_over(found.role, found.begun_at, found.seen_at, now):
            self.end(found.id)
            return None
        if counts and now - found.seen_at >= NOTED_EVERY:
            with self._db.write() as connection:
                connection.execute(staff_sessions.update().where(staff_sessions.c.id == found.id, staff_sessions.c.seen_at < text_of(now))
                                   .values(seen_at=text_of(now)))
        return found

    def of(self, name: str, now: datetime) -> list[Session]:
        """Those that are not over, the newest first."""
        with self._db.read() as connection:
            rows = connection.execute(_joined().where(staff_sessions.c.name == name).order_by(staff_sessions.c.begun_at.desc(),
                                                                                              staff_sessions.c.id)).mappings().all()
        found = [self._session(r) for r in rows]
        return [s for s in found if not is_over(s.role, s.begun_at, s.seen_at, now)]

    def end(self, session_id: str) -> None:
        with self._db.write() as connection:
            self.end_on(connection, session_id)

    def end_on(self, connection: sa.Connection, session_id: str) -> None:
        connection.execute(staff_sessions.delete().where(staff_sessions.c.id == session_id))

    def end_of(self, connection: sa.Connection, name: str, *, only: str = "", but: str = "") -> int:
        """End sessions of one user: the one with this id, or all but one, or all. How many."""
        c = staff_sessions.c
        return connection.execute(staff_sessions.delete().where(c.name == name, *([c.id == only] if only else []), c.id != but)).rowcount

    def _session(self, row: Any) -> Session:
        address, browser = orjson.loads(self._db.box.open(bytes(row["about"]), _ABOUT))
        return Session(row["id"], row["name"], row["role"], row["totp"] is not None, datetime.fromisoformat(row["begun_at"]),
                       datetime.fromisoformat(row["seen_at"]), address, browser)


def _joined() -> sa.Select[Any]:
    return sa.select(staff_sessions, users.c.role, users.c.totp).join(users, users.c.name == staff_sessions.c.name)
