"""Which of its implementations `store.shared` has in this installation: chosen by the scheme of IVR_REDIS_URL."""

from __future__ import annotations

from collections.abc import Callable

from ivr.errors import ConfigProblem
from ivr.store.db import Database
from ivr.store.shared import Shared
from ivr.store.sql_shared import sql_shared


def _redis(url: str, db: Database) -> Shared:
    from ivr.store.redis_link import RedisLink
    from ivr.store.redis_shared import redis_shared

    return redis_shared(RedisLink(url), db.box)


SHARED: dict[str, Callable[[str, Database], Shared]] = {
    "": lambda _, db: sql_shared(db), "redis": _redis, "rediss": _redis, "unix": _redis,
}
"""scheme of IVR_REDIS_URL -> what shares; empty: the database does"""


def shared_of(url: str, db: Database) -> Shared:
    """Raises ConfigProblem where the server does not answer: at start that is a mistake of the settings, later a fault to bear."""
    scheme = url.partition("://")[0]
    if scheme not in SHARED:
        raise ConfigProblem(f"IVR_REDIS_URL begins with {scheme[:20]!r}, expected redis://HOST:PORT/NUMBER, rediss:// or unix://")
    return SHARED[scheme](url, db)
