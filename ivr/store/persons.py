"""Whom a call is about, as keyed hashes: what finds everything about one person without storing whom it is about in the clear.

Written in the transaction of the turn in which a number, an address or a case number was first said. Called by `runtime.turn_record`,
by whoever writes a promise that names somebody new, and by export and erasure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from ivr.dialog.session import Session
from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.schema_shared import persons

_KINDS = {
    "receipt": re.compile(r"[A-Z]{3}\d{10}"),
    "alien": re.compile(r"A\d{7,9}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "phone": re.compile(r"\+\d{7,15}"),
}
_NOTE = sa.text("INSERT INTO persons (person, kind, call_id, since) VALUES (:person, :kind, :call_id, :since) "
                "ON CONFLICT (person, call_id) DO NOTHING")


def identifier(value: str) -> tuple[str, str] | None:
    """(kind, the one form it is looked up by), or None for what identifies nobody."""
    plain = value.strip()
    squeezed = re.sub(r"[\s().-]", "", plain).upper()
    for kind, form in (("receipt", squeezed), ("alien", squeezed), ("phone", squeezed), ("email", plain.lower())):
        if _KINDS[kind].fullmatch(form):
            return kind, form
    return None


def identifiers_of(session: Session) -> set[tuple[str, str]]:
    handed = session.transfer.context.values() if session.keeps and session.transfer else ()
    values = [v for v in (session.caller_number, session.email, *session.slots.values(), *map(Sensitive, handed)) if v is not None]
    return {found for v in values if (found := identifier(v.reveal())) is not None}


class Persons:
    def __init__(self, db: Database):
        self._db = db

    def index(self, value: str) -> str | None:
        """The hash of a number, an address or a case number in any spelling; None when it is none."""
        found = identifier(value)
        return self._db.box.index(":".join(found), "persons.person") if found else None

    def note_turn(self, connection: sa.Connection, old: Session | None, new: Session, now: datetime) -> None:
        """What this turn brought to light. Costs nothing in a turn that brought nothing."""
        if old is not None and old.slots == new.slots and old.email == new.email:
            return
        known = identifiers_of(old) if old is not None else set()
        self._note(connection, identifiers_of(new) - known, new.call_id, now)

    def note(self, connection: sa.Connection, values: Iterable[str], call_id: str, now: datetime) -> None:
        """Values from elsewhere than the call itself, such as a number that was changed on a page."""
        self._note(connection, {found for v in values if (found := identifier(v)) is not None}, call_id, now)

    def calls_of(self, values: Iterable[str]) -> list[str]:
        """Every call in which one of these values occurs."""
        wanted = [i for v in values if (i := self.index(v)) is not None]
        with self._db.read() as connection:
            return list(connection.execute(sa.select(persons.c.call_id).where(persons.c.person.in_(wanted)).distinct()
                                           .order_by(persons.c.call_id)).scalars())

    def _note(self, connection: sa.Connection, found: Iterable[tuple[str, str]], call_id: str, now: datetime) -> None:
        rows = [{"person": self._db.box.index(f"{kind}:{form}", "persons.person"), "kind": kind, "call_id": call_id,
                 "since": now.isoformat()} for kind, form in sorted(found)]
        if rows:
            connection.execute(_NOTE, rows)
