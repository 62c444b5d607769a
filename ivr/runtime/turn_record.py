"""A turn written down: session, events, promised effects, links, consents and the answer itself, in one transaction.

What was not committed was not said. Raises Conflict where another worker was faster, and Unavailable where nothing could be
written. Called by `runtime.turn`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from ivr.dialog import session as sessions
from ivr.ops.crash import CrashPoints
from ivr.publishing.outcomes import kinds_of
from ivr.runtime.callbacks.keeping import Keeping
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.turn_result import Delivery, Rendered
from ivr.runtime.turn_steps import WorkedTurn
from ivr.store.call_outcomes import CallOutcomes
from ivr.store.calls import Answer, Calls, Loaded
from ivr.store.db import Database
from ivr.store.links import CALLBACK_LINK, Links
from ivr.store.persons import Persons
from ivr.store.promises import Promises


class TurnRecord:
    def __init__(self, db: Database, calls: Calls, rules: ContactRules, crash: CrashPoints | None = None, keeping: Keeping | None = None):
        """`keeping`: for calls by which we keep a promise; without it there are none."""
        self._db, self._calls, self._rules = db, calls, rules
        self._crash, self._keeping = crash or CrashPoints(), keeping
        self._promises, self._links, self._persons, self._outcomes = Promises(db), Links(db), Persons(db), CallOutcomes(db)

    def commit(self, loaded: Loaded, turn: WorkedTurn, delivery: Delivery | None, rendered: Rendered | None,
               now: datetime) -> Callable[[], None] | None:
        """What there is to be told once it is written: that the promise which the call was to keep has moved on."""
        if not turn.log and rendered is None:
            return None
        keeping = self._keeping if self._keeping and self._keeping.ends(loaded.session, turn.session) else None
        self._crash.reached("before_commit")
        # A database of its own may crash under live calls and forget its last moment: a turn then, but not whole calls.
        begins = loaded.session is None and self._db.forgets_in_a_crash
        with self._db.write(durable=bool(turn.rows or turn.answers or keeping) or begins) as connection:
            self._call(connection, loaded, turn, now)
            self._promised(connection, turn, now)
            self._rules.keep(connection, turn.answers, now)
            self._answer(connection, turn.session.call_id, delivery, rendered, now)
            told = keeping.end(connection, turn.session, now) if keeping else None
            self._rules.spend(connection, turn.contacts, now)  # last: everybody's counters stay locked from here to the disk
        self._crash.reached("after_promise_commit" if turn.rows else "after_commit")
        return told

    def _call(self, connection: sa.Connection, loaded: Loaded, turn: WorkedTurn, now: datetime) -> None:
        """The session by compare-and-set, its events, who called, and how far the call came."""
        call_id = turn.session.call_id
        if loaded.session is None:
            self._calls.insert(connection, turn.session, now)
        elif turn.applied:
            self._calls.update(connection, turn.session, loaded.session.version, now)
        self._calls.append(connection, call_id, loaded.events + 1, turn.log)
        self._persons.note_turn(connection, loaded.session, turn.session, now)
        if kinds := kinds_of(loaded.session or sessions.fresh(call_id, ""), turn.session, turn.actions):
            self._outcomes.add(connection, call_id, turn.session.bundle_hash, kinds, now)

    def _promised(self, connection: sa.Connection, turn: WorkedTurn, now: datetime) -> None:
        for row in turn.rows:
            self._promises.insert(connection, row, now)
        for token, row in turn.links:
            self._links.make(connection, CALLBACK_LINK, row.key, row.not_after, now, token=token)

    def _answer(self, connection: sa.Connection, call_id: str, delivery: Delivery | None, rendered: Rendered | None,
                now: datetime) -> None:
        if delivery and rendered:
            self._calls.answer(connection, call_id, Answer(delivery.key, rendered.body, delivery.token), now)
        if rendered and rendered.token:
            self._calls.stream_token(connection, call_id, rendered.token)
