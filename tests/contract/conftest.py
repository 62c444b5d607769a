"""One suite over every store: a test that takes `db` runs on SQLite and on PostgreSQL, one that takes `shared` on SQL and Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.store.db import Database
from ivr.store.redis_link import RedisLink
from ivr.store.redis_shared import redis_shared
from ivr.store.shared import Shared
from ivr.store.sql_shared import sql_shared
from tests.contract import servers


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ivr.db'}"
        return
    url = servers.postgresql().new_database()
    yield url
    servers.postgresql().drop(url)


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    database = Database(db_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    if request.param == "redis":
        servers.redis().flush()
        link, database = RedisLink(servers.redis().url), Database(f"sqlite:///{tmp_path / 'ivr.db'}")
        yield redis_shared(link, database.box)
        link.close()
        database.close()
        return
    url = f"sqlite:///{tmp_path / 'ivr.db'}" if request.param == "sqlite" else servers.postgresql().new_database()
    database = Database(url)
    yield sql_shared(database)
    database.close()
    if request.param == "postgresql":
        servers.postgresql().drop(url)
