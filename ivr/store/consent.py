"""Who agreed to what, and who took it back: an append-only record, and the one place that is asked before anything leaves.

A revocation stands until the same address takes it back by the means that lifts it (START by text, the page of the link, or
staff): a later yes in a call is kept as evidence and does not lift it, because the carrier would go on refusing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.store.db import Database
from ivr.store.schema_contact import consents

ALL, NOTICE = "all", "notice"
"""Purposes: everything, or only what we send unasked (notices of callbacks)."""
_CONTEXT = "consents.address"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the record."""

    address: str
    channel: str
    answer: str
    """yes | no | revoked | resumed"""
    source: str
    """voice | key | typed | sms | email | provider | staff"""
    purpose: str = ALL
    wording: str = ""
    wording_hash: str = ""
    language: str = ""
    call_id: str = ""
    confirmed: bool = False
    """A confirmation of this goes out."""
    by: str = ""
    """Who of the staff did it."""


class Consents:
    def __init__(self, db: Database):
        self._db = db

    def note(self, connection: sa.Connection, entry: Entry, now: datetime) -> None:
        """Append, in the caller's transaction."""
        address = normal(entry.address)
        connection.execute(consents.insert(), {
            "address_index": self._db.box.index(address, _CONTEXT),
            "address": self._db.box.seal(address.encode(), _CONTEXT), "channel": entry.channel, "purpose": entry.purpose,
            "answer": entry.answer, "source": entry.source, "wording": entry.wording, "wording_hash": entry.wording_hash,
            "language": entry.language, "call_id": entry.call_id, "confirmed": entry.confirmed, "by": entry.by[:64], "at": now.isoformat()})

    def change(self, entry: Entry, now: datetime) -> bool:
        """Revoke or resume, on disk before anybody is told; False when it was so already, and nothing was written."""
        with self._db.write(durable=True) as connection:
            # Two STOPs at once queue up behind the oldest row of the address, so that one of them is confirmed.
            connection.execute(sa.select(consents.c.seq).where(self._is(entry.address)).order_by(consents.c.seq).limit(1)
                               .with_for_update()).first()
            if self._revoked(connection, entry.address, entry.channel, entry.purpose) == (entry.answer == "revoked"):
                return False
            self.note(connection, entry, now)
            return True

    def revoked(self, address: str, channel: str, purpose: str = ALL) -> bool:
        """Whether nothing may be sent there. Asked when a promise is made and again at the moment of sending."""
        with self._db.read() as connection:
            return self._revoked(connection, address, channel, purpose)

    def _revoked(self, connection: sa.Connection, address: str, channel: str, purpose: str) -> bool:
        found = connection.execute(sa.select(consents.c.answer).where(
            self._is(address), consents.c.channel == channel, consents.c.purpose.in_({ALL, purpose}),
            consents.c.answer.in_(("revoked", "resumed"))).order_by(consents.c.seq.desc()).limit(1)).scalar()
        return found == "revoked"

    def agreed(self, address: str, channel: str) -> bool:
        """Whether the owner said yes to messages there, in some call, and nothing after it took that back."""
        with self._db.read() as connection:
            return connection.execute(sa.select(consents.c.answer).where(self._is(address), consents.c.channel == channel)
                                      .order_by(consents.c.seq.desc()).limit(1)).scalar() in ("yes", "resumed")

    def confirmed_since(self, address: str, channel: str, since: datetime) -> bool:
        """Whether a confirmation went out since then: there is never a second one."""
        with self._db.read() as connection:
            return connection.execute(sa.select(consents.c.seq).where(
                self._is(address), consents.c.channel == channel, consents.c.confirmed, consents.c.at > since.isoformat())
                .limit(1)).first() is not None

    def language_of(self, address: str) -> str:
        """The language this address last dealt with us in; empty when unknown."""
        with self._db.read() as connection:
            return connection.execute(sa.select(consents.c.language).where(self._is(address), consents.c.language != "")
                                      .order_by(consents.c.seq.desc()).limit(1)).scalar() or ""

    def history(self, address: str) -> list[dict[str, Any]]:
        """Every row of this address, oldest first, without the address itself."""
        shown = [c for c in consents.c if c.name not in ("address", "address_index")]
        with self._db.read() as connection:
            rows = connection.execute(sa.select(*shown).where(self._is(address)).order_by(consents.c.seq)).mappings().all()
        return [dict(row) for row in rows]

    def _is(self, address: str) -> Any:
        return consents.c.address_index == self._db.box.index(normal(address), _CONTEXT)


def normal(address: str) -> str:
    """One spelling for one address: numbers are E.164 already, and mail addresses are compared without case."""
    return address.strip().lower()
