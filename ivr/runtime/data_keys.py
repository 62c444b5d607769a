"""The keys for personal data at rest: from the settings, or a file of this installation while trying things out."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from ivr.config import Settings
from ivr.errors import ConfigProblem
from ivr.store.db import Database
from ivr.store.schema_shared import store_marks
from ivr.store.sealed import SecretBox

FILE = "data.key"


def box_of(settings: Settings) -> SecretBox:
    """Raises ConfigProblem where the key file can be neither read nor made."""
    if settings.data_keys is not None:
        index_key = settings.index_key.get_secret_value() if settings.index_key else ""
        return SecretBox(settings.data_keys.get_secret_value().split(), index_key)
    path = settings.var_dir / FILE
    try:
        return SecretBox(path.read_text().split() or [_made(path)])
    except FileNotFoundError:
        return SecretBox([_made(path)])
    except OSError as error:
        raise ConfigProblem(f"the key file {path} cannot be read: {error.strerror}", hint="or set IVR_DATA_KEYS") from error


@contextmanager
def open_database(settings: Settings, *, known_keys: bool = True) -> Iterator[Database]:
    """The database with the keys of the settings, closed afterwards. `known_keys=False` for one that is to be filled."""
    db = Database(settings.database, box_of(settings))
    try:
        if known_keys:
            check_index_key(db)
        yield db
    finally:
        db.close()


def check_index_key(db: Database) -> None:
    """Hashes made with another key find nothing: a person who said no would be written to. Noticed here instead. The first
    program to open a database leaves the mark that later ones compare."""
    mine = db.box.index("index_key", "store_marks.value")
    with db.read() as connection:
        kept = connection.execute(sa.select(store_marks.c.value).where(store_marks.c.name == "index_key")).scalar()
    if kept is None:
        with suppress(sa.exc.IntegrityError), db.write(durable=True) as connection:
            connection.execute(store_marks.insert(), {"name": "index_key", "value": mine})
    elif kept != mine:
        raise ConfigProblem("the numbers and addresses in the database were hashed with another key",
                            hint="set IVR_INDEX_KEY to what was the last of IVR_DATA_KEYS when the database was made")


def _made(path: Path) -> str:
    """A new key, readable by its owner only; the first of two processes that start together wins."""
    key = secrets.token_hex(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
        try:
            os.link(new, path)
        except FileExistsError:
            return path.read_text().strip()
        finally:
            new.unlink()
    except OSError as error:
        raise ConfigProblem(f"the key file {path} cannot be made: {error.strerror}", hint="or set IVR_DATA_KEYS") from error
    return key
