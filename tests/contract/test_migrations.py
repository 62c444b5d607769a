"""Every released schema, with data in it, comes up to the present tables and keeps its rows. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ivr.dialog import session as sessions
from ivr.errors import ConfigProblem
from ivr.store import upgrade
from ivr.store.calls import Calls
from ivr.store.db import Database
from ivr.store.dialects import dialect_of
from ivr.store.promises import Promises
from ivr.store.tables import metadata
from tests.contract import servers

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
MIGRATIONS = ScriptDirectory(str(Path(upgrade.__file__).parent / "migrations"))
RELEASED = [s.revision for s in MIGRATIONS.walk_revisions() if s.revision != upgrade.HEAD]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    url = servers.postgresql().new_database(empty=True)
    yield url
    servers.postgresql().drop(url)


def as_released(url: str, version: str) -> None:
    """A database as the program of that version left it, one row and more in every table."""
    dialect = dialect_of(url)
    engine = dialect.engine(durable=True)
    with engine.begin() as connection:
        dialect.begin(connection)
        _create(connection, version)
        for table in _reflected(connection):
            connection.execute(table.insert(), [_row(table, n) for n in range(3)])
    engine.dispose()


def _create(connection: sa.Connection, version: str) -> None:
    from alembic import command

    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, version)
    if version == upgrade.FIRST:
        connection.exec_driver_sql("DROP TABLE alembic_version")  # the first release wrote none


def _reflected(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [t for t in found.sorted_tables if t.name != "alembic_version"]


def _row(table: sa.Table, n: int) -> dict[str, object]:
    if table.name == "calls":
        state = sessions.to_json(sessions.fresh(f"CA{n}", "h"))
        return {"call_id": f"CA{n}", "bundle_hash": "h", "version": 1, "status": "live", "state": orjson.dumps(state),
                "created_at": NOW.isoformat(), "updated_at": NOW.isoformat()}
    return {c.name: _value(c, n) for c in table.columns}


def _value(column: sa.Column, n: int) -> object:
    kind = column.type.python_type
    if kind is bytes:
        return f'{{"n":{n}}}'.encode()
    if kind is int:
        return n
    if kind is bool:
        return bool(n)
    return NOW.isoformat() if column.name.endswith("_at") else f"ñ{n}"


def contents(url: str) -> dict[str, list[dict[str, object]]]:
    dialect = dialect_of(url)
    engine = dialect.engine(durable=True)
    with engine.connect() as connection:
        out = {t.name: [dict(r) for r in connection.execute(t.select()).mappings()] for t in _reflected(connection)}
    engine.dispose()
    return out


@pytest.mark.parametrize("version", RELEASED)
def test_an_older_database_comes_up_and_keeps_its_rows(empty_url: str, version: str) -> None:
    as_released(empty_url, version)
    before = contents(empty_url)
    assert all(len(rows) == 3 for rows in before.values())
    db = Database(empty_url)
    after = contents(empty_url)
    for table, rows in before.items():
        if table in after:
            for old, new in zip(rows, after[table], strict=True):
                for name in old.keys() & new.keys():
                    was = old[name].encode() if isinstance(old[name], str) and isinstance(new[name], bytes) else old[name]
                    assert was == new[name], (table, name)
    assert Calls(db).load("CA1").session == sessions.fresh("CA1", "h"), "and can be read"
    db.close()
    same_as_metadata(empty_url)


def test_a_new_database_is_at_the_newest_version(empty_url: str) -> None:
    Database(empty_url).close()
    same_as_metadata(empty_url)
    assert MIGRATIONS.get_current_head() == upgrade.HEAD


def same_as_metadata(url: str) -> None:
    """If this fails after a column was added: add it in the newest file of ivr/store/migrations/versions too."""
    engine = dialect_of(url).engine(durable=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []
        assert upgrade.version_of(connection) == upgrade.HEAD
        if connection.dialect.name == "postgresql":
            found = {(r[0], r[1]) for r in connection.exec_driver_sql(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
                "AND data_type IN ('character varying', 'text') AND collation_name IS DISTINCT FROM 'C'")}
            assert found <= {("alembic_version", "version_num")}, "text that is not compared by code point"
    engine.dispose()


def test_two_processes_that_start_at_once(empty_url: str) -> None:
    as_released(empty_url, upgrade.FIRST)
    errors: list[BaseException] = []

    def start() -> None:
        try:
            Database(empty_url).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    same_as_metadata(empty_url)


def test_a_newer_database_is_refused_and_left_alone(empty_url: str) -> None:
    Database(empty_url).close()
    engine = dialect_of(empty_url).engine(durable=True)
    with engine.begin() as connection:
        upgrade.stamp(connection, "9999")
    engine.dispose()
    with pytest.raises(ConfigProblem, match="'9999'"):
        Database(empty_url)
    assert contents(empty_url).keys() == metadata.tables.keys()


def test_a_promise_of_the_first_release_is_performed_by_this_one(empty_url: str) -> None:
    dialect = dialect_of(empty_url)
    engine = dialect.engine(durable=True)
    with engine.begin() as connection:
        dialect.begin(connection)
        _create(connection, upgrade.FIRST)
        table = next(t for t in _reflected(connection) if t.name == "promises")
        connection.execute(table.insert(), [
            {**_row(table, n), "key": state, "kind": "message", "name": "sms", "state": state, "due_at": NOW.isoformat(), "attempt": 0,
             "fence": 0, "lease_until": NOW.isoformat() if state == "sending" else None, "payload": b'{"to":"+12025550143","text":"x"}',
             "not_after": "2026-03-12T00:00:00+00:00"}
            for n, state in enumerate(("due", "retry", "unknown", "sending", "done"))])
    engine.dispose()
    db = Database(empty_url)
    claimed = {c.key for c in Promises(db).claim("w", datetime(2026, 3, 10, 15, tzinfo=UTC), 30)}
    assert claimed == {"due", "retry", "unknown", "sending"}
    db.close()
