"""Every table, by importing the files that define them: whoever needs `metadata` whole imports it from here."""

from sqlalchemy import String, Text

from ivr.store import schema_access, schema_contact, schema_desk, schema_promises, schema_publishing, schema_shared, schema_text  # noqa: F401
from ivr.store.schema import metadata

__all__ = ["metadata"]


def _compared_by_code_point() -> None:
    """Instants and keys are compared as text. A PostgreSQL database sorts by its country's rules unless a column says otherwise,
    and then digits, letters and signs come in another order than in time."""
    for table in metadata.tables.values():
        for column in table.columns:
            kind = column.type
            if isinstance(kind, String) and "postgresql" not in kind._variant_mapping:
                plain = Text(collation="C") if isinstance(kind, Text) else String(kind.length, collation="C")
                column.type = kind.with_variant(plain, "postgresql")


_compared_by_code_point()
