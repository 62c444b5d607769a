"""The tables of calls, and the `metadata` that all tables belong to (`store.tables` names every file of them). One text for
SQLite and PostgreSQL; instants are ISO 8601 text in UTC, which sorts as time does."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table

metadata = MetaData()

calls = Table(
    "calls", metadata,
    Column("call_id", String(255), primary_key=True),
    Column("bundle_hash", String(64), nullable=False),
    Column("version", Integer, nullable=False),            # compare-and-set token: number of events applied
    Column("status", String(16), nullable=False),
    Column("state", LargeBinary, nullable=False),          # the session as JSON, sealed
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    Index("calls_by_status", "status", "updated_at"),
)

events = Table(
    "events", metadata,
    Column("call_id", String(255), nullable=False),
    Column("seq", Integer, nullable=False),                # 1, 2, 3 ... within the call
    Column("at", String(40), nullable=False),
    Column("type", String(32), nullable=False),
    Column("applied", Boolean, nullable=False),            # False: illegal in its state, recorded and without effect
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("call_id", "seq"),
)

answers = Table(
    "answers", metadata,
    Column("key", String(400), primary_key=True),          # natural key of the webhook delivery
    Column("token", String(255), unique=True),             # I-Twilio-Idempotency-Token, where there was one
    Column("call_id", String(255), nullable=False),
    Column("body", LargeBinary, nullable=False),           # sealed
    Column("at", String(40), nullable=False),
)

stream_tokens = Table(
    "stream_tokens", metadata,
    Column("digest", String(64), primary_key=True),        # sha256 of the one-time token
    Column("call_id", String(255), nullable=False),
    Column("stands_for_signature", Boolean, nullable=False),
    Column("expires_at", String(40), nullable=False),
)

call_statuses = Table(
    "call_statuses", metadata,
    Column("call_id", String(255), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("updated_at", String(40), nullable=False),
)
