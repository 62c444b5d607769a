"""The SQL connector on SQLite and on a real PostgreSQL: reads one case, writes nothing, gives up in time."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from ivr import config
from ivr.cases.sql_source import SqlSource, build
from ivr.errors import ConfigProblem, Unavailable
from ivr.sensitive import Sensitive
from tests.contract import servers

RECEIPT = "IOE0000000001"
TABLE = ("CREATE TABLE cases (receipt TEXT PRIMARY KEY, form TEXT, submitted DATE, changed DATE, status TEXT, estado TEXT, born DATE, "
         "lawyers TEXT)")
ROW = (f"INSERT INTO cases VALUES ('{RECEIPT}', 'N-400', '2025-01-15', '2025-03-02', 'Case Was Received', 'Se recibió su caso', "
       "'1990-05-04', '+12025550143 nonsense')")
QUERY = ("SELECT receipt, form, submitted AS submitted_on, changed AS changed_on, status AS status_en, estado AS status_es, "
         "born AS answer_date_of_birth, lawyers AS representatives FROM cases WHERE receipt = :receipt")
FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i), :receipt AS receipt FROM n"


@dataclasses.dataclass
class Store:
    url: str
    write: str
    """A query that would write, if it could."""
    rows: object


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        path = tmp_path / "their cases.db"
        with sqlite3.connect(path) as connection:
            connection.execute(TABLE)
            connection.execute(ROW)
        connection.close()

        def rows() -> int:
            found = sqlite3.connect(path)
            try:
                return found.execute("SELECT count(*) FROM cases").fetchone()[0]
            finally:
                found.close()

        yield Store(f"sqlite:///{path}", "", rows)
        return
    url = servers.postgresql().new_database(empty=True)
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)
        connection.execute(ROW)
        connection.execute("CREATE FUNCTION forget(r TEXT) RETURNS TEXT LANGUAGE sql AS $$ DELETE FROM cases RETURNING receipt $$")

    def rows() -> int:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT count(*) FROM cases").fetchone()[0]

    yield Store(url, "SELECT forget(:receipt) AS receipt", rows)
    servers.postgresql().drop(url)


def find(source: SqlSource, receipt: str = RECEIPT, deadline_s: float = 10.0):  # type: ignore[no-untyped-def]
    try:
        return source.find(Sensitive(receipt), deadline_s)
    finally:
        source.close()


def test_a_case(store: Store) -> None:
    case = find(SqlSource(store.url, QUERY))
    assert (case.form, case.submitted_on, case.changed_on) == ("N-400", date(2025, 1, 15), date(2025, 3, 2))
    assert (case.status_en, case.status_es) == ("Case Was Received", "Se recibió su caso")
    assert case.answers == {"date_of_birth": "1990-05-04"} and case.representatives == ("+12025550143",)


def test_no_such_case(store: Store) -> None:
    assert find(SqlSource(store.url, QUERY), "IOE0000000009") is None


def test_a_receipt_number_is_a_value_and_no_sql(store: Store) -> None:
    assert find(SqlSource(store.url, QUERY), "' OR '1'='1") is None


def test_another_case_than_asked_for_is_refused(store: Store) -> None:
    with pytest.raises(Unavailable) as caught:
        find(SqlSource(store.url, QUERY.replace("receipt = :receipt", "receipt <> :receipt")), "IOE0000000009")
    assert caught.value.code == "other_case" and RECEIPT not in str(caught.value)


def test_two_rows_are_none(store: Store) -> None:
    with pytest.raises(Unavailable) as caught:
        find(SqlSource(store.url, f"SELECT :receipt AS receipt UNION ALL SELECT '{RECEIPT}'"))
    assert caught.value.code == "shape"


def test_a_query_that_runs_for_ever_is_given_up(store: Store) -> None:
    with pytest.raises(Unavailable) as caught:
        find(SqlSource(store.url, FOR_EVER), deadline_s=0.3)
    assert caught.value.code == "database" and RECEIPT not in str(caught.value)


def test_nothing_can_be_written(store: Store) -> None:
    if store.write:
        with pytest.raises(Unavailable):
            find(SqlSource(store.url, store.write))
    else:
        source = SqlSource(store.url, QUERY)
        with source._engine.connect() as connection, pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("DELETE FROM cases")
    assert store.rows() == 1  # type: ignore[operator]


@pytest.mark.parametrize("query", [
    "DELETE FROM cases WHERE receipt = :receipt", "SELECT 1", "SELECT 1 WHERE 'a' = :receipt; DROP TABLE cases", "",
    "SELECT '::receipt'", "SELECT x FROM cases WHERE receipt = ':receipts'"])
def test_queries_that_are_refused_at_the_start(query: str) -> None:
    with pytest.raises(ConfigProblem, match="IVR_CASES_QUERY"):
        SqlSource("sqlite:///x.db", query)


@pytest.mark.parametrize("url", ["mysql://u:hush@127.0.0.1/x", "hush", "http://hush/"])
def test_other_databases_are_refused_without_showing_the_secret(url: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        SqlSource(url, QUERY)
    assert "hush" not in str(caught.value)


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        find(SqlSource(f"sqlite:///{tmp_path / 'none.db'}", QUERY))
    assert caught.value.code == "database" and not (tmp_path / "none.db").exists()


def test_built_from_settings() -> None:
    with pytest.raises(ConfigProblem, match="IVR_CASES_DATABASE_URL and IVR_CASES_QUERY"):
        build(config.load({}, cases_source="sql"))
    settings = config.load({}, cases_source="sql", cases_database_url=SecretStr("sqlite:///x.db"), cases_query=QUERY)
    build(settings).close()
