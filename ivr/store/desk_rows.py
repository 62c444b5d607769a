"""What staff noted as rows: how a conversation ended, what was done about a promise, and which promises there are to work on.

Words of staff are sealed: they may name somebody. Writes take the connection of the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.promise_rows import opened_row
from ivr.store.schema import calls
from ivr.store.schema_desk import promise_notes, wrap_ups
from ivr.store.schema_promises import promise_contacts, promises
from ivr.store.schema_shared import persons

_WRAP_UP, _NOTE = "wrap_ups.note", "promise_notes.note"


@dataclass(frozen=True, slots=True)
class Noted:
    """What a member of staff wrote down."""

    agent: str
    disposition: str
    note: Sensitive = field(repr=False)
    at: str = ""


class DeskRows:
    def __init__(self, db: Database):
        self._db = db

    # -- conversations ------------------------------------------------------------------------------------------

    def wrap_up(self, connection: sa.Connection, call_id: str, noted: Noted, now: datetime) -> bool:
        """False when this is what the same agent wrote last about this call: a second click is no second entry."""
        last = next((n for n in reversed(self.wrap_ups_on(connection, call_id)) if n.agent == noted.agent), None)
        if last is not None and (last.disposition, last.note.reveal()) == (noted.disposition, noted.note.reveal()):
            return False
        connection.execute(wrap_ups.insert(), {"call_id": call_id, **self._row(noted, _WRAP_UP, now)})
        return True

    def wrap_ups_on(self, connection: sa.Connection, call_id: str) -> list[Noted]:
        """Oldest first."""
        rows = connection.execute(sa.select(wrap_ups).where(wrap_ups.c.call_id == call_id).order_by(wrap_ups.c.seq)).mappings()
        return [self._noted(row, _WRAP_UP) for row in rows]

    def dispositions(self, call_ids: Iterable[str]) -> dict[str, str]:
        """call -> what was written last about it."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(wrap_ups.c.call_id, wrap_ups.c.disposition)
                                      .where(wrap_ups.c.call_id.in_(list(call_ids))).order_by(wrap_ups.c.seq)).all()
        return {row[0]: row[1] for row in rows}

    def calls_before(self, call_id: str, person: str, limit: int) -> list[tuple[str, str]]:
        """(call, when it began) of other calls in which this person's hash stands, newest first."""
        wanted = (sa.select(calls.c.call_id, calls.c.created_at).join(persons, persons.c.call_id == calls.c.call_id)
                  .where(persons.c.person == person, calls.c.call_id != call_id).order_by(calls.c.created_at.desc()).limit(limit))
        with self._db.read() as connection:
            return [(row[0], row[1]) for row in connection.execute(wanted).all()]

    # -- promises -----------------------------------------------------------------------------------------------

    def to_work_on(self, kinds: Sequence[str], states: Sequence[str], limit: int) -> list[dict[str, Any]]:
        """Urgent ones first, then in the order in which they were promised."""
        wanted = (sa.select(promises).where(promises.c.kind.in_(kinds), promises.c.state.in_(states))
                  .order_by(promises.c.priority, promises.c.created_at, promises.c.key).limit(limit))
        with self._db.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [opened_row(self._db.box, row) for row in rows]

    def belongs_to(self, connection: sa.Connection, key: str, contact: str) -> bool:
        """Whether the promise is found by this number or address."""
        index = self._db.box.index(contact, "promise_contacts")
        return connection.execute(sa.select(promise_contacts.c.key).where(
            promise_contacts.c.key == key, promise_contacts.c.contact_index == index)).first() is not None

    def note_promise(self, connection: sa.Connection, key: str, noted: Noted, now: datetime) -> None:
        connection.execute(promise_notes.insert(), {"key": key, **self._row(noted, _NOTE, now)})

    def notes_on(self, connection: sa.Connection, key: str) -> list[Noted]:
        """Oldest first."""
        rows = connection.execute(sa.select(promise_notes).where(promise_notes.c.key == key).order_by(promise_notes.c.seq)).mappings()
        return [self._noted(row, _NOTE) for row in rows]

    # -- parts --------------------------------------------------------------------------------------------------

    def _row(self, noted: Noted, context: str, now: datetime) -> dict[str, Any]:
        return {"agent": noted.agent[:64], "disposition": noted.disposition, "at": now.isoformat(),
                "note": self._db.box.seal(noted.note.reveal().encode(), context)}

    def _noted(self, row: Any, context: str) -> Noted:
        return Noted(row["agent"], row["disposition"], Sensitive(self._db.box.open(bytes(row["note"]), context).decode()), row["at"])
