"""The tables of promises: what was said that we would do, and what became of it; the calls that were made to keep it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, text

from ivr.store.schema import metadata

promises = Table(
    "promises", metadata,
    Column("key", String(400), primary_key=True),
    Column("kind", String(20), nullable=False),            # message | notice | callback | service_request
    Column("name", String(64), nullable=False),            # channel of a message, promise name otherwise
    Column("call_id", String(255), nullable=False),
    Column("reference", String(16), nullable=False, default=""),
    Column("payload", LargeBinary, nullable=False),        # the inputs, sealed; never changed
    Column("payload_digest", String(64)),                  # keyed hash of the inputs: same key, same content?
    Column("progress", LargeBinary),                       # what a callback has been through so far, what was done with a request; sealed
    Column("priority", Integer, nullable=False, server_default="1"),   # 0 urgent, 1 routine
    Column("due_at", String(40), nullable=False),
    Column("not_after", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("held_from", String(16)),                       # the state it goes back to when it is released
    Column("wake_at", String(40)),                         # when a worker has to look at it; empty for what is over or with people
    Column("planned_at", String(40)),                      # when the first round of a callback is to begin
    Column("waits_for", String(8), nullable=False, server_default=""),   # line: its next step is a call, and needs a free line
    Column("attempt", Integer, nullable=False, default=0),
    Column("started_at", String(40)),                      # when the provider was last asked
    Column("lease_owner", String(64)),
    Column("lease_until", String(40)),
    Column("fence", Integer, nullable=False, default=0),   # grows with every claim: a zombie's finish does not match
    Column("provider_id", String(255)),
    Column("last_error", String(255)),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    Index("promises_due", "state", "due_at"),
    Index("promises_wake", "kind", "wake_at"),
    Index("promises_planned", "kind", "planned_at"),
    Index("promises_by_call", "call_id"),
    Index("promises_by_provider", "provider_id"),
    Index("promises_by_reference", "reference"),
)

promise_history = Table(
    "promise_history", metadata,
    Column("key", String(400), nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("note", String(255), nullable=False, default=""),
    Index("promise_history_by_key", "key", "at"),
)

promise_contacts = Table(
    "promise_contacts", metadata,
    Column("contact_index", String(64), primary_key=True),   # blind index of a number or address of the promise
    Column("key", String(400), primary_key=True),
    Index("promise_contacts_by_key", "key"),
)

callback_calls = Table(
    "callback_calls", metadata,
    Column("attempt_id", String(64), primary_key=True),    # random; in the addresses that the carrier is given
    Column("key", String(400), nullable=False),
    Column("round", Integer, nullable=False),
    Column("number", Integer, nullable=False),             # place in the list of numbers
    Column("number_index", String(64), nullable=False),    # blind index of the number that is called
    Column("call_sid", String(255)),
    Column("state", String(16), nullable=False),           # placed | ended
    Column("answered_by", String(32)),
    Column("choice", String(16)),                          # connect | later | cancel, as keyed
    Column("result", String(16)),
    Column("started_at", String(40), nullable=False),
    Column("ended_at", String(40)),
    # Never two calls to one number at a time.
    Index("callback_calls_in_flight", "number_index", unique=True, sqlite_where=text("state = 'placed'"),
          postgresql_where=text("state = 'placed'")),
    Index("callback_calls_by_key", "key"),
    Index("callback_calls_by_sid", "call_sid"),
)

pacing = Table(
    "pacing", metadata,
    Column("name", String(32), primary_key=True),
    Column("next_at", String(40), nullable=False),         # the earliest moment of the next call, over all workers
)

switches = Table(
    "switches", metadata,
    Column("name", String(32), primary_key=True),          # overtime
    Column("value", String(32), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", String(40), nullable=False),
)

jobs = Table(
    "jobs", metadata,
    Column("name", String(32), primary_key=True),
    Column("next_at", String(40), nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", String(40)),
    Column("last_note", String(255), nullable=False, server_default=""),
)
