"""The column types of migrations, and steps that may be taken twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def text(length: int | None = None) -> sa.types.TypeEngine[str]:
    """Text that PostgreSQL compares by code point, as instants and keys need it."""
    if length is None:
        return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def create_table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Leaves a table of this name as it is: development databases got some of them ahead of the migration."""
    if not sa.inspect(op.get_bind()).has_table(name):
        op.create_table(name, *parts)


def add_columns(table: str, *columns: sa.Column) -> None:
    known = {c["name"] for c in sa.inspect(op.get_bind()).get_columns(table)}
    for column in columns:
        if column.name not in known:
            op.add_column(table, column)


def create_index(name: str, table: str, columns: list[str], **options: object) -> None:
    if name not in {i["name"] for i in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns, **options)
