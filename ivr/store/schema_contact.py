"""The tables of whom we may write to."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from ivr.store.schema import metadata

opt_outs = Table(
    "opt_outs", metadata,
    Column("address", String(255), primary_key=True),      # E.164 number
    Column("channel", String(8), nullable=False),
    Column("since", String(40), nullable=False),
    Column("source", String(40), nullable=False),          # sms_stop | provider
)
