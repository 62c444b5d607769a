"""Staff: users, recovery codes, sessions, the audit and its head."""

from __future__ import annotations

import sqlalchemy as sa

from ivr.store.migrations.columns import create_index, create_table, text

revision = "0004"
down_revision = "0003"
branch_labels = depends_on = None


def upgrade() -> None:
    create_table(
        "users", sa.Column("name", text(64), primary_key=True), sa.Column("role", text(16), nullable=False),
        sa.Column("password", sa.LargeBinary, nullable=False), sa.Column("totp", sa.LargeBinary), sa.Column("totp_pending", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", text(40), nullable=False), sa.Column("password_at", text(40), nullable=False),
        sa.Column("signed_in_at", text(40)))
    create_table(
        "recovery_codes", sa.Column("name", text(64), nullable=False), sa.Column("digest", text(64), nullable=False),
        sa.PrimaryKeyConstraint("name", "digest"))
    create_table(
        "staff_sessions", sa.Column("digest", text(64), primary_key=True), sa.Column("id", text(16), nullable=False, unique=True),
        sa.Column("name", text(64), nullable=False), sa.Column("begun_at", text(40), nullable=False),
        sa.Column("seen_at", text(40), nullable=False), sa.Column("about", sa.LargeBinary, nullable=False))
    create_index("staff_sessions_by_name", "staff_sessions", ["name"])
    create_table(
        "audit", sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False), sa.Column("at", text(40), nullable=False),
        sa.Column("who", text(64), nullable=False), sa.Column("act", text(64), nullable=False),
        sa.Column("what", text(255), nullable=False), sa.Column("detail", sa.LargeBinary, nullable=False),
        sa.Column("seal", text(64), nullable=False))
    create_index("audit_by_what", "audit", ["what"])
    create_table(
        "audit_head", sa.Column("name", text(16), primary_key=True), sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("seal", text(64), nullable=False), sa.Column("mark", text(64), nullable=False))
