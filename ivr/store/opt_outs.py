"""Opt-outs as older versions kept them, in the clear: taken over once into the record of consent, sealed, and removed there.

Called at start. Nobody who said STOP to an older version may hear from a newer one.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ivr.store.consent import Consents, Entry
from ivr.store.db import Database
from ivr.store.schema_contact import opt_outs

_SOURCES = {"sms_stop": "sms", "provider": "provider"}


def take_over(db: Database) -> int:
    """How many there were."""
    with db.read() as connection:
        if connection.execute(sa.select(opt_outs.c.address).limit(1)).first() is None:
            return 0
    consents = Consents(db)
    with db.write(durable=True) as connection:
        rows = connection.execute(sa.select(opt_outs)).mappings().all()
        for row in rows:
            entry = Entry(row["address"], row["channel"], "revoked", _SOURCES.get(row["source"], "sms"))
            consents.note(connection, entry, datetime.fromisoformat(row["since"]))
        connection.execute(opt_outs.delete())
    return len(rows)
