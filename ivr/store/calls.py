"""Calls and their numbered events: load, and save if nobody else did first.

States, events and answers hold what callers said and are sealed on the way in. What is written here decides; a cache of live
sessions (`store.shared`) may spare the reading, and a turn worked out from an old copy cannot be written: its events would get
numbers that are taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
import sqlalchemy as sa

from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.session import Session
from ivr.errors import Conflict, IvrError
from ivr.ids import CHAT, TEXTS
from ivr.store.db import Database
from ivr.store.prepared import Prepared
from ivr.store.schema import answers, calls, events, stream_tokens
from ivr.store.shared import CachedSession, Sessions, Tokens

STATE, BODY, ANSWER = "calls.state", "events.body", "answers.body"
"""Contexts that sealed values are bound to: the columns."""
QUIET = timedelta(minutes=15)
"""A live call of which nothing was heard for so long takes no line: the word of its end was lost."""


class LinesBusy(IvrError):
    """As many calls as may be are under way."""

    code = "lines_busy"


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
    cached: bool = False
    """It came from a cache, so that it may be old and stored answers were not looked for."""


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
_LIVE = sa.select(sa.func.count()).where(calls.c.status == "live", calls.c.updated_at >= sa.bindparam("since"),
                                         sa.not_(calls.c.call_id.startswith(CHAT)), sa.not_(calls.c.call_id.startswith(TEXTS)))
_INSERT = Prepared(calls.insert(), ("call_id", "bundle_hash", "version", "status", "state", "created_at", "updated_at"))
_TOKEN = Prepared(stream_tokens.insert(), ("digest", "call_id", "stands_for_signature", "expires_at"))
_APPEND = Prepared(events.insert(), ("call_id", "seq", "at", "type", "applied", "body"))
_ANSWER = Prepared(answers.insert(), ("key", "token", "call_id", "body", "at"))


class Calls:
    def __init__(self, db: Database, cache: Sessions | None = None, tokens: Tokens | None = None, most: int = 0):
        """`cache`: where live sessions are looked for first; `tokens`: where stream tokens may be kept instead of in a table;
        `most`: calls that may be live at once, 0 for any number."""
        self._db, self._cache, self._tokens, self._most = db, cache, tokens, most

    def load(self, call_id: str, key: str | None = None, token: str | None = None, *, fresh: bool = True) -> Loaded:
        """`fresh=False` is content with a cached session: for turns, which find out when they write."""
        cached = self._cache.get(call_id) if self._cache and not fresh else None
        if cached is not None:
            return Loaded(_session(cached.state), None, cached.events, cached=True)
        with self._db.read() as connection:
            row = _LOAD.on(connection, {"id": call_id, "key": key, "token": token}).first()
        state, body, count = row if row else (None, None, 0)
        opened = self._db.box.open
        return Loaded(_session(opened(state, STATE)) if state else None, opened(body, ANSWER).decode() if body is not None else None,
                      count)

    def changed_at(self, call_id: str) -> datetime | None:
        """When its last event was applied: of a call that waits for people, when it began to. None for no such call."""
        with self._db.read() as connection:
            at = connection.execute(sa.select(calls.c.updated_at).where(calls.c.call_id == call_id)).scalar()
        return datetime.fromisoformat(at) if at else None

    def remember(self, session: Session, events: int, was: int) -> None:
        """Put a session that was committed into the cache; `events`, `was`: length of its log now and before."""
        if self._cache is None:
            return
        if session.status == "ended":
            self._cache.forget(session.call_id)
        else:
            self._cache.save(session.call_id, was, CachedSession(_dump(session), events))

    def insert(self, connection: sa.Connection, session: Session, now: datetime) -> None:
        """Raises LinesBusy. Counted where the row is written: on SQLite exactly; on PostgreSQL calls that begin in the very same
        moment may be let in together."""
        takes_a_line = not session.call_id.startswith((CHAT, TEXTS))
        if self._most and takes_a_line and self.live(connection, now) >= self._most:
            raise LinesBusy(f"{self._most} calls are under way", hint="IVR_MAX_CALLS says how many may be")
        _INSERT.on(connection, {
            "call_id": session.call_id, "bundle_hash": session.bundle_hash, "version": session.version,
            "status": session.status, "state": self._db.box.seal(_dump(session), STATE), "created_at": now.isoformat(),
            "updated_at": now.isoformat()})

    @staticmethod
    def live(connection: sa.Connection, now: datetime) -> int:
        return connection.execute(_LIVE, {"since": (now - QUIET).isoformat()}).scalar() or 0

    def update(self, connection: sa.Connection, session: Session, old_version: int, now: datetime) -> None:
        """Compare-and-set: raises Conflict when another worker saved this call first."""
        done = _UPDATE.on(connection, {"id": session.call_id, "old": old_version, "new": session.version,
                                       "new_status": session.status, "new_state": self._db.box.seal(_dump(session), STATE),
                                       "now": now.isoformat()})
        if done.rowcount != 1:
            raise Conflict(f"call changed while it was being worked on (version {old_version})")

    def append(self, connection: sa.Connection, call_id: str, first_seq: int, log: Sequence[LoggedEvent]) -> None:
        if log:
            _APPEND.on(connection, *(
                {"call_id": call_id, "seq": first_seq + i, "at": e.at.isoformat(), "type": e.event.type,
                 "applied": e.applied, "body": self._db.box.seal(orjson.dumps(ev.to_json(e.event)), BODY)} for i, e in enumerate(log)))

    def answer(self, connection: sa.Connection, call_id: str, answer: Answer, now: datetime) -> None:
        _ANSWER.on(connection, {"key": answer.key, "token": answer.token, "call_id": call_id,
                                "body": self._db.box.seal(answer.body.encode(), ANSWER), "at": now.isoformat()})

    def stream_token(self, connection: sa.Connection, call_id: str, token: StreamToken) -> None:
        _TOKEN.on(connection, {
            "digest": token.digest, "call_id": call_id, "stands_for_signature": token.stands_for_signature,
            "expires_at": token.expires_at.isoformat()})

    def offer_token(self, call_id: str, token: StreamToken, now: datetime) -> bool:
        """Keep a stream token outside of the database; False: it has to be written with the turn."""
        ttl_s = math.ceil((token.expires_at - now).total_seconds())
        return self._tokens is not None and ttl_s > 0 and self._tokens.offer(token.digest, call_id, token.stands_for_signature, ttl_s)

    def redeem(self, digest: str, now: datetime) -> tuple[str, bool] | None:
        """Use a one-time stream token: (call_id, stands_for_signature), or None when unknown, used or expired."""
        if self._tokens is not None and (found := self._tokens.take(digest)) is not None:
            return found
        with self._db.write() as connection:
            row = connection.execute(stream_tokens.delete().where(stream_tokens.c.digest == digest).returning(
                stream_tokens.c.call_id, stream_tokens.c.stands_for_signature, stream_tokens.c.expires_at)).first()
        return (row[0], row[1]) if row and row[2] > now.isoformat() else None

    def log_of(self, call_id: str) -> list[LoggedEvent]:
        with self._db.read() as connection:
            rows = connection.execute(sa.select(events.c.at, events.c.body, events.c.applied)
                                      .where(events.c.call_id == call_id).order_by(events.c.seq)).all()
        return [LoggedEvent(datetime.fromisoformat(at), ev.from_json(orjson.loads(self._db.box.open(body, BODY))), bool(applied))
                for at, body, applied in rows]


def _session(state: bytes) -> Session:
    return sessions.from_json(orjson.loads(state))


def _dump(session: Session) -> bytes:
    return orjson.dumps(sessions.to_json(session))
