"""Calls, answers, promises, bundles: the tables as they were before there were migrations. Such databases carry no version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ivr.store.migrations.columns import text

revision = "0001"
down_revision = None
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls", sa.Column("call_id", text(255), primary_key=True), sa.Column("bundle_hash", text(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False), sa.Column("status", text(16), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False), sa.Column("created_at", text(40), nullable=False),
        sa.Column("updated_at", text(40), nullable=False))
    op.create_index("calls_by_status", "calls", ["status", "updated_at"])
    op.create_table(
        "events", sa.Column("call_id", text(255), nullable=False), sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", text(40), nullable=False), sa.Column("type", text(32), nullable=False),
        sa.Column("applied", sa.Boolean, nullable=False), sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq"))
    op.create_table(
        "answers", sa.Column("key", text(400), primary_key=True), sa.Column("token", text(255), unique=True),
        sa.Column("call_id", text(255), nullable=False), sa.Column("body", text(), nullable=False),
        sa.Column("at", text(40), nullable=False))
    _promises()
    op.create_table(
        "stream_tokens", sa.Column("digest", text(64), primary_key=True), sa.Column("call_id", text(255), nullable=False),
        sa.Column("stands_for_signature", sa.Boolean, nullable=False), sa.Column("expires_at", text(40), nullable=False))
    op.create_table(
        "bundles", sa.Column("hash", text(64), primary_key=True), sa.Column("id", text(64), nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False), sa.Column("loaded_at", text(40), nullable=False))
    op.create_table(
        "opt_outs", sa.Column("address", text(255), primary_key=True), sa.Column("channel", text(8), nullable=False),
        sa.Column("since", text(40), nullable=False), sa.Column("source", text(40), nullable=False))
    op.create_table(
        "call_statuses", sa.Column("call_id", text(255), primary_key=True), sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("status", text(20), nullable=False), sa.Column("updated_at", text(40), nullable=False))


def _promises() -> None:
    op.create_table(
        "promises", sa.Column("key", text(400), primary_key=True), sa.Column("kind", text(20), nullable=False),
        sa.Column("name", text(64), nullable=False), sa.Column("call_id", text(255), nullable=False),
        sa.Column("reference", text(16), nullable=False), sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("due_at", text(40), nullable=False), sa.Column("not_after", text(40), nullable=False),
        sa.Column("state", text(16), nullable=False), sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("lease_owner", text(64)), sa.Column("lease_until", text(40)),
        sa.Column("fence", sa.Integer, nullable=False), sa.Column("provider_id", text(255)),
        sa.Column("last_error", text(255)), sa.Column("created_at", text(40), nullable=False),
        sa.Column("updated_at", text(40), nullable=False))
    op.create_index("promises_due", "promises", ["state", "due_at"])
    op.create_index("promises_by_call", "promises", ["call_id"])
    op.create_index("promises_by_provider", "promises", ["provider_id"])
    op.create_table(
        "promise_history", sa.Column("key", text(400), nullable=False), sa.Column("at", text(40), nullable=False),
        sa.Column("state", text(16), nullable=False), sa.Column("note", text(255), nullable=False))
    op.create_index("promise_history_by_key", "promise_history", ["key", "at"])
