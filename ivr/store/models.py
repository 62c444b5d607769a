"""Trained intent models, kept with the bundle they were published with: a server that follows takes them instead of learning
for a minute. Files of arrays and JSON, never code."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_publishing import bundle_models


class BundleModels:
    def __init__(self, db: Database):
        self._db = db

    def keep(self, bundle_hash: str, files: Mapping[str, bytes]) -> None:
        """In place of what was kept for this bundle before."""
        with self._db.write(durable=True) as connection:
            connection.execute(bundle_models.delete().where(bundle_models.c.bundle_hash == bundle_hash))
            for name, data in sorted(files.items()):
                connection.execute(bundle_models.insert().values(bundle_hash=bundle_hash, name=name, data=data))

    def files(self, bundle_hash: str) -> dict[str, bytes]:
        wanted = sa.select(bundle_models.c.name, bundle_models.c.data).where(bundle_models.c.bundle_hash == bundle_hash)
        with self._db.read() as connection:
            return {name: bytes(data) for name, data in connection.execute(wanted).all()}
