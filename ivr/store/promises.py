"""Promises in SQL: write down, claim with a lease, finish with a fence.

A row is claimed by one UPDATE; `fence` grows with every claim, and finishing names the fence it was claimed with, so a
worker that was thought dead and woke up again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.contact.states import CLAIMABLE, may_go
from ivr.errors import Bug, Conflict
from ivr.store.db import Database
from ivr.store.schema_contact import opt_outs
from ivr.store.schema_promises import promise_history, promises


@dataclass(frozen=True, slots=True)
class NewPromise:
    key: str
    kind: str
    name: str
    call_id: str
    payload: Mapping[str, Any]
    due_at: datetime
    not_after: datetime
    state: str = "due"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A promise this worker may act on until `lease_until`."""

    key: str
    kind: str
    name: str
    payload: Mapping[str, Any]
    state: str
    """The state it was found in: due | retry | unknown, or `sending` when its last owner died."""
    attempt: int
    fence: int
    not_after: datetime
    created_at: datetime


class Promises:
    def __init__(self, db: Database):
        self._db = db

    def insert(self, connection: sa.Connection, new: NewPromise, now: datetime) -> None:
        """Write the promise down. The same key with the same content is the same promise; with other content it is a
        Bug, never a second effect."""
        payload = orjson.dumps(dict(new.payload), option=orjson.OPT_SORT_KEYS)
        known = connection.execute(sa.select(promises.c.payload).where(promises.c.key == new.key)).first()
        if known:
            if known[0] != payload:
                raise Bug(f"promise {new.key!r} exists with other content")
            return
        connection.execute(promises.insert(), {
            "key": new.key, "kind": new.kind, "name": new.name, "call_id": new.call_id, "reference": new.reference,
            "payload": payload, "due_at": new.due_at.isoformat(), "not_after": new.not_after.isoformat(),
            "state": new.state, "created_at": now.isoformat(), "updated_at": now.isoformat()})
        self._note(connection, new.key, new.state, now, "written down")

    def claim(self, owner: str, now: datetime, lease_s: float, limit: int = 10,
              kinds: Sequence[str] = ("message",)) -> list[Claimed]:
        due = sa.and_(promises.c.state.in_(CLAIMABLE), promises.c.due_at <= now.isoformat(),
                      sa.or_(promises.c.lease_until.is_(None), promises.c.lease_until < now.isoformat()))
        orphaned = sa.and_(promises.c.state == "sending", promises.c.lease_until < now.isoformat())
        wanted = (sa.select(promises).where(promises.c.kind.in_(kinds), sa.or_(due, orphaned))
                  .order_by(promises.c.due_at, promises.c.key).limit(limit))
        with self._db.read() as connection:
            if connection.execute(wanted.limit(1)).first() is None:
                return []
        with self._db.write() as connection:
            rows = connection.execute(wanted).mappings().all()
            for row in rows:
                connection.execute(promises.update().where(promises.c.key == row["key"]).values(
                    lease_owner=owner, lease_until=(now + timedelta(seconds=lease_s)).isoformat(),
                    fence=row["fence"] + 1))
        return [_claimed(row) for row in rows]

    def start(self, claimed: Claimed, now: datetime) -> None:
        """On disk before the provider is asked."""
        self._move(claimed, "sending", now, attempt=claimed.attempt + 1, durable=True)

    def finish(self, claimed: Claimed, state: str, now: datetime, *, note: str = "", due_at: datetime | None = None,
               provider_id: str | None = None) -> None:
        values: dict[str, Any] = {"lease_owner": None, "lease_until": None, "last_error": note or None}
        if due_at:
            values["due_at"] = due_at.isoformat()
        if provider_id:
            values["provider_id"] = provider_id
        self._move(claimed, state, now, note=note, durable=True, **values)

    def _move(self, claimed: Claimed, state: str, now: datetime, *, note: str = "", durable: bool = False,
              **values: Any) -> None:
        with self._db.write(durable=durable) as connection:
            row = connection.execute(sa.select(promises.c.state, promises.c.fence)
                                     .where(promises.c.key == claimed.key)).first()
            if row is None or row[1] != claimed.fence + 1:
                raise Conflict(f"promise {claimed.key!r} was taken over by another worker")
            if row[0] != state and not may_go(row[0], state):
                raise Bug(f"a promise may not go from {row[0]!r} to {state!r}")
            connection.execute(promises.update().where(promises.c.key == claimed.key)
                               .values(state=state, updated_at=now.isoformat(), **values))
            self._note(connection, claimed.key, state, now, note)

    def report(self, provider_id: str, state: str, now: datetime, note: str) -> bool:
        """A later word of the provider about something it accepted; late and repeated reports change nothing."""
        with self._db.write() as connection:
            row = connection.execute(sa.select(promises.c.key, promises.c.state)
                                     .where(promises.c.provider_id == provider_id)).first()
            if row is None or not may_go(row[1], state):
                return False
            connection.execute(promises.update().where(promises.c.key == row[0])
                               .values(state=state, updated_at=now.isoformat(), last_error=note))
            self._note(connection, row[0], state, now, note)
            return True

    def of_call(self, call_id: str) -> list[dict[str, Any]]:
        return self._rows(promises.c.call_id == call_id)

    def all(self) -> list[dict[str, Any]]:
        return self._rows(sa.true())

    def _rows(self, where: Any) -> list[dict[str, Any]]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(promises).where(where).order_by(promises.c.created_at, promises.c.key))
            return [{**r, "payload": orjson.loads(r["payload"])} for r in rows.mappings().all()]

    # -- who must not be written to -----------------------------------------------------------------------------

    def opt_out(self, address: str, channel: str, source: str, now: datetime) -> None:
        with self._db.write(durable=True) as connection:
            connection.execute(opt_outs.delete().where(opt_outs.c.address == address))
            connection.execute(opt_outs.insert(), {"address": address, "channel": channel, "source": source,
                                                   "since": now.isoformat()})

    def opt_in(self, address: str) -> None:
        with self._db.write(durable=True) as connection:
            connection.execute(opt_outs.delete().where(opt_outs.c.address == address))

    def opted_out(self, address: str) -> bool:
        with self._db.read() as connection:
            return connection.execute(sa.select(opt_outs.c.address).where(opt_outs.c.address == address)).first() is not None

    @staticmethod
    def _note(connection: sa.Connection, key: str, state: str, now: datetime, note: str) -> None:
        connection.execute(promise_history.insert(), {"key": key, "at": now.isoformat(), "state": state, "note": note[:255]})


def _claimed(row: Mapping[str, Any]) -> Claimed:
    return Claimed(row["key"], row["kind"], row["name"], orjson.loads(row["payload"]), row["state"], row["attempt"],
                   row["fence"], datetime.fromisoformat(row["not_after"]), datetime.fromisoformat(row["created_at"]))
