"""Conversations in writing: whose they are, their lines, and which values staff looked at."""

from __future__ import annotations

import sqlalchemy as sa

from ivr.store.migrations.columns import create_index, create_table, text

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None


def upgrade() -> None:
    create_table(
        "text_sessions", sa.Column("call_id", text(255), primary_key=True), sa.Column("channel", text(8), nullable=False),
        sa.Column("digest", text(64), unique=True), sa.Column("address_index", text(64)),
        sa.Column("heard_at", text(40), nullable=False), sa.Column("noticed_at", text(40)),
        sa.Column("over", sa.Boolean, nullable=False, server_default=sa.false()), sa.Column("rest", sa.LargeBinary),
        sa.Column("handed", sa.Boolean, nullable=False, server_default=sa.false()), sa.Column("desk", text(64)),
        sa.Column("desk_until", text(40)), sa.Column("created_at", text(40), nullable=False))
    create_index("text_sessions_handed", "text_sessions", ["handed", "desk_until"])
    create_index("text_sessions_by_address", "text_sessions", ["address_index", "heard_at"])
    create_index("text_sessions_quiet", "text_sessions", ["over", "heard_at"])
    create_table(
        "text_lines", sa.Column("call_id", text(255), nullable=False), sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("key", text(255), nullable=False), sa.Column("who", text(8), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False), sa.Column("at", text(40), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq"), sa.UniqueConstraint("call_id", "key"))
    create_table(
        "reveals", sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True), sa.Column("call_id", text(255), nullable=False),
        sa.Column("slot", text(64), nullable=False), sa.Column("agent", text(64), nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False), sa.Column("at", text(40), nullable=False))
    create_index("reveals_by_call", "reveals", ["call_id"])
