"""What staff do beside talking: how conversations ended, and notes on promises."""

from __future__ import annotations

import sqlalchemy as sa

from ivr.store.migrations.columns import create_index, create_table, text

revision = "0005"
down_revision = "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    create_table(
        "wrap_ups", sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True), sa.Column("call_id", text(255), nullable=False),
        sa.Column("agent", text(64), nullable=False), sa.Column("disposition", text(32), nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False), sa.Column("at", text(40), nullable=False))
    create_index("wrap_ups_by_call", "wrap_ups", ["call_id"])
    create_index("wrap_ups_by_age", "wrap_ups", ["at"])
    create_table(
        "promise_notes", sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True), sa.Column("key", text(255), nullable=False),
        sa.Column("agent", text(64), nullable=False), sa.Column("disposition", text(32), nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False), sa.Column("at", text(40), nullable=False))
    create_index("promise_notes_by_key", "promise_notes", ["key"])
