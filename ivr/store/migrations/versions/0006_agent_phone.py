"""The telephone on which a member of staff takes callers."""

from __future__ import annotations

import sqlalchemy as sa

from ivr.store.migrations.columns import add_columns

revision = "0006"
down_revision = "0005"
branch_labels = depends_on = None


def upgrade() -> None:
    add_columns("users", sa.Column("phone", sa.LargeBinary))
