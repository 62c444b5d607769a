"""Short links of ours: random, for one purpose, expiring, with nothing about the person in the address.

Only a keyed hash of the token is stored, so that neither the database nor a backup opens a link. Opening changes nothing:
programs that preview messages follow every link. Expired and unknown look alike to whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ivr.ids import new_token
from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.schema_contact import links

_CONTEXT, _DIGEST = "links.subject", "links.token"
MAX_TOKEN = 64
CALLBACK_LINK = "callback"
"""Purpose of a link under which a promised call can be changed."""


@dataclass(frozen=True, slots=True)
class Link:
    purpose: str
    """unsubscribe | callback ...: what may be done with it, and nothing else."""
    subject: Sensitive
    """What it is about: the key of a promise, or an address."""
    expires_at: datetime


class Links:
    def __init__(self, db: Database):
        self._db = db

    def make(self, connection: sa.Connection, purpose: str, subject_key: str, expires_at: datetime, now: datetime, *,
             token: str = "") -> str:
        """A new token of 192 bits, in the caller's transaction; `token` is one that was made before and is written down now."""
        token = token or new_token()
        box = self._db.box
        connection.execute(links.insert(), {
            "digest": box.index(token, _DIGEST), "purpose": purpose, "subject": box.seal(subject_key.encode(), _CONTEXT),
            "expires_at": expires_at.isoformat(), "created_at": now.isoformat()})
        return token

    def open(self, token: str, now: datetime) -> Link | None:
        """What the token stands for, or None; may be asked any number of times."""
        if not 0 < len(token) <= MAX_TOKEN or not token.isascii():
            return None
        box = self._db.box
        with self._db.read() as connection:
            row = connection.execute(sa.select(links).where(links.c.digest == box.index(token, _DIGEST))).mappings().first()
        if row is None or datetime.fromisoformat(row["expires_at"]) <= now:
            return None
        return Link(row["purpose"], Sensitive(box.open(row["subject"], _CONTEXT).decode()),
                    datetime.fromisoformat(row["expires_at"]))

    def forget_expired(self, connection: sa.Connection, now: datetime) -> int:
        """For the purge job: how many were removed."""
        return connection.execute(links.delete().where(links.c.expires_at <= now.isoformat())).rowcount
