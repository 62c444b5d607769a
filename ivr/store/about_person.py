"""Everything that is kept about one person: shown on request, deleted on request.

A person is a few numbers, addresses or case numbers in any spelling. What is found: every call in which one of them was said or
seen, what was promised to them, and what they said about being written to. Called by `ivr data export` and `ivr data erase`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.contact.states import FINAL
from ivr.store.calls import BODY, STATE
from ivr.store.data_log import DataLog
from ivr.store.db import Database
from ivr.store.desk_rows import DeskRows, Noted
from ivr.store.persons import Persons, identifier
from ivr.store.retention import OF_A_CALL, OF_A_PROMISE, delete_along
from ivr.store.schema import calls, events
from ivr.store.schema_contact import consents, links
from ivr.store.schema_promises import callback_calls, promise_contacts, promise_history, promises
from ivr.store.text_rows import TextRows


@dataclass(slots=True)
class Erased:
    calls: int = 0
    promises: int = 0
    rows: int = 0
    """All rows of all tables together."""
    stays: list[str] = field(default_factory=list)
    """What was left and why, one sentence each; without personal data."""


class AboutPerson:
    def __init__(self, db: Database, forget_session: Callable[[str], None] = lambda call_id: None):
        """`forget_session` removes the copy of a live session from where it is cached."""
        self._db, self._persons, self._forget = db, Persons(db), forget_session

    def export(self, values: Sequence[str], now: datetime) -> dict[str, Any]:
        """As JSON, opened. Made an entry of in the data log."""
        forms, box = _forms(values), self._db.box
        with self._db.read() as connection:
            call_ids, keys = self._found(connection, forms)
            out = {"calls": [self._call(connection, c) for c in call_ids], "promises": [self._promise(connection, k) for k in keys],
                   "consent": [_opened(box, r, "consents", "address") for r in connection.execute(
                       sa.select(consents).where(self._consents(forms)).order_by(consents.c.seq)).mappings()]}
        with self._db.write(durable=True) as connection:
            DataLog(self._db).note(connection, "exported", "one person", len(call_ids) + len(keys), now)
        return out

    def erase(self, values: Sequence[str], now: datetime, why: str = "") -> Erased:
        """In one transaction, with its proof. What is still to be done for the person, and their word on being written to, stay."""
        forms, out = _forms(values), Erased()
        with self._db.write(durable=True) as connection:
            call_ids, keys = self._found(connection, forms)
            live = set(connection.execute(sa.select(calls.c.call_id).where(calls.c.call_id.in_(call_ids), calls.c.status != "ended",
                                                                           calls.c.updated_at > _hour_before(now))).scalars())
            gone = sorted(set(call_ids) - live)
            over = list(connection.execute(sa.select(promises.c.key).where(promises.c.key.in_(keys), promises.c.state.in_(sorted(FINAL))))
                        .scalars())
            out.calls, out.promises = len(gone), len(over)
            out.rows = (delete_along(connection, ("calls.call_id", *OF_A_CALL), gone)
                        + delete_along(connection, ("promises.key", *OF_A_PROMISE), over) + self._links(connection, forms, over))
            out.stays = self._staying(connection, forms, len(live), len(keys) - len(over))
            DataLog(self._db).note(connection, "erased", "one person", out.rows, now, why)
        for call_id in gone:
            self._forget(call_id)
        return out

    # -- finding ------------------------------------------------------------------------------------------------

    def _found(self, connection: sa.Connection, forms: Sequence[str]) -> tuple[list[str], list[str]]:
        """Calls and promises. A call that was made to keep a promise belongs to whom it was promised, and what was promised in it too."""
        call_ids = set(self._persons.calls_of(forms))
        while True:
            keys = self._promises_of(connection, forms, call_ids)
            more = call_ids | self._calls_for(connection, keys)
            if more == call_ids:
                return sorted(call_ids), keys
            call_ids = more

    def _promises_of(self, connection: sa.Connection, forms: Sequence[str], call_ids: Collection[str]) -> list[str]:
        """By the numbers and addresses of the promise, and by the calls in which it was made."""
        hashes = [self._db.box.index(f, "promise_contacts") for f in forms]
        wanted = sa.or_(promises.c.call_id.in_(call_ids),
                        promises.c.key.in_(sa.select(promise_contacts.c.key).where(promise_contacts.c.contact_index.in_(hashes))))
        return list(connection.execute(sa.select(promises.c.key).where(wanted).order_by(promises.c.key)).scalars())

    @staticmethod
    def _calls_for(connection: sa.Connection, keys: Sequence[str]) -> set[str]:
        """Those that somebody waited in at our own desk; of the others there is nothing but a line in the ledger."""
        wanted = sa.select(calls.c.call_id).join(callback_calls, callback_calls.c.call_sid == calls.c.call_id)
        return set(connection.execute(wanted.where(callback_calls.c.key.in_(keys))).scalars())

    def _consents(self, forms: Sequence[str]) -> sa.ColumnElement[bool]:
        return consents.c.address_index.in_([self._db.box.index(f.lower(), "consents.address") for f in forms])

    # -- showing ------------------------------------------------------------------------------------------------

    def _call(self, connection: sa.Connection, call_id: str) -> dict[str, Any]:
        lines = TextRows(self._db).all_on(connection, call_id)
        row = connection.execute(sa.select(calls).where(calls.c.call_id == call_id)).mappings().first()
        log = connection.execute(sa.select(events).where(events.c.call_id == call_id).order_by(events.c.seq)).mappings()
        state = orjson.loads(self._db.box.open(row["state"], STATE)) if row else None
        return {"call_id": call_id, "began": row["created_at"] if row else None, "state": state,
                "events": [{"seq": e["seq"], "at": e["at"], "event": orjson.loads(self._db.box.open(e["body"], BODY))} for e in log],
                **({"lines": [{"at": x.at, "who": x.who, "text": x.text} for x in lines]} if lines else {}),
                **_notes("wrap_ups", DeskRows(self._db).wrap_ups_on(connection, call_id))}

    def _promise(self, connection: sa.Connection, key: str) -> dict[str, Any]:
        row = dict(connection.execute(sa.select(promises).where(promises.c.key == key)).mappings().one())
        for column in ("payload", "progress"):
            row[column] = orjson.loads(self._db.box.open(row[column], f"promises.{column}")) if row[column] else None
        history = connection.execute(sa.select(promise_history).where(promise_history.c.key == key).order_by(promise_history.c.at))
        return {**{k: v for k, v in row.items() if k != "payload_digest"}, "history": [dict(h) for h in history.mappings()],
                **_notes("notes", DeskRows(self._db).notes_on(connection, key))}

    # -- deleting -----------------------------------------------------------------------------------------------

    def _links(self, connection: sa.Connection, forms: Sequence[str], keys: Sequence[str]) -> int:
        """Their subjects are sealed and nothing finds them, but there are few: they end by themselves after days."""
        wanted = {*forms, *keys}
        found = [digest for digest, subject in connection.execute(sa.select(links.c.digest, links.c.subject))
                 if self._db.box.open(subject, "links.subject").decode() in wanted]
        return delete_along(connection, ("links.digest",), found)

    def _staying(self, connection: sa.Connection, forms: Sequence[str], live: int, open_promises: int) -> list[str]:
        words = connection.execute(sa.select(sa.func.count()).where(self._consents(forms))).scalar_one()
        said = [(live, "{} call is going on: erase again when it is over"),
                (open_promises, "{} promise is still to be kept: cancel it first (ivr promises cancel), or erase again when it is over"),
                (words, "{} entry on being written to stays, so that a no is honoured")]
        return [text.format(count) for count, text in said if count]


def _forms(values: Sequence[str]) -> list[str]:
    """Each value in the form it is looked up by, and as it was given: an address may have been kept with its capitals."""
    return [form for v in values if (found := identifier(v)) is not None for form in dict.fromkeys((found[1], v.strip()))]


def _notes(name: str, notes: list[Noted]) -> dict[str, Any]:
    """What staff wrote down is about the person too."""
    told = [{"at": n.at, "agent": n.agent, "disposition": n.disposition, "note": n.note.reveal()} for n in notes]
    return {name: told} if told else {}


def _opened(box: Any, row: Any, table: str, column: str) -> dict[str, Any]:
    return {**row, column: box.open(row[column], f"{table}.{column}").decode()}


def _hour_before(now: datetime) -> str:
    return (now.astimezone(UTC) - timedelta(hours=1)).isoformat()
