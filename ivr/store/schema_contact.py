"""The tables of whom we may write to and what became of it: consent, counters, alarms, links, the carrier's word on texts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text, false

from ivr.store.schema import metadata

consents = Table(
    "consents", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),   # append-only: rows are never changed
    Column("address_index", String(64), nullable=False),   # keyed hash of the number or email address
    Column("address", LargeBinary, nullable=False),        # sealed
    Column("channel", String(8), nullable=False),          # sms | email
    Column("purpose", String(16), nullable=False),         # all | notice
    Column("answer", String(8), nullable=False),           # yes | no | revoked | resumed
    Column("source", String(16), nullable=False),          # voice | key | typed | sms | email | provider | staff
    Column("wording", String(64), nullable=False, server_default=""),        # prompt key of the question
    Column("wording_hash", String(64), nullable=False, server_default=""),   # sha256 of its words, before values were filled in
    Column("language", String(8), nullable=False, server_default=""),
    Column("call_id", String(255), nullable=False, server_default=""),
    Column("by", String(64), nullable=False, server_default=""),             # who of the staff, for source staff
    Column("confirmed", Boolean, nullable=False, server_default=false()),    # a confirmation of this was sent by us
    Column("at", String(40), nullable=False),
    Index("consents_by_address", "address_index", "channel", "seq"),
)

contact_counters = Table(
    "contact_counters", metadata,
    Column("scope", String(32), nullable=False),           # such as sms.number.hour
    Column("subject", String(64), nullable=False),         # keyed hash of the number, block of numbers or address; "" for all
    Column("window", String(40), nullable=False),          # when the window began
    Column("count", Integer, nullable=False),
    Column("expires_at", String(40), nullable=False),
    PrimaryKeyConstraint("scope", "subject", "window"),
)

alarms = Table(
    "alarms", metadata,
    Column("name", String(40), primary_key=True),
    Column("since", String(40), nullable=False),           # first of the present run
    Column("last_at", String(40), nullable=False),
    Column("count", Integer, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),       # for staff; never personal data
)

links = Table(
    "links", metadata,
    Column("digest", String(64), primary_key=True),        # keyed hash of the token, which is nowhere stored
    Column("purpose", String(32), nullable=False),         # unsubscribe | callback ...: what the link may do, and nothing else
    Column("subject", LargeBinary, nullable=False),        # sealed: key of the promise, or the address
    Column("expires_at", String(40), nullable=False),
    Column("created_at", String(40), nullable=False),
)

message_statuses = Table(
    "message_statuses", metadata,
    Column("provider_id", String(64), primary_key=True),
    Column("promise_key", String(400), nullable=False, server_default=""),
    Column("status", String(20), nullable=False),
    Column("error_code", Integer),
    Column("updated_at", String(40), nullable=False),
    Index("message_statuses_by_promise", "promise_key"),
)

unreachable = Table(
    "unreachable", metadata,
    Column("address_index", String(64), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("code", String(16), nullable=False),            # the provider's reason, such as 30006 for a landline
    Column("at", String(40), nullable=False),
)

opt_outs = Table(
    "opt_outs", metadata,                                  # of older versions: taken over into `consents` at start, then empty
    Column("address", String(255), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("since", String(40), nullable=False),
    Column("source", String(40), nullable=False),
)
