"""What differs between databases, in one place: how a connection is opened, a transaction begun, an error read.

`Database` asks; `store.sqlite` and `store.postgresql` answer. A third database is one more entry of `DIALECTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from ivr.errors import ConfigProblem
from ivr.store.postgresql import PostgreSql
from ivr.store.sqlite import Sqlite


class Dialect(Protocol):
    name: str
    """SQLAlchemy's name of it."""
    forgets_in_a_crash: bool
    """False where only the whole machine can lose the last commits, and with it the calls that were in them."""
    where: str
    """What a person is told of where the data is; never a password."""

    def engine(self, *, durable: bool) -> sa.Engine:
        """`durable`: COMMIT returns when the data is on disk; otherwise a power cut may take the last moments."""

    def reading(self, engine: sa.Engine) -> sa.Engine:
        """The same connections without transactions."""

    def begin(self, connection: sa.Connection) -> None:
        """The first thing in every transaction that writes."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Until the transaction's end nobody else makes or changes tables; long work is allowed meanwhile."""

    def begin_snapshot(self, connection: sa.Connection) -> None:
        """A transaction that only reads, and sees one moment however long it takes."""

    def take_time(self, connection: sa.Connection) -> None:
        """No time-outs in the rest of this transaction: nobody waits for it on the telephone."""

    def turn_to_write(self) -> AbstractContextManager[None]:
        """Held around a transaction: where the database lets one write at a time, we queue for it ourselves."""

    def is_conflict(self, error: sa.exc.DBAPIError) -> bool:
        """Whether another transaction was first, so that trying again at once can help."""

    def unusable(self, error: BaseException) -> ConfigProblem:
        """What is said when it cannot be used at start."""


DIALECTS: dict[str, Callable[[str], Dialect]] = {"sqlite": Sqlite, "postgresql": PostgreSql}
"""scheme of IVR_DATABASE_URL -> what opens it"""


def dialect_of(url: str) -> Dialect:
    scheme = url.partition("://")[0]
    if scheme not in DIALECTS:
        raise ConfigProblem(f"IVR_DATABASE_URL begins with {scheme[:20]!r}, expected sqlite:///FILE or postgresql://USER@HOST/NAME",
                            hint="give a file, such as sqlite:////var/lib/ivr/ivr.db")
    return DIALECTS[scheme](url)
