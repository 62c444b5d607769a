"""What the processes of one installation share besides the tables: live sessions, one-time tokens, counters, locks, presence.

Each is a small Protocol with one implementation over SQL and one over Redis; the setting IVR_REDIS_URL chooses. Nothing here is
the truth about a call or a promise: that is in the tables of `store.schema` and `store.schema_promises`, written in one
transaction. What is lost here costs time (a session is read from SQL), a try (a token), or accuracy for one window (a counter).
Every instant is an argument, so that tests can stop the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CachedSession:
    state: bytes
    """The session as JSON, not sealed: sealing is the cache's own business."""
    events: int
    """Length of the call's log when this was committed: what tells an old copy from a new one."""


class Sessions(Protocol):
    """Never raises: a cache that does not answer is an empty one."""

    def get(self, call_id: str) -> CachedSession | None: ...

    def save(self, call_id: str, expected: int, new: CachedSession) -> bool:
        """Compare-and-set on `events`; False when another process saved something else, which then is not trusted either."""

    def forget(self, call_id: str) -> None: ...


class Tokens(Protocol):
    def offer(self, digest: str, call_id: str, stands_for_signature: bool, ttl_s: int) -> bool:
        """Keep a one-time token. False: it has to be kept in the turn's own transaction."""

    def take(self, digest: str) -> tuple[str, bool] | None:
        """(call_id, stands_for_signature), once; None when it is unknown here or cannot be asked for."""


class Counters(Protocol):
    """Raises Unavailable when it cannot count. Whoever spends money then refuses; whoever serves a caller goes on."""

    def add(self, key: str, window_s: int, now: datetime, by: int = 1) -> int:
        """Count, and return the sum of the last `window_s` seconds. It is exact in the present window and takes the former one as
        evenly spread. `by=0` only looks. `key` may hold personal data: it is kept as a keyed hash."""


class Locks(Protocol):
    """To spare double work. Correctness rests on versions and fences, never on a lock. Raises Unavailable."""

    def take(self, name: str, ttl_s: float, now: datetime) -> str | None:
        """A token for `release`, or None when somebody holds it."""

    def release(self, name: str, token: str) -> bool:
        """False when it was no longer held with this token."""


class Presence(Protocol):
    """Who is there: a member is, until the time it was last seen plus `ttl_s`. Raises Unavailable."""

    def seen(self, room: str, member: str, ttl_s: float, now: datetime) -> None: ...

    def gone(self, room: str, member: str) -> None: ...

    def who(self, room: str, now: datetime) -> list[str]:
        """Members in order of name."""


@dataclass(frozen=True, slots=True)
class Shared:
    sessions: Sessions | None
    """None: every turn reads the database."""
    tokens: Tokens | None
    """None: tokens are kept in the turn's own transaction."""
    counters: Counters
    locks: Locks
    presence: Presence
    where: str
    """What is told of it on health pages."""
    ping: Callable[[], None] = lambda: None
    """Raises Unavailable when it cannot be reached at the moment, apart from the database itself."""
    close: Callable[[], None] = lambda: None
