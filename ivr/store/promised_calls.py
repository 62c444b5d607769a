"""Whether somebody who wants no more texts still waits for a call of ours: the one confirmation says that it stays."""

from __future__ import annotations

import sqlalchemy as sa

from ivr.contact.states import FINAL
from ivr.store.db import Database
from ivr.store.schema_promises import promise_contacts, promises


def awaits_call(db: Database, number: str) -> bool:
    with db.read() as connection:
        return connection.execute(sa.select(promises.c.key).join(promise_contacts, promise_contacts.c.key == promises.c.key).where(
            promise_contacts.c.contact_index == db.box.index(number, "promise_contacts"), promises.c.kind == "callback",
            promises.c.state.not_in(FINAL)).limit(1)).first() is not None
