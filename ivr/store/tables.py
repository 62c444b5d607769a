"""Every table, by importing the files that define them: whoever needs `metadata` whole imports it from here."""

from ivr.store import schema_contact, schema_promises, schema_publishing  # noqa: F401
from ivr.store.schema import metadata

__all__ = ["metadata"]
