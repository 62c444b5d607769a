"""The tables of published bundles: their bytes, what was put into service when, and how calls on each of them ended."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text

from ivr.store.schema import metadata

bundles = Table(
    "bundles", metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("files", LargeBinary, nullable=False),          # zip of the files as they were read
    Column("loaded_at", String(40), nullable=False),
)

bundle_models = Table(
    "bundle_models", metadata,
    Column("bundle_hash", String(64), nullable=False),
    Column("name", String(120), nullable=False),           # file name in the folder of trained models
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("bundle_hash", "name"),
)

versions = Table(
    "versions", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("bundle_id", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("previous_hash", String(64)),                   # what new calls began with before, where that was another one
    Column("kind", String(16), nullable=False),            # publish | canary | promote | rollback | stop
    Column("percent", Integer, nullable=False, default=100),
    Column("author", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("checks", Text, nullable=False, default="{}"),  # JSON: what was proven and tested before
    Column("at", String(40), nullable=False),
    Index("versions_by_bundle", "bundle_id", "number"),
)

pointers = Table(
    "pointers", metadata,
    Column("bundle_id", String(64), primary_key=True),
    Column("revision", Integer, nullable=False),           # compare-and-set token
    Column("hash", String(64), nullable=False),
    Column("canary_hash", String(64)),
    Column("canary_percent", Integer, nullable=False, default=0),
    Column("canary_since", String(40)),
    Column("canary_look", Integer),                        # the last look at the trial's figures
)

call_outcomes = Table(
    "call_outcomes", metadata,
    Column("call_id", String(255), nullable=False),
    Column("kind", String(16), nullable=False),            # ended, and of it dead_end | transfer | abandon
    Column("bundle_hash", String(64), nullable=False),
    Column("began_at", String(40), nullable=False),
    PrimaryKeyConstraint("call_id", "kind"),
    Index("call_outcomes_by_bundle", "bundle_hash", "kind", "began_at"),
)
