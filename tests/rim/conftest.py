from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import servers
from tests.rim.site import Site, site


@pytest.fixture(params=["sqlite", "servers"])
def on_every_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For `usefixtures`: runs a test on SQLite, and again on PostgreSQL with Redis. The database goes when the site is closed."""
    if request.param == "sqlite":
        yield
        return
    servers.redis().flush()
    url = servers.postgresql().new_database()
    monkeypatch.setattr("tests.rim.site.STORES", {"database_url": url, "redis_url": servers.redis().url})
    yield
    servers.postgresql().drop(url)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    """The reference deployment on a Tuesday morning, lines open."""
    with site(tmp_path) as s:
        yield s
