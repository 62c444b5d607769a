"""The tables of promises: what was said that we would do, and what became of it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from ivr.store.schema import metadata

promises = Table(
    "promises", metadata,
    Column("key", String(400), primary_key=True),
    Column("kind", String(20), nullable=False),            # message | callback | service_request
    Column("name", String(64), nullable=False),            # channel of a message, promise name otherwise
    Column("call_id", String(255), nullable=False),
    Column("reference", String(16), nullable=False, default=""),
    Column("payload", LargeBinary, nullable=False),
    Column("due_at", String(40), nullable=False),
    Column("not_after", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lease_owner", String(64)),
    Column("lease_until", String(40)),
    Column("fence", Integer, nullable=False, default=0),   # grows with every claim: a zombie's finish does not match
    Column("provider_id", String(255)),
    Column("last_error", String(255)),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    Index("promises_due", "state", "due_at"),
    Index("promises_by_call", "call_id"),
    Index("promises_by_provider", "provider_id"),
)

promise_history = Table(
    "promise_history", metadata,
    Column("key", String(400), nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("note", String(255), nullable=False, default=""),
    Index("promise_history_by_key", "key", "at"),
)
