"""Opening the database. Two engines over the same file: `normal` for turns, `durable` where a promise is made.

SQLite runs in WAL. With `synchronous=NORMAL` a power cut may lose the last turns, never corrupt them; a turn that makes a
promise commits with `synchronous=FULL`, so that it is on disk before the words are spoken. Writers take the lock at
BEGIN, so that nobody finds out at COMMIT that somebody else was first; readers take none. Within one process writers queue
for a lock of ours: SQLite's own waiting is sleep and try again, which wastes milliseconds where microseconds would do.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ivr.errors import ConfigProblem, Unavailable
from ivr.store.sealed import SecretBox
from ivr.store.tables import metadata

_BEGIN = "BEGIN IMMEDIATE"
BUSY_TIMEOUT_MS = 4000
"""Longer than any transaction of ours, shorter than Twilio's patience (15 s)."""


class Database:
    """The one handle to SQL. `read` runs in autocommit, `write(durable=...)` is one transaction."""

    def __init__(self, url: str, box: SecretBox | None = None):
        """`box` seals personal data; without one a key that everybody knows is used, which is for tests only."""
        self.box = box or SecretBox(["for tests only"])
        if not url.startswith("sqlite:///"):
            raise ConfigProblem(f"IVR_DATABASE_URL has to begin with sqlite:/// here, not {url.split(':')[0]!r}",
                                hint="give a file, such as sqlite:////var/lib/ivr/ivr.db")
        self.path = Path(url.removeprefix("sqlite:///"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigProblem(f"the database folder {self.path.parent} cannot be made: {error.strerror}",
                                hint="set IVR_VAR_DIR or IVR_DATABASE_URL to a folder that can be written") from error
        self._writing = threading.Lock()
        self._normal = self._engine(url, "NORMAL")
        self._durable = self._engine(url, "FULL")
        try:
            with self._durable.begin() as connection:
                connection.exec_driver_sql(_BEGIN)
                metadata.create_all(connection)
        except sa.exc.DBAPIError as error:
            raise ConfigProblem(f"the database {self.path} cannot be used: {error.orig}") from error

    @staticmethod
    def _engine(url: str, synchronous: str) -> sa.Engine:
        # Last in, first out: SQLite's pages are cached by connection and forgotten whenever another one has written.
        engine = sa.create_engine(url, connect_args={"isolation_level": None, "check_same_thread": False,
                                                     "timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=16, max_overflow=16,
                                  pool_use_lifo=True)

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA synchronous={synchronous}")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        return engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        # The driver opens no transaction by itself (isolation_level None), so this is autocommit.
        with _translated(), self._normal.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[sa.Connection]:
        engine = self._durable if durable else self._normal
        with self._turn_to_write(), _translated(), engine.begin() as connection:
            connection.exec_driver_sql(_BEGIN)
            yield connection

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise Unavailable("the database did not answer: another write takes too long", code="database")
        try:
            yield
        finally:
            self._writing.release()

    def ping(self) -> None:
        with self.read() as connection:
            connection.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        self._normal.dispose()
        self._durable.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    """Driver errors as ours; integrity errors stay, they carry meaning for the caller."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DBAPIError as error:
        raise Unavailable(f"the database did not answer: {type(error.orig).__name__}", code="database") from error
