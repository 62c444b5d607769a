"""Promises in SQL: write down, claim with a lease, finish with a fence.

A row is claimed by whoever moves its `wake_at` on first; `fence` grows with every claim, and finishing names the fence it
was claimed with, so a worker that was thought dead and woke up again changes nothing. Claims and finishes go in batches:
one transaction for many promises is what a disk that syncs allows. Inputs are sealed; a keyed hash of them tells whether
the same key came with other content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.contact.states import CLAIMABLE, may_go
from ivr.errors import Bug, Conflict
from ivr.store.db import Database
from ivr.store.message_statuses import lost
from ivr.store.prepared import Prepared, PreparedUpsert
from ivr.store.promise_rows import PAYLOAD, PROGRESS, contacts_of, opened, opened_row, revealed
from ivr.store.promise_types import NEVER_UNDER_WAY, ROUTINE, UNCERTAIN, URGENT, Claimed, Finish, NewPromise, OtherContent
from ivr.store.schema_promises import promise_contacts, promise_history, promises

__all__ = ["ROUTINE", "UNCERTAIN", "URGENT", "Claimed", "Finish", "NewPromise", "OtherContent", "Promises"]


class Promises:
    def __init__(self, db: Database):
        self._db = db

    def insert(self, connection: sa.Connection, new: NewPromise, now: datetime) -> None:
        """Write the promise down. The same key with the same content is the same promise; with other content it is a
        Bug, never a second effect."""
        payload = orjson.dumps(revealed(new.payload), option=orjson.OPT_SORT_KEYS)
        digest = self._db.box.index(payload.decode(), PAYLOAD)
        written = _INSERT.on(connection, {
            "key": new.key, "kind": new.kind, "name": new.name, "call_id": new.call_id, "reference": new.reference,
            "payload": self._db.box.seal(payload, PAYLOAD), "payload_digest": digest, "priority": new.priority,
            "due_at": new.due_at.isoformat(), "not_after": new.not_after.isoformat(), "state": new.state,
            "wake_at": new.due_at.isoformat() if new.state in CLAIMABLE else None, "waits_for": "", "attempt": 0, "fence": 0,
            "created_at": now.isoformat(), "updated_at": now.isoformat()})
        if written.rowcount == 0:
            return self._same(connection, new.key, digest)
        self.index_contacts(connection, new.key, contacts_of(new.payload))
        self.note(connection, [(new.key, new.state, "written down")], now)

    def _same(self, connection: sa.Connection, key: str, digest: str) -> None:
        known = connection.execute(sa.select(promises.c.payload_digest, promises.c.payload).where(promises.c.key == key)).one()
        if (known[0] or self._db.box.index(self._db.box.open(known[1], PAYLOAD).decode(), PAYLOAD)) != digest:
            raise OtherContent(f"promise {key!r} exists with other content")

    def index_contacts(self, connection: sa.Connection, key: str, contacts: Iterable[str]) -> None:
        """By which numbers and addresses the promise is found; those that are indexed already stay."""
        rows = [{"contact_index": i, "key": key} for i in sorted({self._db.box.index(c, "promise_contacts") for c in contacts})]
        if rows:
            _CONTACT.on(connection, *rows)

    # -- claiming -----------------------------------------------------------------------------------------------

    def claim(self, owner: str, now: datetime, lease_s: float, limit: int = 10, kinds: Sequence[str] = ("message",), *,
              start: bool = False, skip: Sequence[str] = (), only: Sequence[str] = (), waits_for: str = "") -> list[Claimed]:
        """Lease up to `limit` promises that are to be looked at now. `start` marks them as `sending` in the same commit, on
        disk before any provider is asked. `skip` and `only` name channels (or promises) to leave out or to take;
        `waits_for` takes those whose next step needs that."""
        wanted = self._due(now, kinds, skip, only, waits_for).limit(limit)
        with self._db.read() as connection:
            if connection.execute(wanted.with_only_columns(promises.c.key).order_by(None).limit(1)).first() is None:
                return []
        until = now + timedelta(seconds=lease_s)
        with self._db.write(durable=start) as connection:
            rows = connection.execute(wanted.with_for_update(skip_locked=True)).mappings().all()
            if not rows:
                return []
            values: dict[str, Any] = {"lease_owner": owner, "lease_until": until.isoformat(), "wake_at": until.isoformat(),
                                      "fence": promises.c.fence + 1}
            if start:
                # What may have gone out keeps the moment at which it was tried: that is where it is looked for from.
                tried = sa.case((promises.c.state.in_(UNCERTAIN), promises.c.started_at), else_=now.isoformat())
                values |= {"state": "sending", "attempt": promises.c.attempt + 1, "started_at": tried,
                           "updated_at": now.isoformat()}
                self.note(connection, [(r["key"], "sending", "") for r in rows if r["state"] != "sending"], now)
            connection.execute(promises.update().where(promises.c.key.in_([r["key"] for r in rows])).values(**values))
        return [self._claimed(row, until) for row in rows]

    @staticmethod
    def _due(now: datetime, kinds: Sequence[str], skip: Sequence[str], only: Sequence[str], waits_for: str) -> sa.Select[Any]:
        at = now.isoformat()
        where = [promises.c.kind.in_(kinds), promises.c.wake_at <= at, promises.c.waits_for == waits_for,
                 sa.or_(promises.c.not_after >= at, promises.c.state.not_in(NEVER_UNDER_WAY))]
        if skip:
            where.append(promises.c.name.not_in(skip))
        if only:
            where.append(promises.c.name.in_(only))
        return sa.select(promises).where(*where).order_by(promises.c.priority, promises.c.due_at, promises.c.created_at,
                                                          promises.c.key)

    def _claimed(self, row: Mapping[str, Any], until: datetime) -> Claimed:
        started = row["started_at"]
        return Claimed(row["key"], row["kind"], row["name"], opened(self._db.box, row["payload"], PAYLOAD), row["state"],
                       row["attempt"], row["fence"] + 1, datetime.fromisoformat(row["not_after"]),
                       datetime.fromisoformat(row["created_at"]), until, datetime.fromisoformat(row["due_at"]),
                       row["call_id"], row["reference"], datetime.fromisoformat(started) if started else None,
                       opened(self._db.box, row["progress"], PROGRESS), row["waits_for"])

    def start(self, claimed: Claimed, now: datetime) -> None:
        """On disk before the provider is asked."""
        with self._db.write(durable=True) as connection:
            self.move(connection, claimed, "sending", now, attempt=claimed.attempt + 1, started_at=now.isoformat())

    def mark_tried(self, claimed: Claimed, now: datetime) -> None:
        """The provider is asked anew for what is certain not to have gone out; on disk before it is."""
        with self._db.write(durable=True) as connection:
            self.move(connection, claimed, "sending", now, note="tried again", started_at=now.isoformat())

    # -- finishing ----------------------------------------------------------------------------------------------

    def finish(self, claimed: Claimed, state: str, now: datetime, *, note: str = "", due_at: datetime | None = None,
               provider_id: str | None = None) -> None:
        """Raises Conflict when another worker has taken it over."""
        if self.finish_all([Finish(claimed, state, note, due_at, provider_id)], now):
            raise Conflict(f"promise {claimed.key!r} was taken over by another worker")

    def finish_all(self, finishes: Sequence[Finish], now: datetime) -> list[Claimed]:
        """All in one commit. What another worker has taken over meanwhile is left alone and returned."""
        if not finishes:
            return []
        with self._db.write(durable=True) as connection:
            found = {row[0]: row for row in connection.execute(
                sa.select(promises.c.key, promises.c.state, promises.c.fence)
                .where(promises.c.key.in_([f.claimed.key for f in finishes])).with_for_update())}
            mine = [f for f in finishes if f.claimed.key in found and found[f.claimed.key][2] == f.claimed.fence]
            for each in mine:
                _check(found[each.claimed.key][1], each.state)
            if mine:
                known = self._with_reports(connection, mine)
                connection.execute(_FINISH, [_finish_values(f, now) for f in known])
                self.note(connection, [(f.claimed.key, f.state, f.note) for f in known], now)
        return [f.claimed for f in finishes if f not in mine]

    @staticmethod
    def _with_reports(connection: sa.Connection, finishes: Sequence[Finish]) -> list[Finish]:
        """What was sent and is lost already: the carrier's report came before the id was written down, with these rows locked."""
        gone = lost(connection, [f.provider_id for f in finishes if f.state == "done" and f.provider_id])
        return [replace(f, state="failed", note=gone[f.provider_id]) if f.state == "done" and f.provider_id in gone else f
                for f in finishes]

    def move(self, connection: sa.Connection, claimed: Claimed, state: str, now: datetime, *, note: str = "",
             progress: Mapping[str, Any] | None = None, **values: Any) -> None:
        """A step of a claimed promise within a transaction of the caller's."""
        row = connection.execute(sa.select(promises.c.state, promises.c.fence).where(promises.c.key == claimed.key)
                                 .with_for_update()).first()
        if row is None or row[1] != claimed.fence:
            raise Conflict(f"promise {claimed.key!r} was taken over by another worker")
        if row[0] != state:
            _check(row[0], state)
        if progress is not None:
            values["progress"] = self._db.box.seal(orjson.dumps(dict(progress)), PROGRESS)
        connection.execute(promises.update().where(promises.c.key == claimed.key)
                           .values(state=state, updated_at=now.isoformat(), **values))
        if note or row[0] != state:
            self.note(connection, [(claimed.key, state, note)], now)

    def expire(self, now: datetime, kinds: Sequence[str]) -> list[tuple[str, str]]:
        """What was not kept in time, and never was under way, ends here; (key, kind) of each, for a loud log."""
        at = now.isoformat()
        late = sa.select(promises.c.key, promises.c.kind, promises.c.state).where(
            promises.c.kind.in_(kinds), promises.c.wake_at <= at, promises.c.not_after < at, promises.c.state.in_(NEVER_UNDER_WAY))
        with self._db.read() as connection:
            if connection.execute(late.limit(1)).first() is None:
                return []
        with self._db.write(durable=True) as connection:
            rows = connection.execute(late.limit(500).with_for_update(skip_locked=True)).all()
            connection.execute(promises.update().where(promises.c.key.in_([r[0] for r in rows])).values(
                state="expired", wake_at=None, lease_owner=None, lease_until=None, updated_at=at, last_error="not in time"))
            self.note(connection, [(r[0], "expired", "not in time") for r in rows], now)
        return [(r[0], r[1]) for r in rows]

    def adopt(self, now: datetime) -> int:
        """Rows that an older program wrote have no time to be looked at; give them one. How many there were."""
        with self._db.write() as connection:
            waiting = connection.execute(promises.update().where(promises.c.wake_at.is_(None), promises.c.state.in_(
                (*CLAIMABLE, "sending"))).values(wake_at=promises.c.due_at))
            calls = connection.execute(promises.update().where(promises.c.kind == "callback", promises.c.state == "open",
                                                               promises.c.progress.is_(None))
                                       .values(state="waiting", wake_at=now.isoformat(), updated_at=now.isoformat()))
            return waiting.rowcount + calls.rowcount

    def report(self, provider_id: str, state: str, now: datetime, note: str, key: str = "") -> bool:
        """A later word of the provider about something it accepted; late and repeated reports change nothing. `key` finds the row
        whose id is being written down at this moment: either this waits for it, or that finds what was reported."""
        with self._db.write() as connection:
            row = connection.execute(sa.select(promises.c.key, promises.c.state, promises.c.provider_id).where(
                promises.c.key == key if key else promises.c.provider_id == provider_id).with_for_update()).first()
            # In any other state something else is under way than what the report is about.
            if row is None or row[2] != provider_id or row[1] != "done" or not may_go(row[1], state):
                return False
            connection.execute(promises.update().where(promises.c.key == row[0])
                               .values(state=state, updated_at=now.isoformat(), last_error=note))
            self.note(connection, [(row[0], state, note)], now)
            return True

    # -- looking ------------------------------------------------------------------------------------------------

    def get(self, key: str) -> dict[str, Any] | None:
        return next(iter(self._rows(promises.c.key == key)), None)

    def of_call(self, call_id: str) -> list[dict[str, Any]]:
        return self._rows(promises.c.call_id == call_id)

    def all(self) -> list[dict[str, Any]]:
        return self._rows(sa.true())

    def _rows(self, where: Any) -> list[dict[str, Any]]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(promises).where(where).order_by(promises.c.created_at, promises.c.key)).mappings().all()
        return [opened_row(self._db.box, row) for row in rows]

    @staticmethod
    def note(connection: sa.Connection, entries: Sequence[tuple[str, str, str]], now: datetime) -> None:
        """(key, state, note) into the history; never with personal data."""
        if entries:
            _NOTE.on(connection, *({"key": key, "at": now.isoformat(), "state": state, "note": note[:255]} for key, state, note in entries))


