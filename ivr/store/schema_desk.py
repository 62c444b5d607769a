"""The tables of what staff do beside talking: how conversations ended, and what was noted on promises."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from ivr.store.schema import metadata

wrap_ups = Table(
    "wrap_ups", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String(255), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("disposition", String(32), nullable=False),
    Column("note", LargeBinary, nullable=False),           # in the agent's words, sealed: they may name somebody
    Column("at", String(40), nullable=False),
    Index("wrap_ups_by_call", "call_id"),
    Index("wrap_ups_by_age", "at"),
)

promise_notes = Table(
    "promise_notes", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String(255), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("disposition", String(32), nullable=False),     # empty: a note alone, the promise goes on
    Column("note", LargeBinary, nullable=False),           # in the agent's words, sealed
    Column("at", String(40), nullable=False),
    Index("promise_notes_by_key", "key"),
)
