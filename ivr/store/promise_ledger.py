"""The ledger as people look at it and act on it: lists, counts, history; cancel, retry, hold, release.

Every act is one move of the table of states and one line of history, with who did it. What a worker is in the middle of is
not touched: the fence of an act makes the worker's own finish a conflict. Called by the commands, the API, and the desk of
callbacks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.contact.states import CANCELLABLE, CLAIMABLE, FINAL, HOLDABLE, RETRIABLE, may_go, released
from ivr.errors import Conflict, IvrError
from ivr.store.db import Database
from ivr.store.promise_rows import PROGRESS, opened_row
from ivr.store.promises import Promises
from ivr.store.schema_promises import promise_contacts, promise_history, promises

MAX_LISTED = 500
Deed = Callable[[sa.Connection, str, str], None]
"""(connection, state before, state after)"""


class NotFound(IvrError):
    """No such promise."""

    code = "not_found"


class NotNow(Conflict):
    """The act does not fit the state that the promise is in."""

    code = "state"


class PromiseLedger:
    def __init__(self, db: Database):
        self._db, self._promises = db, Promises(db)

    # -- looking ------------------------------------------------------------------------------------------------

    def listed(self, *, kind: str = "", state: str = "", call_id: str = "", limit: int = 100) -> list[dict[str, Any]]:
        """Newest first."""
        where = [c == v for c, v in ((promises.c.kind, kind), (promises.c.state, state), (promises.c.call_id, call_id)) if v]
        wanted = sa.select(promises).where(*where).order_by(promises.c.created_at.desc(), promises.c.key)
        with self._db.read() as connection:
            rows = connection.execute(wanted.limit(min(limit, MAX_LISTED))).mappings().all()
        return [opened_row(self._db.box, r) for r in rows]

    def find(self, name: str) -> dict[str, Any]:
        """By key, or by the reference number that callers were told. Raises NotFound."""
        where = sa.or_(promises.c.key == name, sa.and_(promises.c.reference == name.upper().replace("-", ""), promises.c.reference != ""))
        with self._db.read() as connection:
            row = connection.execute(sa.select(promises).where(where)).mappings().first()
        if row is None:
            raise NotFound("there is no such promise", hint="ivr promises list shows keys and reference numbers")
        return opened_row(self._db.box, row)

    def of_contact(self, contact: str, kinds: Sequence[str]) -> list[dict[str, Any]]:
        """Promises of these kinds that this number or address belongs to, newest first."""
        index = self._db.box.index(contact, "promise_contacts")
        wanted = (sa.select(promises).join(promise_contacts, promise_contacts.c.key == promises.c.key)
                  .where(promise_contacts.c.contact_index == index, promises.c.kind.in_(kinds))
                  .order_by(promises.c.created_at.desc()).limit(20))
        with self._db.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [opened_row(self._db.box, r) for r in rows]

    def history(self, key: str) -> list[dict[str, str]]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(promise_history.c.at, promise_history.c.state, promise_history.c.note)
                                      .where(promise_history.c.key == key).order_by(promise_history.c.at)).mappings().all()
        return [dict(r) for r in rows]

    def counts(self) -> dict[tuple[str, str], int]:
        """(kind, state) -> how many."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(promises.c.kind, promises.c.state, sa.func.count())
                                      .group_by(promises.c.kind, promises.c.state)).all()
        return {(kind, state): n for kind, state, n in rows}

    def oldest_due(self) -> datetime | None:
        """Since when the promise has been due that waits longest for a worker."""
        with self._db.read() as connection:
            at = connection.execute(sa.select(sa.func.min(promises.c.due_at)).where(promises.c.state.in_(("due", "retry", "unknown")))
                                    ).scalar()
        return datetime.fromisoformat(at) if at else None

    def overdue(self, now: datetime) -> int:
        """Promises that are past their deadline and not over."""
        with self._db.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(promises).where(
                promises.c.not_after < now.isoformat(), promises.c.state.not_in(sorted(FINAL)))).scalar() or 0

    # -- acting -------------------------------------------------------------------------------------------------

    def cancel(self, key: str, now: datetime, by: str, deed: Deed | None = None) -> None:
        self._act(key, "cancelled", CANCELLABLE, now, f"cancelled by {by}", deed)

    def retry(self, key: str, now: datetime, by: str, not_after: datetime | None = None, deed: Deed | None = None) -> None:
        """Take up again what was parked; a new deadline where the old one has passed. A callback begins its rounds anew."""
        row = self.find(key)
        state = "waiting" if row["kind"] == "callback" else "retry"
        values: dict[str, Any] = {"due_at": now.isoformat()}
        if not_after is not None:
            values["not_after"] = not_after.isoformat()
        if row["kind"] == "callback":
            fresh = {k: v for k, v in row["progress"].items() if k in ("numbers", "window")}
            values["progress"] = self._db.box.seal(orjson.dumps(fresh), PROGRESS)
        self._act(key, state, RETRIABLE, now, f"taken up again by {by}", deed, **values)

    def release(self, key: str, now: datetime, by: str, deed: Deed | None = None) -> None:
        """Let go of what is held after a restore."""
        row = self.find(key)
        self._act(key, released(row["held_from"] or "open"), frozenset({"held"}), now, f"released by {by}", deed, held_from=None)

    def done(self, key: str, now: datetime, by: str, deed: Deed | None = None) -> None:
        """People have kept it: a service request was answered."""
        self._act(key, "done", frozenset({"open"}), now, f"done by {by}", deed)

    def hold_due(self, now: datetime) -> int:
        """After a restore: whatever has fallen due or was under way waits for a person. How many there are."""
        with self._db.write(durable=True) as connection:
            return self.hold_due_within(connection, now)

    def hold_due_within(self, connection: sa.Connection, now: datetime) -> int:
        """As `hold_due`, within the transaction that restores: nobody may see the rows before they are held."""
        at = now.isoformat()
        which = sa.and_(promises.c.state.in_(sorted(HOLDABLE)), promises.c.state != "open", sa.or_(
            promises.c.wake_at <= at, promises.c.due_at <= at, promises.c.state.in_(("sending", "calling", "unknown"))))
        keys = connection.execute(sa.select(promises.c.key).where(which)).scalars().all()
        connection.execute(promises.update().where(which).values(
            state="held", held_from=promises.c.state, wake_at=None, lease_owner=None, lease_until=None,
            fence=promises.c.fence + 1, updated_at=at))
        self._promises.note(connection, [(k, "held", "held after a restore") for k in keys], now)
        return len(keys)

    def _act(self, key: str, state: str, allowed: frozenset[str], now: datetime, note: str, deed: Deed | None,
             **values: Any) -> None:
        """`deed`: what else belongs to it, in the same transaction."""
        with self._db.write(durable=True) as connection:
            row = connection.execute(sa.select(promises.c.state, promises.c.due_at).where(promises.c.key == key)
                                     .with_for_update()).first()
            if row is None:
                raise NotFound("there is no such promise")
            if row[0] not in allowed or not may_go(row[0], state):
                raise NotNow(f"a promise that is {row[0]} cannot become {state}")
            due = values.get("due_at", row[1])
            connection.execute(promises.update().where(promises.c.key == key).values(
                **{"state": state, "wake_at": due if state in CLAIMABLE else None, "lease_owner": None, "lease_until": None,
                   "fence": promises.c.fence + 1, "updated_at": now.isoformat(), **values}))
            self._promises.note(connection, [(key, state, note)], now)
            if deed is not None:
                deed(connection, row[0], state)
