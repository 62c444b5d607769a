"""Conversations in writing as rows: whose they are and what was said. Words are sealed; tokens and numbers are keyed hashes.

A line is written under the key of what made it, so that a repetition, or a second process that does the same work, adds nothing.
Called by `runtime.text_session` only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.errors import Conflict
from ivr.store.db import Database
from ivr.store.schema_text import reveals, text_lines, text_sessions

_BODY, _REST, _REASON = "text_lines.body", "text_sessions.rest", "reveals.reason"
_TOKEN, _NUMBER = "text_sessions.digest", "text_sessions.address_index"
TRIES = 5
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class NewLine:
    key: str
    who: str
    """system | caller | agent | note"""
    text: str = field(repr=False)
    choices: tuple[tuple[str, str], ...] = ()
    """(what is typed, what is shown) of each answer that can be chosen."""
    language: str = ""
    prompt: str = ""
    """Key of the prompt that these words are, where they are one. Not stored."""


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    key: str
    who: str
    text: str = field(repr=False)
    choices: tuple[tuple[str, str], ...]
    language: str
    at: str


@dataclass(frozen=True, slots=True)
class TextRow:
    call_id: str
    channel: str
    heard_at: datetime
    noticed_at: datetime | None
    over: bool
    rest: str = field(repr=False, default="")


class TextRows:
    def __init__(self, db: Database):
        self._db = db

    # -- whose ----------------------------------------------------------------------------------------------------

    def begin(self, call_id: str, channel: str, now: datetime, *, token: str = "", number: str = "") -> None:
        """Nothing when it has begun already."""
        values = {"call_id": call_id, "channel": channel, "digest": self._digest(token) if token else None,
                  "address_index": self._db.box.index(number, _NUMBER) if number else None, "heard_at": now.isoformat(),
                  "over": False, "created_at": now.isoformat()}
        try:
            with self._db.write() as connection:
                connection.execute(text_sessions.insert(), values)
        except sa.exc.IntegrityError:
            return

    def by_token(self, token: str) -> TextRow | None:
        return self._one(text_sessions.c.digest == self._digest(token))

    def by_call(self, call_id: str) -> TextRow | None:
        return self._one(text_sessions.c.call_id == call_id)

    def by_number(self, number: str, since: datetime) -> TextRow | None:
        """The conversation with this number that goes on."""
        return self._one(text_sessions.c.address_index == self._db.box.index(number, _NUMBER), sa.not_(text_sessions.c.over),
                         text_sessions.c.heard_at >= since.isoformat())

    def of_number(self, number: str) -> list[str]:
        """Every conversation with this number that is not over, however quiet."""
        with self._db.read() as connection:
            return list(connection.execute(sa.select(text_sessions.c.call_id).where(
                text_sessions.c.address_index == self._db.box.index(number, _NUMBER), sa.not_(text_sessions.c.over))).scalars())

    def quiet(self, channel: str, since: datetime, limit: int = 200) -> list[TextRow]:
        """Those that go on, wait for nobody, and of whom nothing was heard since then, the quietest first."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(text_sessions).where(
                text_sessions.c.channel == channel, sa.not_(text_sessions.c.over), sa.not_(text_sessions.c.handed),
                text_sessions.c.heard_at < since.isoformat())
                .order_by(text_sessions.c.heard_at).limit(limit)).mappings().all()
        return [self._row(r) for r in rows]

    def heard(self, call_id: str, now: datetime) -> None:
        self._change(call_id, heard_at=now.isoformat(), noticed_at=None)

    def noticed(self, call_id: str, now: datetime) -> None:
        self._change(call_id, noticed_at=now.isoformat())

    def keep_rest(self, call_id: str, text: str) -> None:
        self._change(call_id, rest=self._db.box.seal(text.encode(), _REST) if text else None)

    def end(self, call_id: str) -> None:
        self._change(call_id, over=True, rest=None, handed=False, desk=None, desk_until=None)

    # -- handed over ----------------------------------------------------------------------------------------------

    def hand_over(self, call_id: str) -> None:
        """For whichever process can serve it."""
        self._change(call_id, handed=True)

    def let_go(self, call_id: str) -> None:
        self._change(call_id, handed=False, desk=None, desk_until=None)

    def claim(self, call_id: str, process: str, now: datetime, hold_s: float) -> bool:
        """Whether this process holds it now: it did before, or nobody does."""
        c = text_sessions.c
        with self._db.write() as connection:
            return connection.execute(text_sessions.update().where(
                c.call_id == call_id, sa.not_(c.over), sa.or_(c.desk.is_(None), c.desk == process, c.desk_until <= now.isoformat()))
                .values(handed=True, desk=process, desk_until=(now + timedelta(seconds=hold_s)).isoformat())).rowcount == 1

    def held(self, process: str, now: datetime, hold_s: float) -> set[str]:
        """What this process holds, for another while."""
        with self._db.write() as connection:
            connection.execute(text_sessions.update().where(text_sessions.c.desk == process).values(
                desk_until=(now + timedelta(seconds=hold_s)).isoformat()))
            return set(connection.execute(sa.select(text_sessions.c.call_id).where(text_sessions.c.desk == process)).scalars())

    def unheld(self, now: datetime, limit: int = 200) -> list[str]:
        """Handed over, and held by nobody who lives."""
        c = text_sessions.c
        with self._db.read() as connection:
            return list(connection.execute(sa.select(c.call_id).where(
                c.handed, sa.or_(c.desk.is_(None), c.desk_until <= now.isoformat())).order_by(c.heard_at).limit(limit)).scalars())

    def release(self, process: str) -> None:
        """The process goes; whoever it held waits for another one."""
        with self._db.write() as connection:
            connection.execute(text_sessions.update().where(text_sessions.c.desk == process).values(desk=None, desk_until=None))

    # -- lines ----------------------------------------------------------------------------------------------------

    def add(self, call_id: str, lines: Sequence[NewLine], now: datetime) -> None:
        """Those whose key is new, in this order, behind what is there."""
        if not lines:
            return
        for _ in range(TRIES):
            try:
                with self._db.write() as connection:
                    # Whoever writes into one conversation waits for whoever is at it.
                    connection.execute(sa.select(text_sessions.c.call_id).where(text_sessions.c.call_id == call_id)
                                       .with_for_update()).first()
                    known = set(connection.execute(sa.select(text_lines.c.key).where(
                        text_lines.c.call_id == call_id, text_lines.c.key.in_([n.key for n in lines]))).scalars())
                    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(text_lines.c.seq), 0)).where(
                        text_lines.c.call_id == call_id)).scalar_one()
                    new = [n for n in lines if n.key not in known]
                    if new:
                        connection.execute(text_lines.insert(), [self._values(call_id, last + i, n, now) for i, n in enumerate(new, 1)])
                return
            except sa.exc.IntegrityError:
                continue  # somebody else wrote at the same moment: their numbers are taken, or they wrote the same
        raise Conflict("the conversation is being written to by too many at once")

    def after(self, call_id: str, seq: int, limit: int = 500) -> list[Line]:
        with self._db.read() as connection:
            return self.all_on(connection, call_id, seq, limit)

    def all_on(self, connection: sa.Connection, call_id: str, seq: int = 0, limit: int = 500) -> list[Line]:
        c = text_lines.c
        rows = connection.execute(sa.select(c.seq, c.key, c.who, c.body, c.at).where(c.call_id == call_id, c.seq > seq)
                                  .order_by(c.seq).limit(limit)).all()
        return [self._line(*row) for row in rows]

    def keys(self, call_id: str, keys: Sequence[str]) -> set[str]:
        """Which of these are written already."""
        with self._db.read() as connection:
            return set(connection.execute(sa.select(text_lines.c.key).where(text_lines.c.call_id == call_id,
                                                                            text_lines.c.key.in_(keys))).scalars())

    def last(self, call_id: str) -> int:
        """Number of the last line."""
        with self._db.read() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.max(text_lines.c.seq), 0)).where(
                text_lines.c.call_id == call_id)).scalar_one()

    def count(self, call_id: str, who: str) -> int:
        with self._db.read() as connection:
            return connection.execute(sa.select(sa.func.count()).where(text_lines.c.call_id == call_id,
                                                                       text_lines.c.who == who)).scalar_one()

    # -- what staff looked at -------------------------------------------------------------------------------------

    def note_reveal(self, call_id: str, slot: str, agent: str, reason: str, now: datetime,
                    along: Callable[[sa.Connection], object] = lambda connection: None) -> None:
        """Durable before the value is shown. `along`: what else is written with it, or not at all."""
        with self._db.write(durable=True) as connection:
            connection.execute(reveals.insert(), {"call_id": call_id, "slot": slot, "agent": agent[:64], "at": now.isoformat(),
                                                  "reason": self._db.box.seal(reason.encode(), _REASON)})
            along(connection)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _digest(self, token: str) -> str:
        return self._db.box.index(token, _TOKEN)

    def _one(self, *where: sa.ColumnElement[bool]) -> TextRow | None:
        with self._db.read() as connection:
            row = connection.execute(sa.select(text_sessions).where(*where).order_by(text_sessions.c.heard_at.desc()).limit(1)) \
                .mappings().first()
        return self._row(row) if row else None

    def _row(self, row: Any) -> TextRow:
        rest = self._db.box.open(row["rest"], _REST).decode() if row["rest"] else ""
        return TextRow(row["call_id"], row["channel"], datetime.fromisoformat(row["heard_at"]),
                       datetime.fromisoformat(row["noticed_at"]) if row["noticed_at"] else None, bool(row["over"]), rest)

    def _change(self, call_id: str, **values: Any) -> None:
        with self._db.write() as connection:
            connection.execute(text_sessions.update().where(text_sessions.c.call_id == call_id).values(**values))

    def _values(self, call_id: str, seq: int, line: NewLine, now: datetime) -> dict[str, Any]:
        body = orjson.dumps({"text": line.text, "choices": line.choices, "language": line.language})
        return {"call_id": call_id, "seq": seq, "key": line.key[:MAX_KEY], "who": line.who, "at": now.isoformat(),
                "body": self._db.box.seal(body, _BODY)}

    def _line(self, seq: int, key: str, who: str, body: bytes, at: str) -> Line:
        read = orjson.loads(self._db.box.open(body, _BODY))
        return Line(seq, key, who, read["text"], tuple((a, b) for a, b in read["choices"]), read["language"], at)


def since(now: datetime, silence_s: float) -> datetime:
    return now - timedelta(seconds=silence_s)
