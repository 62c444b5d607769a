"""Calls and their numbered events: load, and save if nobody else did first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa

from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.session import Session
from ivr.errors import Conflict
from ivr.store.db import Database
from ivr.store.prepared import Prepared
from ivr.store.schema import answers, calls, events, stream_tokens


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as it happened. `applied` is False when it was illegal in its state."""

    at: datetime
    event: ev.Event
    applied: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A webhook's stored answer, and the keys under which a repetition of the delivery finds it."""

    key: str
    body: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class StreamToken:
    digest: str
    expires_at: datetime
    stands_for_signature: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    session: Session | None
    answer: str | None
    """The stored answer to this very delivery, when there is one."""
    events: int = 0
    """Events logged so far, the ignored ones included."""


# One round trip for the session, the stored answer and the length of the log.
_LOAD = Prepared(
    sa.select(calls.c.state, answers.c.body, sa.select(sa.func.coalesce(sa.func.max(events.c.seq), 0))
                   .where(events.c.call_id == sa.bindparam("id")).scalar_subquery())
         .select_from(sa.select(sa.literal(1).label("one")).subquery()
                      .outerjoin(calls, calls.c.call_id == sa.bindparam("id"))
                      .outerjoin(answers, sa.or_(answers.c.key == sa.bindparam("key"),
                                                 answers.c.token == sa.bindparam("token")))))
_UPDATE = Prepared(
    calls.update().where(calls.c.call_id == sa.bindparam("id"), calls.c.version == sa.bindparam("old"))
           .values(version=sa.bindparam("new"), status=sa.bindparam("new_status"), state=sa.bindparam("new_state"),
                   updated_at=sa.bindparam("now")))
_INSERT = Prepared(calls.insert(), ("call_id", "bundle_hash", "version", "status", "state", "created_at", "updated_at"))
_TOKEN = Prepared(stream_tokens.insert(), ("digest", "call_id", "stands_for_signature", "expires_at"))
_APPEND = Prepared(events.insert(), ("call_id", "seq", "at", "type", "applied", "body"))
_ANSWER = Prepared(answers.insert(), ("key", "token", "call_id", "body", "at"))


class Calls:
    def __init__(self, db: Database):
        self._db = db

    def load(self, call_id: str, key: str | None = None, token: str | None = None) -> Loaded:
        with self._db.read() as connection:
            row = _LOAD.on(connection, {"id": call_id, "key": key, "token": token}).first()
        state, body, count = row if row else (None, None, 0)
        return Loaded(sessions.from_json(orjson.loads(state)) if state else None, body, count)

    def insert(self, connection: sa.Connection, session: Session, now: datetime) -> None:
        _INSERT.on(connection, {
            "call_id": session.call_id, "bundle_hash": session.bundle_hash, "version": session.version,
            "status": session.status, "state": _dump(session), "created_at": now.isoformat(),
            "updated_at": now.isoformat()})

    def update(self, connection: sa.Connection, session: Session, old_version: int, now: datetime) -> None:
        """Compare-and-set: raises Conflict when another worker saved this call first."""
        done = _UPDATE.on(connection, {"id": session.call_id, "old": old_version, "new": session.version,
                                       "new_status": session.status, "new_state": _dump(session), "now": now.isoformat()})
        if done.rowcount != 1:
            raise Conflict(f"call changed while it was being worked on (version {old_version})")

    def append(self, connection: sa.Connection, call_id: str, first_seq: int, log: Sequence[LoggedEvent]) -> None:
        if log:
            _APPEND.on(connection, *(
                {"call_id": call_id, "seq": first_seq + i, "at": e.at.isoformat(), "type": e.event.type,
                 "applied": e.applied, "body": orjson.dumps(ev.to_json(e.event))} for i, e in enumerate(log)))

    def answer(self, connection: sa.Connection, call_id: str, answer: Answer, now: datetime) -> None:
        _ANSWER.on(connection, {"key": answer.key, "token": answer.token, "call_id": call_id, "body": answer.body,
                                "at": now.isoformat()})

    def stream_token(self, connection: sa.Connection, call_id: str, token: StreamToken) -> None:
        _TOKEN.on(connection, {
            "digest": token.digest, "call_id": call_id, "stands_for_signature": token.stands_for_signature,
            "expires_at": token.expires_at.isoformat()})

    def redeem(self, digest: str, now: datetime) -> tuple[str, bool] | None:
        """Use a one-time stream token: (call_id, stands_for_signature), or None when unknown, used or expired."""
        with self._db.write() as connection:
            row = connection.execute(stream_tokens.delete().where(stream_tokens.c.digest == digest).returning(
                stream_tokens.c.call_id, stream_tokens.c.stands_for_signature, stream_tokens.c.expires_at)).first()
        return (row[0], row[1]) if row and row[2] > now.isoformat() else None

    def log_of(self, call_id: str) -> list[LoggedEvent]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(events.c.at, events.c.body, events.c.applied)
                                      .where(events.c.call_id == call_id).order_by(events.c.seq)).all()
        return [LoggedEvent(datetime.fromisoformat(at), ev.from_json(orjson.loads(body)), applied)
                for at, body, applied in rows]


def _dump(session: Session) -> bytes:
    return orjson.dumps(sessions.to_json(session))
