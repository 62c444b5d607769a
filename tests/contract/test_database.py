"""What the handle to SQL promises on each database: one transaction, trouble as our errors, texts compared as time is."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from ivr.errors import ConfigProblem, Unavailable
from ivr.store.db import Database
from ivr.store.schema_shared import locks
from ivr.store.sql_shared import SqlLocks
from ivr.store.statuses import CallStatuses
from tests.contract import servers

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("durable", [False, True])
def test_a_transaction_is_all_or_nothing(db: Database, durable: bool) -> None:
    with pytest.raises(RuntimeError), db.write(durable=durable) as c:
        c.execute(locks.insert(), {"name": "a", "token": "t", "until": "x"})
        raise RuntimeError
    with pytest.raises(sa.exc.IntegrityError), db.write(durable=durable) as c:
        c.execute(locks.insert(), {"name": "b", "token": "t", "until": "x"})
        c.execute(locks.insert(), {"name": "b", "token": "t", "until": "x"})
    with db.read() as c:
        assert c.execute(sa.select(locks.c.name)).all() == []
    with db.write(durable=durable) as c:
        c.execute(locks.insert(), {"name": "c", "token": "t", "until": "x"})
    with db.read() as c:
        assert c.execute(sa.select(locks.c.name)).scalars().all() == ["c"]


def test_texts_are_compared_by_code_point(db: Database) -> None:
    names = ["2026-03-10T14:00:00+00:00", "2026-03-10T14:00:00.5+00:00", "Z", "a", "B", "_", "-1", "ñ", "10", "9"]
    with db.write() as c:
        c.execute(locks.insert(), [{"name": n, "token": "t", "until": "x"} for n in names])
    with db.read() as c:
        assert c.execute(sa.select(locks.c.name).order_by(locks.c.name)).scalars().all() == sorted(names)


def test_the_first_report_of_a_call_from_two_threads_at_once(db: Database) -> None:
    statuses, news, start = CallStatuses(db), [], threading.Barrier(4)

    def report() -> None:
        start.wait()
        news.append(statuses.apply("CA1", 1, "ringing", NOW))

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(news) == [False, False, False, True]


def test_it_says_where_it_is_and_never_a_password(db: Database) -> None:
    assert db.dialect in db.where.lower() or db.where.endswith("ivr.db")


@pytest.mark.parametrize("url", ["mysql://x", "", "sqlite://", "postgresql://u:geheim@127.0.0.1:1/x", "postgresql://h:notaport/x"])
def test_a_database_that_cannot_be_used_is_a_clear_error_at_start(url: str) -> None:
    with pytest.raises(ConfigProblem) as problem:
        Database(url)
    assert problem.value.hint or "expected" in problem.value.message
    assert "geheim" not in str(problem.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)
    with pytest.raises(ConfigProblem, match="cannot be used"):
        Database(f"sqlite:///{tmp_path / 'x.db'}")


def test_a_role_or_database_that_does_not_exist() -> None:
    with pytest.raises(ConfigProblem, match="does not exist"):
        Database(servers.postgresql().url("nowhere"))


def test_postgresql_goes_away_and_comes_back() -> None:
    server = servers.PostgresServer()
    try:
        db = Database(server.new_database())
        taken = SqlLocks(db).take("x", 30, NOW)
        server.kill()
        for use in (db.ping, lambda: SqlLocks(db).take("y", 30, NOW)):
            with pytest.raises(Unavailable):
                use()
        server.start()
        db.ping()
        assert SqlLocks(db).take("y", 30, NOW)
        assert taken
        db.close()
    finally:
        server.close()


def test_postgresql_that_hangs_is_given_up_on_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.store.patience.PatientConnection.limit_s", 0.3)
    monkeypatch.setattr("ivr.store.postgresql.ANSWER_S", 0.3)
    server = servers.PostgresServer()
    try:
        db = Database(server.new_database())
        with db.write() as c:
            c.execute(locks.insert(), {"name": "a", "token": "t", "until": "x"})
        server.freeze()
        for use in (db.ping, lambda: SqlLocks(db).take("y", 30, NOW)):
            with pytest.raises(Unavailable):
                use()
        server.thaw()
        db.ping()
        with pytest.raises(Unavailable), db.write() as c:
            server.freeze()
            c.execute(locks.update().values(token="lost"))
        server.thaw()
        with db.read() as c:
            assert c.execute(sa.select(locks.c.token)).scalars().all() == ["t"], "what was not committed did not happen"
        db.close()
    finally:
        server.thaw()
        server.close()


def test_a_connection_that_died_in_the_pool_costs_nobody_anything() -> None:
    url = servers.postgresql().new_database()
    db = Database(url)
    db.ping()
    servers.postgresql()._execute(  # and waits until they are gone
        f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{url.rsplit('/', 1)[1]}'")
    db.ping()
    db.close()
    servers.postgresql().drop(url)


@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)  # SQLite has one lock for all, taken at BEGIN
def test_a_statement_that_waits_for_a_lock_gives_up(db: Database) -> None:
    with db.write() as c:
        c.execute(locks.insert(), {"name": "a", "token": "t", "until": "x"})
    with db.write() as mine:
        mine.execute(locks.update().values(token="mine"))
        with pytest.raises(Unavailable, match="did not answer"), db.write() as other:
            other.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            other.execute(locks.update().values(token="other"))


def test_a_durable_transaction_is_on_disk_at_commit(db: Database) -> None:
    """What the database itself says about how it commits."""
    ask = "PRAGMA synchronous" if db.dialect == "sqlite" else "SHOW synchronous_commit"
    with db.write(durable=True) as c:
        assert c.exec_driver_sql(ask).scalar() == (2 if db.dialect == "sqlite" else "on")
    with db.write() as c:
        assert c.exec_driver_sql(ask).scalar() == (1 if db.dialect == "sqlite" else "off")
