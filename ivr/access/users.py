"""The users as rows: names, roles, sealed password hashes and one-time code secrets. No rule of who may do what is here.

Every change takes the connection of the caller's transaction, in which its audit entry is written too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ivr.errors import IvrError, MalformedRequest
from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.schema_access import recovery_codes, users

NAME = re.compile(r"[a-z][a-z0-9._-]{1,62}")
_PASSWORD, _TOTP, _PENDING, _PHONE = "users.password", "users.totp", "users.totp_pending", "users.phone"
_CODE = "recovery_codes.digest"


class NoSuchUser(IvrError):
    """Nobody has this name. For the command line, which may know; never for who signs in."""

    code = "no_user"


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: str
    password: str
    """argon2id hash, opened."""
    totp: bytes | None
    totp_pending: bytes | None
    totp_step: int
    disabled: bool
    created_at: str
    password_at: str
    signed_in_at: str | None
    phone: Sensitive | None = None
    """On which they take callers, E.164."""

    def __repr__(self) -> str:
        return f"User({self.name}, {self.role})"


def user_name(typed: str) -> str:
    """The one form of a name. Raises MalformedRequest."""
    name = typed.strip().lower()
    if not NAME.fullmatch(name):
        raise MalformedRequest(f"a user's name is 2 to 63 small letters, digits, dots and dashes, and begins with a letter: {typed[:70]!r}",
                               code="name")
    return name


class Users:
    def __init__(self, db: Database):
        self._db = db

    def get(self, name: str) -> User | None:
        with self._db.read() as connection:
            return self.on(connection, name)

    def on(self, connection: sa.Connection, name: str, *, lock: bool = False) -> User | None:
        query = sa.select(users).where(users.c.name == name)
        row = connection.execute(query.with_for_update() if lock else query).mappings().first()
        return self._user(row) if row else None

    def all(self) -> list[User]:
        with self._db.read() as connection:
            return [self._user(r) for r in connection.execute(sa.select(users).order_by(users.c.name)).mappings()]

    def count(self, connection: sa.Connection) -> int:
        return connection.execute(sa.select(sa.func.count()).select_from(users)).scalar_one()

    # -- changes ------------------------------------------------------------------------------------------------

    def add(self, connection: sa.Connection, name: str, role: str, password_hash: str, now: datetime) -> None:
        """Raises MalformedRequest for a name that is taken."""
        if self.on(connection, name) is not None:
            raise MalformedRequest(f"there is a user {name} already", code="taken")
        at = text_of(now)
        connection.execute(users.insert(), {"name": name, "role": role, "password": self._seal(password_hash.encode(), _PASSWORD),
                                            "totp_step": 0, "disabled": False, "created_at": at, "password_at": at})

    def set_password(self, connection: sa.Connection, name: str, password_hash: str, now: datetime | None) -> None:
        """`now` None: the same password, hashed anew."""
        values: dict[str, Any] = {"password": self._seal(password_hash.encode(), _PASSWORD)}
        self._change(connection, name, **values, **({"password_at": text_of(now)} if now else {}))

    def set_role(self, connection: sa.Connection, name: str, role: str) -> None:
        self._change(connection, name, role=role)

    def set_disabled(self, connection: sa.Connection, name: str, disabled: bool) -> None:
        self._change(connection, name, disabled=disabled)

    def set_phone(self, connection: sa.Connection, name: str, number: str | None) -> None:
        self._change(connection, name, phone=self._seal(number.encode(), _PHONE) if number else None)

    def set_pending(self, connection: sa.Connection, name: str, secret: bytes | None) -> None:
        self._change(connection, name, totp_pending=self._seal(secret, _PENDING) if secret else None)

    def set_totp(self, connection: sa.Connection, name: str, secret: bytes | None, step: int, codes: list[str]) -> None:
        """With its recovery codes; None takes both away."""
        self._change(connection, name, totp=self._seal(secret, _TOTP) if secret else None, totp_pending=None, totp_step=step)
        connection.execute(recovery_codes.delete().where(recovery_codes.c.name == name))
        if codes:
            connection.execute(recovery_codes.insert(), [{"name": name, "digest": self._digest(name, c)} for c in codes])

    def note_sign_in(self, connection: sa.Connection, name: str, now: datetime) -> None:
        self._change(connection, name, signed_in_at=text_of(now))

    def take_step(self, connection: sa.Connection, name: str, step: int) -> bool:
        """Whether no code of this step or a later one was accepted before. Two who come at once: one of them."""
        return connection.execute(users.update().where(users.c.name == name, users.c.totp_step < step).values(totp_step=step)).rowcount == 1

    def take_recovery_code(self, connection: sa.Connection, name: str, code: str) -> bool:
        c = recovery_codes.c
        return connection.execute(recovery_codes.delete().where(c.name == name, c.digest == self._digest(name, code))).rowcount == 1

    def recovery_codes_left(self, name: str) -> int:
        with self._db.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(recovery_codes).where(
                recovery_codes.c.name == name)).scalar_one()

    # -- parts --------------------------------------------------------------------------------------------------

    def _change(self, connection: sa.Connection, name: str, **values: Any) -> None:
        if connection.execute(users.update().where(users.c.name == name).values(**values)).rowcount != 1:
            raise NoSuchUser(f"there is no user {name}", hint="ivr users list shows them")

    def _digest(self, name: str, code: str) -> str:
        return self._db.box.index(f"{name} {code}", _CODE)

    def _seal(self, plain: bytes, context: str) -> bytes:
        return self._db.box.seal(plain, context)

    def _user(self, row: Any) -> User:
        box = self._db.box

        def opened(column: str, context: str) -> bytes | None:
            return box.open(bytes(row[column]), context) if row[column] is not None else None

        phone = opened("phone", _PHONE)
        return User(row["name"], row["role"], box.open(bytes(row["password"]), _PASSWORD).decode(), opened("totp", _TOTP),
                    opened("totp_pending", _PENDING), int(row["totp_step"]), bool(row["disabled"]), row["created_at"],
                    row["password_at"], row["signed_in_at"], Sensitive(phone.decode()) if phone else None)


def text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
