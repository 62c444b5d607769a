"""Sealing everything anew with the key in force, so that a former key can be taken out of IVR_DATA_KEYS.

In small transactions beside running servers. What is done is seen in the value itself, so a run that was interrupted goes on
where it stopped, and a value that a turn wrote meanwhile is already sealed with the new key and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from ivr.store.data_log import DataLog
from ivr.store.data_map import sealed_columns
from ivr.store.db import Database
from ivr.store.tables import metadata

BATCH = 200


def reseal(db: Database, now: datetime, progress: Callable[[str, int], None] = lambda name, done: None) -> dict[str, int]:
    """table.column -> how many values were sealed anew. Raises ConfigProblem for a value that no key opens."""
    out: dict[str, int] = {}
    for table, column in sealed_columns():
        name, out[f"{table}.{column}"] = f"{table}.{column}", 0
        while done := _batch(db, metadata.tables[table], column, now):
            out[name] += done
            progress(name, out[name])
    return out


def left(db: Database) -> dict[str, int]:
    """table.column -> values that are not sealed with the key in force."""
    out = {}
    for table, column in sealed_columns():
        col = metadata.tables[table].c[column]
        with db.read() as connection:
            out[f"{table}.{column}"] = connection.execute(sa.select(sa.func.count()).where(_old(db, col))).scalar_one()
    return {name: count for name, count in out.items() if count}


def _old(db: Database, column: sa.Column) -> sa.ColumnElement[bool]:
    start = db.box.current_prefix
    return sa.and_(column.is_not(None), sa.func.substr(column, 1, len(start), type_=sa.LargeBinary) != start)


def _batch(db: Database, table: sa.Table, column: str, now: datetime) -> int:
    col, keys, box, context = table.c[column], list(table.primary_key.columns), db.box, f"{table.name}.{column}"
    with db.write() as connection:
        rows = connection.execute(sa.select(col, *keys).where(_old(db, col)).limit(BATCH).with_for_update(skip_locked=True)).all()
        for value, *key in rows:
            plain = box.open(value if isinstance(value, bytes) else str(value).encode(), context)
            connection.execute(table.update().where(*(k == v for k, v in zip(keys, key, strict=True)))
                               .values({column: box.seal(plain, context)}))
        if rows:
            DataLog(db).note(connection, "resealed", context, len(rows), now)
    return len(rows)
