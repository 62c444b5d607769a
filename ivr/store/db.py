"""Opening the database. Two sets of connections: `normal` for turns, `durable` where a promise is made.

What differs between SQLite and PostgreSQL is in `store.dialects`. Called by every store; nothing else opens a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from ivr.errors import Conflict, Unavailable
from ivr.store import upgrade
from ivr.store.dialects import dialect_of
from ivr.store.sealed import SecretBox


class Database:
    """The one handle to SQL. `read` runs in autocommit, `write(durable=...)` is one transaction."""

    def __init__(self, url: str, box: SecretBox | None = None):
        """`box` seals personal data; without one a key that everybody knows is used, which is for tests only. Raises
        ConfigProblem where the database cannot be reached, is not ours, or was written by a newer version."""
        self.box = box or SecretBox(["for tests only"])
        self._dialect = dialect_of(url)
        self._normal, self._durable = self._dialect.engine(durable=False), self._dialect.engine(durable=True)
        self._reading = self._dialect.reading(self._normal)
        try:
            self._prepare()
        except (sa.exc.DBAPIError, Unavailable) as error:
            self.close()
            raise self._dialect.unusable(error) from error
        except BaseException:
            self.close()
            raise

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._dialect.name

    @property
    def forgets_in_a_crash(self) -> bool:
        """Whether a crash of the database program loses what was committed without `durable` a moment ago."""
        return self._dialect.forgets_in_a_crash

    @property
    def where(self) -> str:
        """Where the data is, for people; never a password."""
        return self._dialect.where

    def _prepare(self) -> None:
        """Tables as this program expects them: made, or brought up from an older version."""
        with self._durable.connect() as connection:
            if upgrade.is_current(connection):
                return
        with self._dialect.turn_to_write(), self._durable.begin() as connection:
            self._dialect.begin(connection)
            self._dialect.lock_schema(connection)
            upgrade.prepare(connection)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with self._translated(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[sa.Connection]:
        engine = self._durable if durable else self._normal
        with self._dialect.turn_to_write(), self._translated(), engine.begin() as connection:
            self._dialect.begin(connection)
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Everything as it is at this moment, however long the reading takes; writers go on."""
        with self._translated(), self._normal.connect() as connection:
            self._dialect.begin_snapshot(connection)
            yield connection
            connection.rollback()

    @contextmanager
    def rebuild(self) -> Iterator[sa.Connection]:
        """One long transaction that may make tables, alone with the database as far as our own programs go."""
        with self._dialect.turn_to_write(), self._translated(), self._durable.begin() as connection:
            self._dialect.begin(connection)
            self._dialect.lock_schema(connection)
            self._dialect.take_time(connection)
            yield connection

    def ping(self) -> None:
        with self.read() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        self._normal.dispose()
        self._durable.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Driver errors as ours; integrity errors stay, they carry meaning for the caller."""
        try:
            yield
        except sa.exc.IntegrityError:
            raise
        except sa.exc.DBAPIError as error:
            if self._dialect.is_conflict(error):
                raise Conflict("another transaction changed the same rows first") from error
            raise Unavailable(f"the database did not answer: {type(error.orig).__name__}", code="database") from error
        except sa.exc.TimeoutError as error:
            raise Unavailable("the database did not answer: all connections are in use", code="database") from error
