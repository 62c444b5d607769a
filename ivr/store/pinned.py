"""Bundles as they were when calls began with them: a live call keeps its words whatever is published meanwhile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_publishing import bundles


class PinnedBundles:
    def __init__(self, db: Database):
        self._db = db

    def keep(self, bundle_hash: str, bundle_id: str, files: Mapping[str, bytes], now: datetime) -> None:
        """Store the files under their hash; a hash that is there already stays as it is."""
        with self._db.read() as connection:
            if connection.execute(sa.select(bundles.c.hash).where(bundles.c.hash == bundle_hash)).first():
                return
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                archive.writestr(name, files[name])
        row = {"hash": bundle_hash, "id": bundle_id, "files": packed.getvalue(), "loaded_at": now.isoformat()}
        try:
            with self._db.write(durable=True) as connection:
                connection.execute(bundles.insert(), row)
        except sa.exc.IntegrityError:
            return  # another process kept the same bundle in the same moment

    def files(self, bundle_hash: str) -> dict[str, bytes] | None:
        with self._db.read() as connection:
            row = connection.execute(sa.select(bundles.c.files).where(bundles.c.hash == bundle_hash)).first()
        if row is None:
            return None
        with zipfile.ZipFile(io.BytesIO(row[0])) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
