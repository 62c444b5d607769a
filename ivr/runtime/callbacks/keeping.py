"""Promised calls whose person waits at our own desk: how such a call begins, whether somebody is with them, and what its end makes of
the promise, in the very commit that ends the call.

`with_staff` notes what a call that breaks off in the next moment was worth; what the desk says at the end counts more. Called by the
webhook of the key, by the media path, and by `runtime.turn_record`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from ivr.contact.callbacks.model import REACHED
from ivr.dialog import called_back
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.flow.model_queues import Queue
from ivr.runtime.callbacks.door import PLACE
from ivr.runtime.callbacks.ending import Endings
from ivr.runtime.callbacks.situation import Situation
from ivr.runtime.desk_work.topic import REASON
from ivr.store.callback_calls import CallbackCall, CallbackCalls

HUNG_UP = "hung_up"
_BY_OUTCOME = {called_back.TALKED: REACHED, called_back.NOBODY: "no_agent", called_back.LEFT: HUNG_UP}


class Keeping:
    def __init__(self, calls: CallbackCalls, endings: Endings):
        self._calls, self._endings = calls, endings

    def with_staff(self, attempt_id: str, talking: bool) -> None:
        """Somebody has taken the caller, or they wait again."""
        self._calls.heard(attempt_id, result=REACHED if talking else None)

    @staticmethod
    def ends(old: Session | None, new: Session) -> bool:
        return new.keeps is not None and new.status == "ended" and (old is None or old.status != "ended")

    def end(self, connection: sa.Connection, session: Session, now: datetime) -> Callable[[], None] | None:
        """What is to be said once it is written; None where another word about this call came first."""
        call = self._calls.locked(connection, session.keeps.attempt_id) if session.keeps else None
        if call is None:
            return None
        result = result_of(session, call)
        if not self._endings.end_in(connection, call, result, now):
            return None
        return lambda: self._endings.told(call, result)


def result_of(session: Session, call: CallbackCall) -> str:
    """What the desk said, else what was going on when the caller hung up."""
    return _BY_OUTCOME.get(session.outcome) or call.result or HUNG_UP


def beginning(s: Situation, call: CallbackCall, queue: Queue, call_sid: str) -> ev.CalledBack:
    payload = s.payload
    about = {REASON: payload["reason"]} if payload.get("reason") else {}
    return ev.CalledBack(call_sid, s.language, queue.name, payload["policy"], s.spec.name, s.key, call.attempt_id, s.reference, s.call_id,
                         s.numbers[call.number] if call.number < len(s.numbers) else None, payload.get("variables", {}),
                         {**about, **payload.get("context", {})}, payload.get(PLACE, {}).get("since", ""))