_INSERT = PreparedUpsert(promises, ("key", "kind", "name", "call_id", "reference", "payload", "payload_digest", "priority", "due_at",
                                    "not_after", "state", "wake_at", "waits_for", "attempt", "fence", "created_at", "updated_at"),
                         lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]))
_CONTACT = PreparedUpsert(promise_contacts, ("contact_index", "key"), lambda insert: insert.on_conflict_do_nothing())
_NOTE = Prepared(promise_history.insert(), ("key", "at", "state", "note"))
_FINISH = promises.update().where(promises.c.key == sa.bindparam("p_key")).values(
    state=sa.bindparam("p_state"), wake_at=sa.bindparam("p_wake"), due_at=sa.bindparam("p_due"), lease_owner=None, lease_until=None,
    last_error=sa.bindparam("p_error"), updated_at=sa.bindparam("p_now"), attempt=promises.c.attempt - sa.bindparam("p_untried"),
    provider_id=sa.func.coalesce(sa.bindparam("p_provider", type_=sa.String), promises.c.provider_id))


def _finish_values(f: Finish, now: datetime) -> dict[str, Any]:
    due = f.due_at or f.claimed.due_at
    return {"p_key": f.claimed.key, "p_state": f.state, "p_wake": due.isoformat() if f.state in CLAIMABLE else None,
            "p_due": due.isoformat(), "p_error": f.note or None, "p_now": now.isoformat(), "p_provider": f.provider_id,
            "p_untried": int(f.untried)}


def _check(old: str, new: str) -> None:
    if old != new and not may_go(old, new):
        raise Bug(f"a promise may not go from {old!r} to {new!r}")
