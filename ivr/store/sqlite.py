"""SQLite: one file, one machine.

It runs in WAL. With `synchronous=NORMAL` a power cut may lose the last turns, never corrupt them; a turn that makes a
promise commits with `synchronous=FULL`, so that it is on disk before the words are spoken. Writers take the lock at
BEGIN, so that nobody finds out at COMMIT that somebody else was first; readers take none. Within one process writers queue
for a lock of ours: SQLite's own waiting is sleep and try again, which wastes milliseconds where microseconds would do.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ivr.errors import ConfigProblem, Unavailable

BUSY_TIMEOUT_MS = 4000
"""Longer than any transaction of ours, shorter than Twilio's patience (15 s)."""


class Sqlite:
    name = "sqlite"
    forgets_in_a_crash = False

    def __init__(self, url: str):
        if not url.startswith("sqlite:///") or url == "sqlite:///":
            raise ConfigProblem("IVR_DATABASE_URL names no file", hint="give a file, such as sqlite:////var/lib/ivr/ivr.db")
        self._url, self.path = url, Path(url.removeprefix("sqlite:///"))
        self.where = str(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigProblem(f"the database folder {self.path.parent} cannot be made: {error.strerror}",
                                hint="set IVR_VAR_DIR or IVR_DATABASE_URL to a folder that can be written") from error
        self._writing = threading.Lock()

    def engine(self, *, durable: bool) -> sa.Engine:
        # Last in, first out: SQLite's pages are cached by connection and forgotten whenever another one has written.
        engine = sa.create_engine(self._url, connect_args={"isolation_level": None, "check_same_thread": False,
                                                           "timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=16, max_overflow=16,
                                  pool_use_lifo=True)

        @sa.event.listens_for(engine, "do_connect")
        def _private(*_: Any) -> None:
            # SQLite gives a new file to everybody who may read, and its companions (-wal, -shm) the mode of the file itself.
            with suppress(OSError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        return engine

    def reading(self, engine: sa.Engine) -> sa.Engine:
        return engine  # the driver opens no transaction by itself (isolation_level None)

    def begin(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def lock_schema(self, connection: sa.Connection) -> None:
        """BEGIN IMMEDIATE is the lock."""

    def begin_snapshot(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    def take_time(self, connection: sa.Connection) -> None:
        """SQLite has no time-outs within a transaction."""

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise Unavailable("the database did not answer: another write takes too long", code="database")
        try:
            yield
        finally:
            self._writing.release()

    def is_conflict(self, error: sa.exc.DBAPIError) -> bool:
        return False  # who waits for the lock waits its turn; a time-out is no conflict

    def unusable(self, error: BaseException) -> ConfigProblem:
        return ConfigProblem(f"the database {self.path} cannot be used: {getattr(error, 'orig', error)}",
                             hint="is it a file of ours, and may this user write it and its folder?")
