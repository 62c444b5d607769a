"""The tables of staff: users, their recovery codes and sessions, and the audit with its head."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, false

from ivr.store.schema import metadata

users = Table(
    "users", metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", LargeBinary, nullable=False),       # argon2id, and sealed: a copy of the database alone is not guessed at
    Column("totp", LargeBinary),                           # secret of the one-time codes, sealed
    Column("totp_pending", LargeBinary),                   # one that is being set up and not confirmed yet, sealed
    Column("phone", LargeBinary),                          # on which they take callers, sealed
    Column("totp_step", BigInteger, nullable=False, server_default="0"),     # newest step whose code was accepted
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("created_at", String(40), nullable=False),
    Column("password_at", String(40), nullable=False),
    Column("signed_in_at", String(40)),
)

recovery_codes = Table(
    "recovery_codes", metadata,
    Column("name", String(64), nullable=False),
    Column("digest", String(64), nullable=False),          # keyed hash; a code that was used is deleted
    PrimaryKeyConstraint("name", "digest"),
)

staff_sessions = Table(
    "staff_sessions", metadata,
    Column("digest", String(64), primary_key=True),        # of the token, which is nowhere stored
    Column("id", String(16), nullable=False, unique=True),  # by which it is listed and ended
    Column("name", String(64), nullable=False),
    Column("begun_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("about", LargeBinary, nullable=False),          # address and browser, sealed
    Index("staff_sessions_by_name", "name"),
)

audit = Table(
    "audit", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),           # 1, 2, 3 ... without a gap
    Column("at", String(40), nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("what", String(255), nullable=False),
    Column("detail", LargeBinary, nullable=False),         # before, after and why as JSON, sealed
    Column("seal", String(64), nullable=False),            # keyed hash over this entry and the seal before it
    Index("audit_by_what", "what"),
)

audit_head = Table(
    "audit_head", metadata,
    Column("name", String(16), primary_key=True),          # one row; whoever appends locks it
    Column("seq", Integer, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("mark", String(64), nullable=False),
)
