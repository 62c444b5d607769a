"""Nobody else on the machine reads the database: what stands in it unsealed tells who called when."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ivr.access.desk import Access
from ivr.store.db import Database
from tests.contract.test_access_stores import NOW, PASSWORD, access_of


def test_the_files_of_the_database_are_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        database = Database(f"sqlite:///{tmp_path / 'ivr.db'}")
        access: Access = access_of(database)
        access.staff.create("ana", "agent", PASSWORD, "cli:root", NOW)
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert set(modes) >= {"ivr.db", "ivr.db-wal"}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077 and name.startswith("ivr.db")} == {}
