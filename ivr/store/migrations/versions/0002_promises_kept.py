"""Personal data sealed and found by index, what processes share, and everything about promises, consent and publishing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ivr.store.migrations.columns import add_columns, create_index, create_table, text

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    _answers_as_bytes()
    _shared()
    _promises()
    _contact()
    _publishing()


def _answers_as_bytes() -> None:
    """Sealed values are bytes. What is there stays readable as it is; `ivr data rotate-keys` seals it."""
    if isinstance(next(c["type"] for c in sa.inspect(op.get_bind()).get_columns("answers") if c["name"] == "body"), sa.LargeBinary):
        return
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE answers ALTER COLUMN body TYPE BYTEA USING convert_to(body, 'UTF8')")
        return
    with op.batch_alter_table("answers") as batch:
        batch.alter_column("body", existing_type=sa.Text(), type_=sa.LargeBinary(), existing_nullable=False)
    op.execute("UPDATE answers SET body = CAST(body AS BLOB)")


def _shared() -> None:
    create_table(
        "persons", sa.Column("person", text(64), nullable=False), sa.Column("kind", text(16), nullable=False),
        sa.Column("call_id", text(255), nullable=False), sa.Column("since", text(40), nullable=False),
        sa.PrimaryKeyConstraint("person", "call_id"))
    create_index("persons_by_call", "persons", ["call_id"])
    create_table(
        "counters", sa.Column("key", text(64), nullable=False), sa.Column("window_s", sa.Integer, nullable=False),
        sa.Column("bucket", sa.BigInteger, nullable=False), sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "window_s", "bucket"))
    create_table(
        "locks", sa.Column("name", text(255), primary_key=True), sa.Column("token", text(64), nullable=False),
        sa.Column("until", text(40), nullable=False))
    create_table(
        "presence", sa.Column("room", text(64), nullable=False), sa.Column("member", text(255), nullable=False),
        sa.Column("until", text(40), nullable=False), sa.PrimaryKeyConstraint("room", "member"))
    create_table(
        "data_log", sa.Column("id", sa.Integer, primary_key=True, autoincrement=True), sa.Column("at", text(40), nullable=False),
        sa.Column("act", text(16), nullable=False), sa.Column("what", text(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False), sa.Column("why", text(255), nullable=False, server_default=""))
    create_index("data_log_by_time", "data_log", ["at"])
    create_table("store_marks", sa.Column("name", text(32), primary_key=True), sa.Column("value", text(64), nullable=False))


def _promises() -> None:
    add_columns(
        "promises", sa.Column("payload_digest", text(64)), sa.Column("progress", sa.LargeBinary),
        sa.Column("priority", sa.Integer, nullable=False, server_default="1"), sa.Column("held_from", text(16)),
        sa.Column("wake_at", text(40)), sa.Column("planned_at", text(40)),
        sa.Column("waits_for", text(8), nullable=False, server_default=""), sa.Column("started_at", text(40)))
    op.execute("UPDATE promises SET wake_at = due_at WHERE wake_at IS NULL AND state IN ('due', 'retry', 'unknown')")
    op.execute("UPDATE promises SET wake_at = lease_until WHERE wake_at IS NULL AND state = 'sending'")
    create_table(
        "callback_calls", sa.Column("attempt_id", text(64), primary_key=True), sa.Column("key", text(400), nullable=False),
        sa.Column("round", sa.Integer, nullable=False), sa.Column("number", sa.Integer, nullable=False),
        sa.Column("number_index", text(64), nullable=False), sa.Column("call_sid", text(255)),
        sa.Column("state", text(16), nullable=False), sa.Column("answered_by", text(32)), sa.Column("choice", text(16)),
        sa.Column("result", text(16)), sa.Column("started_at", text(40), nullable=False), sa.Column("ended_at", text(40)))
    create_index("callback_calls_by_key", "callback_calls", ["key"])
    create_index("callback_calls_by_sid", "callback_calls", ["call_sid"])
    create_index("callback_calls_in_flight", "callback_calls", ["number_index"],
                 unique=True, sqlite_where=sa.text("state = 'placed'"), postgresql_where=sa.text("state = 'placed'"))
    create_table(
        "jobs", sa.Column("name", text(32), primary_key=True), sa.Column("next_at", text(40), nullable=False),
        sa.Column("lease_owner", text(64)), sa.Column("lease_until", text(40)),
        sa.Column("last_note", text(255), nullable=False, server_default=""))
    create_table("pacing", sa.Column("name", text(32), primary_key=True), sa.Column("next_at", text(40), nullable=False))
    create_table(
        "promise_contacts", sa.Column("contact_index", text(64), nullable=False), sa.Column("key", text(400), nullable=False),
        sa.PrimaryKeyConstraint("contact_index", "key"))
    create_index("promise_contacts_by_key", "promise_contacts", ["key"])
    create_table(
        "switches", sa.Column("name", text(32), primary_key=True), sa.Column("value", text(32), nullable=False),
        sa.Column("by", text(64), nullable=False), sa.Column("at", text(40), nullable=False))
    create_index("promises_by_reference", "promises", ["reference"])
    create_index("promises_planned", "promises", ["kind", "planned_at"])
    create_index("promises_wake", "promises", ["kind", "wake_at"])


def _contact() -> None:
    create_table(
        "alarms", sa.Column("name", text(40), primary_key=True), sa.Column("since", text(40), nullable=False),
        sa.Column("last_at", text(40), nullable=False), sa.Column("count", sa.Integer, nullable=False),
        sa.Column("detail", text(), nullable=False, server_default=""))
    create_table(
        "consents", sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("address_index", text(64), nullable=False), sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("channel", text(8), nullable=False), sa.Column("purpose", text(16), nullable=False),
        sa.Column("answer", text(8), nullable=False), sa.Column("source", text(16), nullable=False),
        sa.Column("wording", text(64), nullable=False, server_default=""),
        sa.Column("wording_hash", text(64), nullable=False, server_default=""),
        sa.Column("language", text(8), nullable=False, server_default=""),
        sa.Column("call_id", text(255), nullable=False, server_default=""),
        sa.Column("by", text(64), nullable=False, server_default=""),
        sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.false()), sa.Column("at", text(40), nullable=False))
    create_index("consents_by_address", "consents", ["address_index", "channel", "seq"])
    create_table(
        "contact_counters", sa.Column("scope", text(32), nullable=False), sa.Column("subject", text(64), nullable=False),
        sa.Column("window", text(40), nullable=False), sa.Column("count", sa.Integer, nullable=False),
        sa.Column("expires_at", text(40), nullable=False), sa.PrimaryKeyConstraint("scope", "subject", "window"))
    create_table(
        "links", sa.Column("digest", text(64), primary_key=True), sa.Column("purpose", text(32), nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False), sa.Column("expires_at", text(40), nullable=False),
        sa.Column("created_at", text(40), nullable=False))
    create_table(
        "message_statuses", sa.Column("provider_id", text(64), primary_key=True),
        sa.Column("promise_key", text(400), nullable=False, server_default=""), sa.Column("status", text(20), nullable=False),
        sa.Column("error_code", sa.Integer), sa.Column("updated_at", text(40), nullable=False))
    create_index("message_statuses_by_promise", "message_statuses", ["promise_key"])
    create_table(
        "unreachable", sa.Column("address_index", text(64), nullable=False), sa.Column("channel", text(8), nullable=False),
        sa.Column("code", text(16), nullable=False), sa.Column("at", text(40), nullable=False),
        sa.PrimaryKeyConstraint("address_index", "channel"))


def _publishing() -> None:
    create_table(
        "bundle_models", sa.Column("bundle_hash", text(64), nullable=False), sa.Column("name", text(120), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False), sa.PrimaryKeyConstraint("bundle_hash", "name"))
    create_table(
        "call_outcomes", sa.Column("call_id", text(255), nullable=False), sa.Column("kind", text(16), nullable=False),
        sa.Column("bundle_hash", text(64), nullable=False), sa.Column("began_at", text(40), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "kind"))
    create_index("call_outcomes_by_bundle", "call_outcomes", ["bundle_hash", "kind", "began_at"])
    create_table(
        "pointers", sa.Column("bundle_id", text(64), primary_key=True), sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("hash", text(64), nullable=False), sa.Column("canary_hash", text(64)),
        sa.Column("canary_percent", sa.Integer, nullable=False), sa.Column("canary_since", text(40)),
        sa.Column("canary_look", sa.Integer))
    create_table(
        "versions", sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("bundle_id", text(64), nullable=False), sa.Column("hash", text(64), nullable=False),
        sa.Column("previous_hash", text(64)), sa.Column("kind", text(16), nullable=False),
        sa.Column("percent", sa.Integer, nullable=False), sa.Column("author", text(120), nullable=False),
        sa.Column("reason", text(), nullable=False), sa.Column("checks", text(), nullable=False),
        sa.Column("at", text(40), nullable=False))
    create_index("versions_by_bundle", "versions", ["bundle_id", "number"])
