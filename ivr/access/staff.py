"""What administrators do with users: create, disable, enable, give a role, a password, take one-time codes away, end sessions.

Called by `ivr users` now and by a page for it later; `by` is who does it and stands in the audit.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ivr.access.audit import Audit
from ivr.access.passwords import Passwords, acceptable
from ivr.access.roles import ROLES
from ivr.access.sessions import Session, Sessions
from ivr.access.users import NoSuchUser, User, Users, user_name
from ivr.contact import eligibility
from ivr.errors import MalformedRequest
from ivr.sensitive import mask
from ivr.store.db import Database


class Staff:
    def __init__(self, db: Database, passwords: Passwords | None = None):
        self._db, self._passwords = db, passwords or Passwords()
        self.users, self.sessions, self.audit = Users(db), Sessions(db), Audit(db)

    def create(self, typed: str, role: str, password: str, by: str, now: datetime, why: str = "") -> str:
        """The name as it is kept. Raises MalformedRequest for a name, role or password that will not do."""
        name = user_name(typed)
        anew = self._passwords.hash(acceptable(password, name))
        with self._db.write(durable=True) as connection:
            self.users.add(connection, name, _role(role), anew, now)
            self.audit.note(connection, by, "user.created", name, now, after={"role": role}, why=why)
        return name

    def set_role(self, typed: str, role: str, by: str, now: datetime, why: str = "") -> None:
        name = user_name(typed)
        with self._db.write(durable=True) as connection:
            former = self._there(connection, name).role
            self.users.set_role(connection, name, _role(role))
            # What is open on their screen was shown to the former role.
            self.sessions.end_of(connection, name)
            self.audit.note(connection, by, "user.role", name, now, before=former, after=role, why=why)

    def set_disabled(self, typed: str, disabled: bool, by: str, now: datetime, why: str = "") -> None:
        name = user_name(typed)
        with self._db.write(durable=True) as connection:
            former = self._there(connection, name).disabled
            self.users.set_disabled(connection, name, disabled)
            self.sessions.end_of(connection, name)
            self.audit.note(connection, by, "user.disabled" if disabled else "user.enabled", name, now, before={"disabled": former},
                            after={"disabled": disabled}, why=why)

    def set_password(self, typed: str, password: str, by: str, now: datetime, why: str = "") -> None:
        name = user_name(typed)
        anew = self._passwords.hash(acceptable(password, name))
        with self._db.write(durable=True) as connection:
            self._there(connection, name)
            self.users.set_password(connection, name, anew, now)
            self.sessions.end_of(connection, name)
            self.audit.note(connection, by, "user.password", name, now, why=why)

    def set_phone(self, typed: str, number: str, by: str, now: datetime, why: str = "") -> None:
        """The telephone on which they may take callers, E.164; empty takes it away. Raises MalformedRequest for a number that we do
        not call: who sets it decides what the carrier is paid for."""
        name, not_called = user_name(typed), eligibility.of(number).call if number else ""
        if not_called:
            raise MalformedRequest(f"this number cannot be called: {not_called.replace('_', ' ')}", code="number",
                                   hint="as +12025550143, of a country that callers are called back in")
        with self._db.write(durable=True) as connection:
            former = self._there(connection, name).phone
            self.users.set_phone(connection, name, number or None)
            self.audit.note(connection, by, "user.phone", name, now, before=former.masked() if former else "", after=mask(number), why=why)

    def take_totp_away(self, typed: str, by: str, now: datetime, why: str = "") -> None:
        name = user_name(typed)
        with self._db.write(durable=True) as connection:
            had = self._there(connection, name).totp is not None
            self.users.set_totp(connection, name, None, 0, [])
            self.sessions.end_of(connection, name)
            self.audit.note(connection, by, "user.totp", name, now, before=had, after=False, why=why)

    def end_sessions(self, typed: str, by: str, now: datetime, *, only: str = "", why: str = "") -> int:
        name = user_name(typed)
        with self._db.write(durable=True) as connection:
            self._there(connection, name)
            ended = self.sessions.end_of(connection, name, only=only)
            self.audit.note(connection, by, "session.ended", name, now, after={"count": ended}, why=why)
        return ended

    def sessions_of(self, typed: str, now: datetime) -> list[Session]:
        name = user_name(typed)
        if self.users.get(name) is None:
            raise NoSuchUser(f"there is no user {name}", hint="ivr users list shows them")
        return self.sessions.of(name, now)

    def _there(self, connection: sa.Connection, name: str) -> User:
        user = self.users.on(connection, name, lock=True)
        if user is None:
            raise NoSuchUser(f"there is no user {name}", hint="ivr users list shows them")
        return user


def _role(role: str) -> str:
    if role not in ROLES:
        raise MalformedRequest(f"there is no role {role[:20]!r}, expected one of {', '.join(ROLES)}", code="role")
    return role
