"""The audit: what staff did, who, to what, before and after, and why. Only ever appended to, in the transaction of the deed.

Entries are sealed into a chain (`access.chain`) with the key that also keys the look-up hashes, so rotating the keys of the data
leaves it whole. The head is written with every entry, and in the log, where who can write the database cannot reach it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.access.chain import START, Entry, Head, Verdict, head_of, seal_of, verify
from ivr.access.users import text_of
from ivr.errors import ConfigProblem
from ivr.ops import logs
from ivr.store.db import Database
from ivr.store.schema_access import audit, audit_head, users

HEAD = "staff"
PAGE = 500
_DETAIL = "audit.detail"
_FIRST_HEAD = sa.text("INSERT INTO audit_head (name, seq, seal, mark) VALUES (:name, 0, :seal, :mark) ON CONFLICT (name) DO NOTHING")
log = logs.get("audit")


class Audit:
    def __init__(self, db: Database):
        self._db = db

    def note(self, connection: sa.Connection, who: str, act: str, what: str, now: datetime, *, before: Any = None, after: Any = None,
             why: str = "") -> int:
        """In the transaction of the deed, which should be durable: there is no deed without its entry. Gives its number."""
        head = self._locked_head(connection)
        entry = Entry(head.seq + 1, text_of(now), _storable(who, 64), act[:64], _storable(what, 255), before, after, _storable(why, 500))
        seal = seal_of(entry, head.seal, self._mac)
        detail = orjson.dumps({"before": before, "after": after, "why": entry.why})
        connection.execute(audit.insert(), {"seq": entry.seq, "at": entry.at, "who": entry.who, "act": entry.act, "what": entry.what,
                                            "detail": self._db.box.seal(detail, _DETAIL), "seal": seal})
        new = head_of(entry.seq, seal, self._mac)
        connection.execute(audit_head.update().where(audit_head.c.name == HEAD).values(seq=new.seq, seal=new.seal, mark=new.mark))
        log.info("staff did", act=entry.act, head=f"{entry.seq}:{seal}")
        return entry.seq

    def entries(self, *, after: int = 0) -> Iterator[tuple[Entry | None, int, str]]:
        """(entry, its number, its seal) in order of number, as of one moment; None for one that cannot be read any more."""
        with self._db.snapshot() as connection:
            yield from self._entries(connection, after)

    def newest(self, limit: int) -> list[Entry | None]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)).mappings().all()
        return [self._entry(r) for r in rows]

    def head(self) -> str:
        """`SEQ:SEAL`, to be noted somewhere else; empty before the first entry."""
        with self._db.read() as connection:
            head = self._head(connection)
        return f"{head.seq}:{head.seal}" if head else ""

    def verify(self, noted: str = "") -> Verdict:
        """Whether every entry is as it was written. Names the first that was changed, removed or added."""
        with self._db.snapshot() as connection:
            head = self._head(connection)
            staff = connection.execute(sa.select(sa.func.count()).select_from(users)).scalar_one()
            found = verify(self._entries(connection, None), head, self._mac, noted)
        if head is None and staff and found.is_whole:
            return Verdict(0, f"0:{START}", 1, "removed")  # every user was created by an entry
        return found

    # -- parts --------------------------------------------------------------------------------------------------

    def _mac(self, content: str) -> str:
        return self._db.box.index(content, "audit.seal")

    def _entries(self, connection: sa.Connection, after: int | None) -> Iterator[tuple[Entry | None, int, str]]:
        while True:
            query = sa.select(audit).where(*([audit.c.seq > after] if after is not None else [])).order_by(audit.c.seq).limit(PAGE)
            rows = connection.execute(query).mappings().all()
            for row in rows:
                yield self._entry(row), row["seq"], row["seal"]
            if len(rows) < PAGE:
                return
            after = rows[-1]["seq"]

    def _locked_head(self, connection: sa.Connection) -> Head:
        """Whoever appends waits here for whoever appends."""
        empty = head_of(0, START, self._mac)
        connection.execute(_FIRST_HEAD, {"name": HEAD, "seal": empty.seal, "mark": empty.mark})
        head = self._head(connection, lock=True)
        assert head is not None
        return head

    def _head(self, connection: sa.Connection, *, lock: bool = False) -> Head | None:
        query = sa.select(audit_head.c.seq, audit_head.c.seal, audit_head.c.mark).where(audit_head.c.name == HEAD)
        row = connection.execute(query.with_for_update() if lock else query).first()
        return Head(*row) if row else None

    def _entry(self, row: Any) -> Entry | None:
        try:
            detail = json.loads(self._db.box.open(bytes(row["detail"]), _DETAIL))
            return Entry(row["seq"], row["at"], row["who"], row["act"], row["what"], detail["before"], detail["after"], detail["why"])
        except (ConfigProblem, ValueError, KeyError, TypeError, RecursionError):
            return None


def _storable(text: str, most: int) -> str:
    """What every database takes and gives back as it was: no NUL, no half characters of a command line."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")[:most]
