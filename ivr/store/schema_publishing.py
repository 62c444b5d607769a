"""The tables of published bundles."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from ivr.store.schema import metadata

bundles = Table(
    "bundles", metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("files", LargeBinary, nullable=False),          # zip of the files as they were read
    Column("loaded_at", String(40), nullable=False),
)
