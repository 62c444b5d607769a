"""A statement whose SQL text and parameter order are worked out once.

SQLAlchemy keeps compiled texts, but goes through every parameter's type, default and position again on each execution:
for the four small statements of a turn that took longer than SQLite itself. Only for statements whose values the driver
takes as they are (text, bytes, whole numbers, truth values). Called by `store.calls`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Upsert = Callable[[Any], sa.sql.ClauseElement]
"""Makes a statement of a dialect's own `insert`, which alone has ON CONFLICT; both of ours spell it alike."""
_INSERTS: Mapping[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Prepared:
    def __init__(self, statement: sa.sql.ClauseElement, names: Sequence[str] = ()):
        """`names`: columns that an insert is given."""
        self._statement, self._names = statement, list(names) or None
        self._known: dict[str, tuple[str, list[str] | None, dict[str, Any]]] = {}

    def on(self, connection: sa.Connection, *rows: Mapping[str, Any]) -> sa.CursorResult[Any]:
        """Execute with one row of values, or an insert with many."""
        text, order, constants = self._known.get(connection.dialect.name) or self._compile(connection.dialect)
        values = [{**constants, **row} for row in rows]
        ready: list[Any] = values if order is None else [tuple(v[n] for n in order) for v in values]
        return connection.exec_driver_sql(text, ready if len(ready) > 1 else ready[0])

    def _compile(self, dialect: sa.Dialect) -> tuple[str, list[str] | None, dict[str, Any]]:
        compiled: Any = self._for(dialect.name).compile(dialect=dialect, column_keys=self._names)
        constants = {k: v for k, v in compiled.params.items() if v is not None}
        return self._known.setdefault(dialect.name, (str(compiled), compiled.positiontup, constants))

    def _for(self, dialect: str) -> sa.sql.ClauseElement:
        return self._statement


class PreparedUpsert(Prepared):
    """An insert that says what to do with a row that is there already: one statement where a look before would be another."""

    def __init__(self, table: sa.Table, names: Sequence[str], upsert: Upsert):
        super().__init__(table.insert(), names)
        self._table, self._upsert = table, upsert

    def _for(self, dialect: str) -> sa.sql.ClauseElement:
        return self._upsert(_INSERTS[dialect](self._table))
