"""Cases from a database: one configured query, read only, given up in time.

The query gets `:receipt` and gives at most one row with these columns, found by name: `receipt`, `form`, `submitted_on`,
`changed_on`, `status_en`, `status_es`, `representatives` (numbers, separated by spaces), and one `answer_<question>` for each
question, such as `answer_date_of_birth`. The database is told to refuse writing; the query is also checked here, so that a slip
is found at the start.
"""

from __future__ import annotations

import re
import sqlite3
import time
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from ivr.cases.source import CaseRecord, CaseSource, case_source
from ivr.errors import ConfigProblem, Unavailable
from ivr.sensitive import Sensitive

_READS = re.compile(r"\s*(select|with)\b", re.I)
_RECEIPT = re.compile(r"(?<![:\w]):receipt\b")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
STEPS_BETWEEN_LOOKS = 1000
ANSWER = "answer_"


class SqlSource:
    def __init__(self, url: str, query: str):
        self._query = sa.text(_checked(query))
        try:
            parsed = sa.engine.make_url(url)
        except sa.exc.ArgumentError:
            raise ConfigProblem("IVR_CASES_DATABASE_URL has to be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME") from None
        self._sqlite = parsed.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(parsed) if self._sqlite else _postgresql_engine(parsed)

    def find(self, receipt: Sensitive, deadline_s: float) -> CaseRecord | None:
        try:
            with self._engine.connect() as connection:
                self._bound(connection, deadline_s)
                rows = connection.execute(self._query, {"receipt": receipt.reveal()}).mappings().fetchmany(2)
        except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
            # The driver's own words may quote the query and its values.
            raise Unavailable(f"the case database does not answer ({type(error).__name__})", code="database") from None
        if len(rows) > 1:
            raise Unavailable("the case database has more than one row for a receipt number", code="shape")
        return _record(dict(rows[0]), receipt) if rows else None

    def close(self) -> None:
        self._engine.dispose()

    def _bound(self, connection: sa.Connection, deadline_s: float) -> None:
        """Nothing is written, and nothing goes on for longer."""
        if not self._sqlite:
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            connection.execute(sa.text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(max(1, int(deadline_s * 1000)))})
            return
        until = time.monotonic() + deadline_s
        connection.connection.driver_connection.set_progress_handler(  # type: ignore[union-attr]
            lambda: int(time.monotonic() > until), STEPS_BETWEEN_LOOKS)


def _checked(query: str) -> str:
    plain = query.strip().rstrip(";")
    if not _READS.match(plain) or ";" in plain or not _RECEIPT.search(plain):
        raise ConfigProblem("IVR_CASES_QUERY has to be one SELECT with :receipt in it",
                            hint="SELECT receipt, form, status_en, answer_date_of_birth FROM cases WHERE receipt = :receipt")
    return plain


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    path = url.database or ""
    return sa.create_engine("sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(
        f"file:{path.replace('?', '%3f').replace('#', '%23')}?mode=ro", uri=True, timeout=2.0, check_same_thread=False))


def _postgresql_engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "postgresql":
        raise ConfigProblem("IVR_CASES_DATABASE_URL has to be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME")
    return sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool,
                            connect_args={"connect_timeout": 3, "options": "-c default_transaction_read_only=on"})


def _record(row: dict[str, Any], asked: Sensitive) -> CaseRecord:
    if str(row.get("receipt", "")) != asked.reveal():
        raise Unavailable("the case database answered about another case than it was asked for", code="other_case")
    answers = {name.removeprefix(ANSWER): Sensitive(_text(value)) for name, value in row.items()
               if name.startswith(ANSWER) and value not in (None, "")}
    return CaseRecord(asked, _text(row.get("form")), _day(row.get("submitted_on")), _day(row.get("changed_on")),
                      _text(row.get("status_en")), _text(row.get("status_es")), answers,
                      tuple(Sensitive(n) for n in _text(row.get("representatives")).split() if _E164.fullmatch(n)))


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value).strip()


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


@case_source("sql")
def build(settings: Any) -> CaseSource:
    url = settings.cases_database_url.get_secret_value() if settings.cases_database_url else ""
    if not url or not settings.cases_query:
        raise ConfigProblem("IVR_CASES_SOURCE=sql needs IVR_CASES_DATABASE_URL and IVR_CASES_QUERY")
    return SqlSource(url, settings.cases_query)
