"""What users do with their own account: another password, one-time codes, ending sessions. Each change asks for the password again
where somebody at an unlocked screen could otherwise take the account over."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa

from ivr.access import recovery, totp
from ivr.access.audit import Audit
from ivr.access.passwords import Passwords, acceptable
from ivr.access.sessions import Session, Sessions
from ivr.access.sign_in import PER_NAME, Refused, TooMany
from ivr.access.users import NoSuchUser, User, Users
from ivr.errors import MalformedRequest
from ivr.store.db import Database
from ivr.store.shared import Counters


class Account:
    def __init__(self, db: Database, counters: Counters, users: Users, sessions: Sessions, audit: Audit, passwords: Passwords):
        self._db, self._counters, self._users, self._sessions = db, counters, users, sessions
        self._audit, self._passwords = audit, passwords

    def user(self, name: str) -> User:
        user = self._users.get(name)
        if user is None:
            raise NoSuchUser(f"there is no user {name}")
        return user

    def change_password(self, name: str, old: str, new: str, keep: Session, now: datetime) -> str:
        """All sessions end; gives the token of the one that goes on in place of `keep`. Raises Refused, TooMany, MalformedRequest."""
        user = self._is_them(name, old, now)
        anew = self._passwords.hash(acceptable(new, name))
        with self._db.write(durable=True) as connection:
            self._still(connection, user)
            if not self._sessions.end_of(connection, name, only=keep.id):
                raise Refused("this session was ended meanwhile")
            self._users.set_password(connection, name, anew, now)
            ended = self._sessions.end_of(connection, name)
            self._audit.note(connection, name, "user.password", name, now, after={"sessions_ended": ended})
            return self._sessions.begin(connection, name, now, keep.address, keep.browser)

    def begin_totp(self, name: str, password: str, now: datetime) -> None:
        """Makes a secret that is shown until a first code of it confirms that the app has it."""
        user = self._is_them(name, password, now)
        with self._db.write(durable=True) as connection:
            self._still(connection, user)
            self._users.set_pending(connection, name, secrets.token_bytes(totp.SECRET_BYTES))

    def confirm_totp(self, name: str, code: str, now: datetime) -> list[str]:
        """The recovery codes, which are shown this once. Raises Refused."""
        with self._db.write(durable=True) as connection:
            user = self._users.on(connection, name, lock=True)
            if user is None or user.totp_pending is None:
                raise MalformedRequest("there is nothing to confirm", code="nothing")
            step = totp.accepted_step(user.totp_pending, code, now, 0)
            if step is None:
                raise Refused("this is not the code of now")
            codes = recovery.new_codes()
            self._users.set_totp(connection, name, user.totp_pending, step, codes)
            self._audit.note(connection, name, "user.totp", name, now, before=user.totp is not None, after=True)
        return codes

    def drop_pending(self, name: str) -> None:
        with self._db.write() as connection:
            self._users.set_pending(connection, name, None)

    def end_totp(self, name: str, password: str, now: datetime) -> None:
        user = self._is_them(name, password, now)
        with self._db.write(durable=True) as connection:
            self._still(connection, user)
            self._users.set_totp(connection, name, None, 0, [])
            self._audit.note(connection, name, "user.totp", name, now, before=True, after=False)

    def end_sessions(self, name: str, now: datetime, *, only: str = "", but: str = "") -> int:
        """One's own only: an id of somebody else's ends nothing."""
        with self._db.write(durable=True) as connection:
            ended = self._sessions.end_of(connection, name, only=only, but=but)
            if ended:
                self._audit.note(connection, name, "session.ended", name, now, after={"count": ended})
        return ended

    def _is_them(self, name: str, password: str, now: datetime) -> User:
        """Counted as a try to sign in: a stolen session must not be a way to guess the password."""
        key = f"account {name}"
        if any(self._counters.add(key, limit.window_s, now) > limit.most for limit in PER_NAME):
            raise TooMany("too many tries", hint="wait a quarter of an hour")
        user = self.user(name)
        if not self._passwords.fits(user.password, password):
            raise Refused("the password does not fit")
        for limit in PER_NAME:
            self._counters.add(key, limit.window_s, now, by=-1)
        return user

    def _still(self, connection: sa.Connection, user: User) -> None:
        """Comparing takes a while: an administrator who sets another password or shuts the user out meanwhile has the last word."""
        present = self._users.on(connection, user.name, lock=True)
        if present is None or present.disabled or present.password != user.password:
            raise Refused("the password does not fit any more")
