"""PostgreSQL, through psycopg 3: one database for servers and workers on several machines.

Isolation stays at READ COMMITTED: every change that matters names what it expects (a version, a fence, a key that must not
be there yet), which the row's own lock decides. Time-outs are short, because a caller is waiting: a turn has one second,
five at most. A server that goes away costs the turns it was in the middle of; connections that lay idle are tried before use and made anew.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ivr.errors import ConfigProblem
from ivr.store.patience import ANSWER_S, PatientConnection

CONNECT_TIMEOUT_S = 2
"""The least that libpq knows. A machine that is gone is found out after it; one that refuses, at once."""
STATEMENT_TIMEOUT_MS = 4000
LOCK_TIMEOUT_MS = 3000
IDLE_IN_TRANSACTION_MS = 15_000
"""A process that was stopped in the middle of a transaction lets go of its locks after this."""
POOL, OVERFLOW, POOL_TIMEOUT_S = 5, 20, 3
"""Connections kept, more at need, and how long a thread waits for one."""
IDLE_S = 0.2
"""A connection that was used so short a time ago is not tried before it is used again."""
_USED = "used_at"
MIGRATION_WAIT_S = 120
_SCHEMA_LOCK = 0x6976_7201
"""Key of the advisory lock under which tables are made: any number that is ours."""
_CONFLICTS = frozenset({"40001", "40P01"})
"""serialization_failure, deadlock_detected"""


class PostgreSql:
    name = "postgresql"
    forgets_in_a_crash = True

    def __init__(self, url: str):
        try:
            self._url = sa.make_url(url).set(drivername="postgresql+psycopg")
        except (sa.exc.ArgumentError, ValueError) as error:
            raise ConfigProblem("IVR_DATABASE_URL cannot be read, expected postgresql://USER:PASSWORD@HOST:PORT/NAME") from error
        self.where = f"PostgreSQL at {self._url.host or 'the local socket'}, database {self._url.database or '(default)'}"

    def engine(self, *, durable: bool) -> sa.Engine:
        # As connection options, because SET LOCAL in each transaction would cost a round trip.
        options = (f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
                   f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS}"
                   f" -c synchronous_commit={'on' if durable else 'off'}")
        arguments: dict[str, Any] = {
            "connect_timeout": CONNECT_TIMEOUT_S, "options": options, "application_name": "frontline", "keepalives_idle": 5,
            "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": STATEMENT_TIMEOUT_MS}
        engine = sa.create_engine(self._url, connect_args=arguments, pool_size=POOL, max_overflow=OVERFLOW,
                                  pool_timeout=POOL_TIMEOUT_S, pool_use_lifo=True)
        sa.event.listen(engine, "do_connect", lambda dialect, record, args, kwargs: PatientConnection.connect(*args, **kwargs))
        sa.event.listen(engine, "checkin", _put_back)
        sa.event.listen(engine, "checkout", lambda driver, record, proxy: _tried(engine.dialect, driver, record))
        return engine

    def reading(self, engine: sa.Engine) -> sa.Engine:
        return engine.execution_options(isolation_level="AUTOCOMMIT")

    def begin(self, connection: sa.Connection) -> None:
        """The driver sends BEGIN with the first statement."""

    def lock_schema(self, connection: sa.Connection) -> None:
        _patient(connection)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{MIGRATION_WAIT_S}s'; SET LOCAL lock_timeout = '{MIGRATION_WAIT_S}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")

    def begin_snapshot(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self.take_time(connection)

    def take_time(self, connection: sa.Connection) -> None:
        _patient(connection)
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
                                   "SET LOCAL idle_in_transaction_session_timeout = 0")

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        yield  # rows are locked one by one, nobody has to queue

    def is_conflict(self, error: sa.exc.DBAPIError) -> bool:
        return getattr(error.orig, "sqlstate", None) in _CONFLICTS

    def unusable(self, error: BaseException) -> ConfigProblem:
        # The driver's text names user and host, not the password; lines that begin with a tab are its own hints.
        said = [x for x in str(getattr(error, "orig", error)).strip().splitlines() if not x.startswith("\t")] or [type(error).__name__]
        return ConfigProblem(f"{self.where} cannot be used: {said[-1][:200]}",
                             hint="is it running, and do user, password and database of IVR_DATABASE_URL exist there?")


def _patient(connection: sa.Connection) -> None:
    """Until the connection goes back into the pool."""
    driver: Any = connection.connection.driver_connection
    driver.limit_s = None


def _put_back(driver: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()
    if driver is not None:
        driver.limit_s = ANSWER_S


def _tried(dialect: Any, driver: Any, record: Any) -> None:
    """A connection that has lain idle may be to a server that is gone. One that was used a moment ago is only looked at: a
    server that has gone away leaves its farewell on the line, and trying would be one journey in three of a short transaction."""
    if time.monotonic() - record.info.get(_USED, -IDLE_S) < IDLE_S and not _something_on(driver):
        return
    try:
        dialect.do_ping(driver)
    except Exception as error:
        raise sa.exc.DisconnectionError("the connection has been lost") from error


def _something_on(driver: Any) -> bool:
    """Whether the server has said something that nobody asked for."""
    if driver.closed:
        return True
    look = select.poll()
    look.register(driver.fileno(), select.POLLIN)
    return bool(look.poll(0))
