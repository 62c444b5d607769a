"""The tables. One text for SQLite and PostgreSQL; instants are ISO 8601 text in UTC, which sorts as time does."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, Text

metadata = MetaData()

calls = Table(
    "calls", metadata,
    Column("call_id", String(255), primary_key=True),
    Column("bundle_hash", String(64), nullable=False),
    Column("version", Integer, nullable=False),            # compare-and-set token: number of events applied
    Column("status", String(16), nullable=False),
    Column("state", LargeBinary, nullable=False),          # the session as JSON
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
    Column("body", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

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

stream_tokens = Table(
    "stream_tokens", metadata,
    Column("digest", String(64), primary_key=True),        # sha256 of the one-time token
    Column("call_id", String(255), nullable=False),
    Column("stands_for_signature", Boolean, nullable=False),
    Column("expires_at", String(40), nullable=False),
)

bundles = Table(
    "bundles", metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("files", LargeBinary, nullable=False),          # zip of the files as they were read
    Column("loaded_at", String(40), nullable=False),
)

opt_outs = Table(
    "opt_outs", metadata,
    Column("address", String(255), primary_key=True),      # E.164 number
    Column("channel", String(8), nullable=False),
    Column("since", String(40), nullable=False),
    Column("source", String(40), nullable=False),          # sms_stop | provider
)

call_statuses = Table(
    "call_statuses", metadata,
    Column("call_id", String(255), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("updated_at", String(40), nullable=False),
)
