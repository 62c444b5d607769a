"""Restoring a backup into an empty database: everything or nothing, and no promise fires by itself afterwards.

One transaction holds it all: the tables, the rows, their counts and checksums compared, and every promise that fell due since the
backup (or was under way in it) set to `held`. Nobody knows which of those were kept by the system that was lost, so a person looks
at them: `ivr promises list --state held`, then `ivr promises release` or `cancel`.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.errors import ConfigProblem
from ivr.store import upgrade
from ivr.store.backup import FORMAT, MANIFEST, MARK, ROWS
from ivr.store.data_log import DataLog
from ivr.store.db import Database
from ivr.store.promise_ledger import PromiseLedger
from ivr.store.tables import metadata


@dataclass(frozen=True, slots=True)
class Restored:
    made_at: str
    rows: int
    held: int
    """Promises that wait for a person."""


def restore(db: Database, source: Path, now: datetime) -> Restored:
    """Raises ConfigProblem for a target that is not empty, and for a file that is no whole backup of ours."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, source)
            _check_keys(db, manifest)
            with db.rebuild() as connection:
                _must_be_empty(connection, db)
                _tables_of(connection, manifest["version"])
                for name, expected in manifest["tables"].items():
                    _fill(connection, archive, name, expected)
                _continue_numbers(connection)
                upgrade.prepare(connection)
                held = PromiseLedger(db).hold_due_within(connection, now)
                total = sum(t["rows"] for t in manifest["tables"].values())
                DataLog(db).note(connection, "restored", "backup", total, now, f"made at {manifest['made_at']}")
    except OSError as error:
        raise ConfigProblem(f"the backup {source} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, orjson.JSONDecodeError) as error:
        raise ConfigProblem(f"{source} is no whole backup: {type(error).__name__}", hint="was it cut off while it was copied?") from error
    return Restored(manifest["made_at"], total, held)


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    manifest = orjson.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise ConfigProblem(f"{source} is {manifest.get('format')!r}, and this program reads {FORMAT!r}")
    return manifest


def _check_keys(db: Database, manifest: dict[str, Any]) -> None:
    if not set(manifest["keys"]) & set(db.box.fingerprint):
        raise ConfigProblem("the backup was sealed with other keys than IVR_DATA_KEYS",
                            hint="set IVR_DATA_KEYS (or VAR_DIR/data.key) as they were on the system that made it")
    if manifest["index_key"] != db.box.index("index_key", MARK):
        raise ConfigProblem("numbers and addresses in the backup were hashed with another key",
                            hint="set IVR_INDEX_KEY to what was the last of IVR_DATA_KEYS on the system that made it")


def _must_be_empty(connection: sa.Connection, db: Database) -> None:
    for name in ("calls", "events", "promises", "consents"):
        if connection.execute(sa.select(sa.literal(1)).select_from(metadata.tables[name]).limit(1)).first():
            raise ConfigProblem(f"{db.where} is not empty: there are {name}",
                                hint="restore into a new database, then point the servers to it")


def _tables_of(connection: sa.Connection, version: str) -> None:
    """Empty tables as the program had them that made the backup; a newer version than ours is refused."""
    metadata.drop_all(connection)
    upgrade.forget(connection)
    upgrade.build(connection, version)


def _fill(connection: sa.Connection, archive: zipfile.ZipFile, name: str, expected: dict[str, Any]) -> None:
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    digest, count = hashlib.sha256(), 0
    with archive.open(f"{name}.jsonl") as member:
        head = member.readline()
        digest.update(head)
        columns = orjson.loads(head)
        lines = iter(member)
        while batch := list(islice(lines, ROWS)):
            digest.update(b"".join(batch))
            count += len(batch)
            connection.execute(table.insert(), [dict(zip(columns, _values(line), strict=True)) for line in batch])
    if (count, digest.hexdigest()) != (expected["rows"], expected["sha256"]):
        raise ConfigProblem(f"the backup's {name} is not what its manifest says", hint="the file was changed or damaged")


def _values(line: bytes) -> Iterator[Any]:
    return (base64.b64decode(v["b"]) if isinstance(v, dict) else v for v in orjson.loads(line))


def _continue_numbers(connection: sa.Connection) -> None:
    """PostgreSQL counts rows by sequences of its own, which know nothing of rows that came with a number."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.tables.values():
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, sa.Integer) and sa.inspect(connection).has_table(table.name):
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                                       f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name}), false)")
