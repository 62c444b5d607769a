"""Signing in: name, password, and the one-time code of those who have one. Every refusal says the same and costs the same.

Tries are counted before anything is computed, by address and by name (whether anybody has it or not), and taken back when they
succeed. Where somebody has signed in from before, tries of their name are counted apart, so that nobody elsewhere can keep them
out by trying. What cannot be counted is refused: a shut door for a minute is better than one that can be tried without end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ivr.access import recovery, totp
from ivr.access.audit import Audit
from ivr.access.network import network_of
from ivr.access.passwords import Passwords
from ivr.access.sessions import Sessions
from ivr.access.users import NAME, User, Users
from ivr.errors import Forbidden, IvrError
from ivr.ops import logs
from ivr.store.db import Database
from ivr.store.shared import Counters

NOBODY = "(nobody)"
log = logs.get("access")


@dataclass(frozen=True, slots=True)
class Limit:
    key: str
    window_s: int
    most: int
    """Refused tries in the window; the next one is not looked at."""


DAY_S = 24 * 3600
PER_NAME = (Limit("name", 15 * 60, 10), Limit("name", DAY_S, 50))
"""The second one makes guessing one-time codes hopeless for who has the password: 3 of 1,000,000 fit, 50 times a day."""
PER_ADDRESS = (Limit("address", 15 * 60, 50),)
"""An office may share one address."""
HOME_S = 60 * 24 * 3600
"""How long a network counts as one that a user signs in from. Tries from there are counted apart from those of everywhere else."""
HOME_WEIGHT = 10
"""A counter takes the former window as evenly spread: so much of one sign-in lasts for nine tenths of the next window."""


class Refused(Forbidden):
    """Name, password or code do not fit. Which of them is not said."""

    code = "refused"


class TooMany(IvrError):
    """Too many refused tries, for this name or from this address."""

    code = "too_many"


@dataclass(frozen=True, slots=True)
class SignedIn:
    name: str
    token: str
    recovery_codes_left: int | None
    """Set where one was used."""


class SignIn:
    def __init__(self, db: Database, counters: Counters, users: Users, sessions: Sessions, audit: Audit, passwords: Passwords):
        self._db, self._counters, self._users, self._sessions = db, counters, users, sessions
        self._audit, self._passwords = audit, passwords

    def sign_in(self, typed: str, password: str, code: str, address: str, browser: str, now: datetime, *, former: str = "") -> SignedIn:
        """`former`: id of the session that the browser still had; it ends. Raises Refused, TooMany, or Unavailable where tries
        cannot be counted."""
        name = typed.strip().lower()
        counted = self._count(name, address, now)
        user = self._users.get(name) if NAME.fullmatch(name) else None
        fits = self._passwords.fits(user.password if user else None, password)
        if user is None or not fits or user.disabled:
            raise self._refused(name if user else "", address, now)
        signed = self._enter(user, code, address, browser, now, former)
        if signed is None:
            raise self._refused(name, address, now)
        self._take_back(counted, now)
        self._comes_from(name, address, now)
        if self._passwords.is_outdated(user.password):
            self._hash_anew(user, password)
        return signed

    def _enter(self, user: User, code: str, address: str, browser: str, now: datetime, former: str) -> SignedIn | None:
        """Everything that a sign-in changes, in one transaction; None where the code does not fit, or the user is no longer as they
        were when the password was compared: that takes a while, and whoever was shut out meanwhile stays out."""
        with self._db.write(durable=True) as connection:
            present = self._users.on(connection, user.name, lock=True)
            if present is None or present.disabled or present.password != user.password:
                return None
            used = self._code_fits(connection, present, code, now)
            if used is None:
                return None
            if former:
                self._sessions.end_on(connection, former)
            token = self._sessions.begin(connection, user.name, now, address, browser)
            self._users.note_sign_in(connection, user.name, now)
            self._audit.note(connection, user.name, "session.begun", user.name, now, after={"by": used})
        left = self._users.recovery_codes_left(user.name) if used == "recovery code" else None
        return SignedIn(user.name, token, left)

    def _hash_anew(self, user: User, password: str) -> None:
        """While the password is at hand. After the sign-in, so that it takes no longer for who has the password and no code."""
        anew = self._passwords.hash(password)
        with self._db.write() as connection:
            present = self._users.on(connection, user.name, lock=True)
            if present is not None and present.password == user.password:
                self._users.set_password(connection, user.name, anew, None)

    def _code_fits(self, connection: sa.Connection, user: User, code: str, now: datetime) -> str | None:
        """By what they were let in, or None."""
        if user.totp is None:
            return "password"
        step = totp.accepted_step(user.totp, code, now, user.totp_step)
        if step is not None and self._users.take_step(connection, user.name, step):
            return "one-time code"
        paper = recovery.normal(code)
        if paper and self._users.take_recovery_code(connection, user.name, paper):
            return "recovery code"
        return None

    def _count(self, name: str, address: str, now: datetime) -> list[tuple[Limit, str]]:
        """Counts this try everywhere it belongs, the address first: whoever is stopped there does not count against somebody's name.
        What a quarter of an hour stops is taken back, or a name would stay shut for as long as somebody knocks; beyond the limit of
        a day it does stay shut, since that one keeps codes from being guessed. A name is counted by its hash:
        people type passwords into the field for names."""
        hidden, near = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(), network_of(address)
        at_home = self._counters.add(_home(hidden, near), HOME_S, now, by=0) > 0
        subject = f"{hidden} at {near}" if at_home else hidden
        counted: list[tuple[Limit, str]] = []
        for limit, key in (*((x, f"sign-in address {near}") for x in PER_ADDRESS), *((x, f"sign-in name {subject}") for x in PER_NAME)):
            counted.append((limit, key))
            if self._counters.add(key, limit.window_s, now) > limit.most:
                if limit.window_s < DAY_S:
                    self._take_back(counted, now)
                log.warning("sign-in not looked at", why="too many tries", counted_by=limit.key)
                raise TooMany("too many tries", hint="wait a quarter of an hour")
        return counted

    def _take_back(self, counted: list[tuple[Limit, str]], now: datetime) -> None:
        for limit, key in counted:
            self._counters.add(key, limit.window_s, now, by=-1)

    def _comes_from(self, name: str, address: str, now: datetime) -> None:
        """Whoever tries this name from elsewhere does not keep them out of here."""
        self._counters.add(_home(hashlib.sha256(name.encode()).hexdigest(), network_of(address)), HOME_S, now, by=HOME_WEIGHT)

    def _refused(self, name: str, address: str, now: datetime) -> Refused:
        """Written down alike for a name that somebody has and one that nobody has."""
        with self._db.write() as connection:
            self._audit.note(connection, NOBODY, "session.refused", name or NOBODY, now)
        log.warning("sign-in refused")
        return Refused("name, password or code do not fit")


def _home(hidden: str, near: str) -> str:
    return f"sign-in home {hidden} at {near}"
