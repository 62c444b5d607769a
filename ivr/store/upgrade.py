"""Bringing a database to the tables this program knows: made from `metadata` when new, migrated when older, refused when newer.

Alembic runs the migrations and is imported only when there is something to run: a start with a current database reads one row.
"""

from __future__ import annotations

import sqlalchemy as sa

from ivr.errors import ConfigProblem
from ivr.store.tables import metadata

HEAD = "0006"
"""Newest migration; a test compares it with the files in `migrations/versions`."""
FIRST = "0001"
"""What a database of ours without a version is: its tables were made before there were migrations."""
_version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


def is_current(connection: sa.Connection) -> bool:
    return version_of(connection) == HEAD


def version_of(connection: sa.Connection) -> str | None:
    """None: a database without tables, or not one of ours."""
    tables = set(sa.inspect(connection).get_table_names())
    if _version.name in tables:
        return connection.execute(sa.select(_version.c.version_num)).scalar()
    return FIRST if "calls" in tables else None


def prepare(connection: sa.Connection) -> None:
    """Within the caller's transaction and lock. Raises ConfigProblem for a database of a newer version."""
    found = version_of(connection)
    if found == HEAD:
        return
    if found is None:
        metadata.create_all(connection)
        stamp(connection, HEAD)
        return
    migrate(connection, found)


def forget(connection: sa.Connection) -> None:
    """As if there had never been a version: for an empty database that is built anew."""
    _version.drop(connection, checkfirst=True)


def build(connection: sa.Connection, version: str) -> None:
    """Empty tables as of `version`. Raises ConfigProblem for a version that is newer than this program."""
    if version == HEAD:
        metadata.create_all(connection)
        stamp(connection, HEAD)
    else:
        migrate(connection, None, version)


def stamp(connection: sa.Connection, version: str) -> None:
    _version.create(connection, checkfirst=True)
    connection.execute(_version.delete())
    connection.execute(_version.insert(), {"version_num": version})


def migrate(connection: sa.Connection, found: str | None, to: str = HEAD) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "ivr.store:migrations")
    known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
    if not {found or FIRST, to} <= known:
        raise ConfigProblem(f"the data has version {found or to!r}, and this program knows versions up to {HEAD!r}",
                            hint="run the version of the program that wrote it, or a newer one")
    if found and not sa.inspect(connection).has_table(_version.name):
        stamp(connection, found)
    config.attributes["connection"] = connection
    command.upgrade(config, to)
