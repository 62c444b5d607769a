"""The tables of conversations in writing: whose they are, what was said in them, and which values staff looked at."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, UniqueConstraint, false

from ivr.store.schema import metadata

text_sessions = Table(
    "text_sessions", metadata,
    Column("call_id", String(255), primary_key=True),
    Column("channel", String(8), nullable=False),          # chat | sms
    Column("digest", String(64), unique=True),             # keyed hash of the chat's token, which is nowhere stored
    Column("address_index", String(64)),                   # keyed hash of the number of a conversation by text
    Column("heard_at", String(40), nullable=False),        # the person's last word, or their coming back
    Column("noticed_at", String(40)),                      # when they were told that the conversation is about to end
    Column("over", Boolean, nullable=False, server_default=false()),
    Column("rest", LargeBinary),                           # what of the last answer did not fit into its texts, sealed
    Column("handed", Boolean, nullable=False, server_default=false()),       # handed over to people
    Column("desk", String(64)),                            # process at whose desk it is
    Column("desk_until", String(40)),                      # until when that process holds it without saying so again
    Column("created_at", String(40), nullable=False),
    Index("text_sessions_handed", "handed", "desk_until"),
    Index("text_sessions_by_address", "address_index", "heard_at"),
    Index("text_sessions_quiet", "over", "heard_at"),
)

text_lines = Table(
    "text_lines", metadata,
    Column("call_id", String(255), nullable=False),
    Column("seq", Integer, nullable=False),                # 1, 2, 3 ... within the conversation
    Column("key", String(255), nullable=False),            # what made it: a repetition writes nothing
    Column("who", String(8), nullable=False),              # system | caller | agent | note
    Column("body", LargeBinary, nullable=False),           # the words as JSON, sealed
    Column("at", String(40), nullable=False),
    PrimaryKeyConstraint("call_id", "seq"),
    UniqueConstraint("call_id", "key"),
)

reveals = Table(
    "reveals", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String(255), nullable=False),
    Column("slot", String(64), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("reason", LargeBinary, nullable=False),         # in the agent's words, sealed: they may name somebody
    Column("at", String(40), nullable=False),
    Index("reveals_by_call", "call_id"),
)
