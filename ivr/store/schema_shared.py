"""The tables of what processes share, of who is where, and of what was deleted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from ivr.store.schema import metadata

persons = Table(
    "persons", metadata,
    Column("person", String(64), nullable=False),          # blind index of a number, an address, a case number
    Column("kind", String(16), nullable=False),            # phone | email | receipt | alien
    Column("call_id", String(255), nullable=False),        # where it occurs
    Column("since", String(40), nullable=False),
    PrimaryKeyConstraint("person", "call_id"),
    Index("persons_by_call", "call_id"),
)

counters = Table(
    "counters", metadata,
    Column("key", String(64), nullable=False),             # blind index of what is counted
    Column("window_s", Integer, nullable=False),
    Column("bucket", BigInteger, nullable=False),          # number of the window since 1970
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("key", "window_s", "bucket"),
)

locks = Table(
    "locks", metadata,
    Column("name", String(255), primary_key=True),
    Column("token", String(64), nullable=False),           # who holds it; only this may release it
    Column("until", String(40), nullable=False),
)

presence = Table(
    "presence", metadata,
    Column("room", String(64), nullable=False),
    Column("member", String(255), nullable=False),
    Column("until", String(40), nullable=False),
    PrimaryKeyConstraint("room", "member"),
)

store_marks = Table(
    "store_marks", metadata,
    Column("name", String(32), primary_key=True),          # index_key
    Column("value", String(64), nullable=False),           # by which a wrong key is noticed before anything is written with it
)

data_log = Table(
    "data_log", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("act", String(16), nullable=False),             # purged | erased | exported | resealed | restored
    Column("what", String(64), nullable=False),            # class of data
    Column("count", Integer, nullable=False),
    Column("why", String(255), nullable=False, server_default=""),
    Index("data_log_by_time", "at"),
)
