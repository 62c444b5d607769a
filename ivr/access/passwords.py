"""Passwords: argon2id with parameters pinned here, checked with the same work whoever asks.

The only module that knows argon2. Every check computes one hash, for a user who is not there as well: `no_user` was made with the
same parameters. One is computed at a time: a flood of sign-ins takes one core and one piece of memory, and calls keep the others.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError

from ivr.errors import MalformedRequest, Unavailable

T = TypeVar("T")
LEAST, MOST = 12, 256
"""Characters. Length is what counts; nothing is asked of which characters they are, and none expires by the calendar."""
AT_ONCE = 1
WAIT_S = 10.0
"""Behind others who sign in at this moment; then it is refused without being looked at."""


@dataclass(frozen=True, slots=True)
class Cost:
    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1
    """RFC 9106's second recommendation has four lanes; we compute on one and keep the other cores for calls."""


class Passwords:
    """Safe to use from several threads."""

    def __init__(self, cost: Cost | None = None, wait_s: float = WAIT_S):
        cost = cost or Cost()
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes, hash_len=32,
                                      salt_len=16, type=Type.ID)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._wait_s = wait_s
        self.computed = 0
        """Hashes that were computed. What tests of equal work count."""
        self._no_user = ""
        self._once = threading.Lock()

    def hash(self, password: str) -> str:
        return self._work(lambda: self._hasher.hash(_normal(password)))

    def fits(self, stored: str | None, password: str) -> bool:
        """`stored` None: nobody has this name. As much work, and always False."""
        stand_in = self.no_user
        # What is longer than any password is none; cut off, it could be one.
        typed = _normal(password) if len(password) <= 4 * MOST else ""
        try:
            self._work(lambda: self._hasher.verify(stored or stand_in, typed))
        except (VerifyMismatchError, InvalidHashError, Argon2Error):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Made with other parameters than are pinned now: to be made anew while the password is at hand."""
        try:
            return self._hasher.check_needs_rehash(stored)
        except InvalidHashError:
            return True

    @property
    def no_user(self) -> str:
        """The hash that stands in for a user who is not there. Made once, when it is first needed."""
        with self._once:
            if not self._no_user:
                self._no_user = self._hasher.hash(secrets.token_urlsafe(32))
            return self._no_user

    def _work(self, compute: Callable[[], T]) -> T:
        if not self._room.acquire(timeout=self._wait_s):
            raise Unavailable("too many sign in at this moment", code="unavailable", retry_after_s=self._wait_s)
        try:
            self.computed += 1
            return compute()
        finally:
            self._room.release()


def acceptable(password: str, name: str) -> str:
    """The password, or MalformedRequest that says what is wrong with it. `name`: whose it is."""
    plain = _normal(password)
    if len(plain) < LEAST:
        raise MalformedRequest(f"a password needs {LEAST} characters and more", code="too_short")
    if len(plain) > MOST:
        raise MalformedRequest(f"a password has {MOST} characters at most", code="too_long")
    if len(set(plain)) < 5 or plain.casefold().strip(" 0123456789!.") in _GUESSED_FIRST or _is_made_of(plain, name):
        raise MalformedRequest("this password is among the first that are guessed", code="too_easy")
    return plain


_GUESSED_FIRST = frozenset({"password", "passwordpassword", "contraseña", "contrasena", "qwertyuiop", "qwertyuiopasdf", "letmein",
                            "administrator", "administrador", "frontline", "frontline-ivr", "iloveyou", "welcome", "bienvenido",
                            "changeme", "changemenow", "correct horse battery staple", ""})


def _is_made_of(plain: str, name: str) -> bool:
    """Nothing but the name, repeated or with digits behind it."""
    rest = plain.casefold().replace(name.casefold(), "") if len(name) >= 3 else plain
    return name.casefold() in plain.casefold() and len(rest.strip(" 0123456789!.-_")) < 4 and len(name) >= 3


def _normal(password: str) -> str:
    """One form of what looks the same, whichever keyboard it was typed on (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
