"""How calls ended, by the bundle they ran on: what a trial of a new bundle is judged by. Never who called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from ivr.publishing.canary import RATES, Counts
from ivr.store.db import Database
from ivr.store.schema import calls
from ivr.store.schema_publishing import call_outcomes

ENDED = "ended"


class CallOutcomes:
    def __init__(self, db: Database):
        self._db = db

    def add(self, connection: sa.Connection, call_id: str, bundle_hash: str, kinds: Iterable[str], now: datetime) -> None:
        """Within the transaction of the turn; what is there already stays as it is."""
        known = set(connection.execute(sa.select(call_outcomes.c.kind).where(call_outcomes.c.call_id == call_id)).scalars())
        began = connection.execute(sa.select(calls.c.created_at).where(calls.c.call_id == call_id)).scalar() or now.isoformat()
        new = [{"call_id": call_id, "kind": k, "bundle_hash": bundle_hash, "began_at": began} for k in kinds if k not in known]
        if new:
            connection.execute(call_outcomes.insert(), new)

    def counts(self, bundle_hash: str, since: datetime | None = None) -> Counts:
        """Calls on this bundle that have ended, of those that began at or after `since`."""
        ended = sa.select(call_outcomes.c.call_id).where(call_outcomes.c.bundle_hash == bundle_hash, call_outcomes.c.kind == ENDED)
        if since is not None:
            ended = ended.where(call_outcomes.c.began_at >= since.isoformat())
        wanted = (sa.select(call_outcomes.c.kind, sa.func.count()).where(call_outcomes.c.call_id.in_(ended))
                  .group_by(call_outcomes.c.kind))
        with self._db.read() as connection:
            found = {kind: int(count) for kind, count in connection.execute(wanted).all()}
        return Counts(found.get(ENDED, 0), {kind: found.get(kind, 0) for kind in RATES})
