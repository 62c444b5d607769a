"""A backup in one file, written while servers run: all tables as they were at one moment, with counts and checksums.

The same file for SQLite and PostgreSQL, so that it can be restored on either. Values stay sealed as they are in the tables, and
the keys are not in it: keep IVR_DATA_KEYS elsewhere. It gets its name when it is whole; a backup that was interrupted has none.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson
import sqlalchemy as sa

from ivr import __version__
from ivr.errors import ConfigProblem
from ivr.store.db import Database
from ivr.store.tables import metadata
from ivr.store.upgrade import HEAD

FORMAT = "frontline-backup/1"
MANIFEST = "manifest.json"
PASSING = frozenset({"stream_tokens", "locks", "presence", "staff_sessions"})
"""Tables of the present minute or day, which mean nothing later; nobody is signed in after a restore."""
MARK = "store_marks.value"
ROWS = 1000
"""Rows held in memory at a time."""


def backup(db: Database, target: Path, now: datetime) -> dict[str, Any]:
    """The manifest. Raises ConfigProblem where the file exists or cannot be written; then nothing is left behind."""
    if target.exists():
        raise ConfigProblem(f"{target} exists", hint="give another name: a backup never replaces one")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            manifest = _write(db, file, now)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # unlike a rename it never replaces what came there meanwhile
    except FileExistsError as error:
        raise ConfigProblem(f"{target} exists", hint="give another name: a backup never replaces one") from error
    except OSError as error:
        raise ConfigProblem(f"the backup {target} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(db: Database, file: IO[bytes], now: datetime) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, db.snapshot() as connection:
        for table in metadata.sorted_tables:
            if table.name not in PASSING:
                tables[str(table.name)] = _write_table(connection, archive, table)
        manifest = {"format": FORMAT, "program": __version__, "version": HEAD, "made_at": now.astimezone(UTC).isoformat(),
                    "from": db.dialect, "keys": db.box.fingerprint, "index_key": db.box.index("index_key", MARK), "tables": tables}
        archive.writestr(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return manifest


def _write_table(connection: sa.Connection, archive: zipfile.ZipFile, table: sa.Table) -> dict[str, Any]:
    """One JSON array a line: first the names, then the rows."""
    digest, count = hashlib.sha256(), 0
    names = [c.name for c in table.columns]
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
        head = orjson.dumps(names) + b"\n"
        member.write(head)
        digest.update(head)
        for rows in _batches(connection, table):
            lines = b"".join(_line(row) for row in rows)
            member.write(lines)
            digest.update(lines)
            count += len(rows)
    return {"rows": count, "sha256": digest.hexdigest()}


def _batches(connection: sa.Connection, table: sa.Table) -> Iterator[Sequence[Any]]:
    ordered = sa.select(table).order_by(*(table.primary_key.columns or table.columns))
    return connection.execution_options(stream_results=True, yield_per=ROWS).execute(ordered).partitions(ROWS)


def _line(row: Sequence[Any]) -> bytes:
    return orjson.dumps([{"b": base64.b64encode(v).decode()} if isinstance(v, bytes) else v for v in row]) + b"\n"
