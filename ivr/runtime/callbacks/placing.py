"""The calls that keep promises: placed once, looked after until the carrier has said how they ended.

    row of the call and `sending`, one commit  ->  the carrier is asked  ->  `calling`  ->  webhooks  ->  the next step

What is uncertain is looked for at the carrier before anything is dialled again; a webhook with the call's own random id
settles it as well. Crash points stand between every two of these.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from ivr.contact import retry
from ivr.contact.callbacks.model import Attempt, Progress, Step
from ivr.errors import Unavailable
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.runtime.callbacks.ending import FINAL_STATUSES, Endings, result_of_status
from ivr.runtime.callbacks.situation import Situation, Situations
from ivr.runtime.performers.breakers import Breakers
from ivr.runtime.performers.lane import LeftS
from ivr.store.callback_calls import CallbackCalls
from ivr.store.callback_rows import LINE, RELEASED, WORD, CallbackRows
from ivr.store.db import Database
from ivr.store.promises import Claimed, Promises
from ivr.telephony.rest import TwilioRest

LOOK_AGAIN = timedelta(minutes=10)
"""A call of which nothing is heard for so long is asked for: a status webhook may have been lost."""
NO_LINE = timedelta(seconds=1)
NUMBER_BUSY = timedelta(minutes=2)
PROVIDER_DOWN = timedelta(seconds=20)
DIAL_NEEDS_S = 15.0
log = logs.get("callbacks")


class Placing:
    def __init__(self, db: Database, rest: TwilioRest | None, from_number: str, base_url: str, calls: CallbackCalls, endings: Endings,
                 situations: Situations, breakers: Breakers, *, listed_after_s: float, lease_s: float, crash: CrashPoints):
        self._db, self._rest, self._from, self._base = db, rest, from_number, base_url
        self._calls, self._endings, self._breakers, self._crash = calls, endings, breakers, crash
        self._situations = situations
        self._listed_after_s, self._needs_s = listed_after_s, min(DIAL_NEEDS_S, lease_s / 2)
        self._rows, self._promises = CallbackRows(db), Promises(db)

    # -- beginning ----------------------------------------------------------------------------------------------

    def place(self, each: Claimed, s: Situation, step: Step, left_s: LeftS, now: datetime) -> None:
        if self._rest is None or self._breakers.allows("call", now) == 0 or left_s() < self._needs_s:
            return self._again(each, s, now, PROVIDER_DOWN)
        to = s.numbers[step.number].reveal()
        if self._situations.is_on_the_line(s, s.numbers[step.number], now):
            return self._again(each, s, now, NUMBER_BUSY)
        attempt_id = self._reserve(each, s, step, to, now)
        if attempt_id is None:
            return
        self._breakers.probing("call", now)
        self._crash.reached("callback_before_dial")
        try:
            sid = self._rest.create_call(to, self._from, self._url("answer", attempt_id), status_callback=self._url("status", attempt_id),
                                         machine_url=self._url("machine", attempt_id))
        except Unavailable as error:
            return self._not_placed(each, s, attempt_id, error, now)
        self._crash.reached("callback_after_dial_before_mark")
        self._breakers.succeeded("call")
        self._calling(each, attempt_id, sid, now)

    def _reserve(self, each: Claimed, s: Situation, step: Step, to: str, now: datetime) -> str | None:
        try:
            with self._db.write(durable=True) as connection:
                attempt_id = self._calls.reserve(connection, each.key, step.round, step.number, to, now)
                if attempt_id is not None:
                    self._promises.move(connection, each, "sending", now, note=f"round {step.round}, number {step.number + 1}",
                                        progress=s.stored(self._begun(s, step, now)), started_at=now.isoformat(),
                                        attempt=each.attempt + 1, waits_for=WORD)
        except sa.exc.IntegrityError:
            self._again(each, s, now, NUMBER_BUSY)
            return None
        if attempt_id is None:
            self._again(each, s, now, NO_LINE)
        return attempt_id

    def _again(self, each: Claimed, s: Situation, now: datetime, wait: timedelta) -> None:
        """Later, with the place in line kept."""
        with self._db.write() as connection:
            self._rows.step(connection, each, "waiting", now, note="", progress=s.stored(s.progress), due_at=each.due_at,
                            wake_at=now + wait, waits_for=LINE, planned_at=s.progress.planned_at, **RELEASED)

    @staticmethod
    def _begun(s: Situation, step: Step, now: datetime) -> Progress:
        return s.progress.with_attempt(Attempt(step.round, step.number, now))

    def _calling(self, each: Claimed, attempt_id: str, sid: str, now: datetime) -> None:
        self._calls.heard(attempt_id, call_sid=sid)
        with self._db.write(durable=True) as connection:
            self._promises.move(connection, each, "calling", now, note="the carrier calls", provider_id=sid,
                                wake_at=(now + LOOK_AGAIN).isoformat(), waits_for=WORD, **RELEASED)

    def _not_placed(self, each: Claimed, s: Situation, attempt_id: str, error: Unavailable, now: datetime) -> None:
        self._breakers.failed("call", error, now)
        log.warning("call was not placed", key=each.key, why=error.code, uncertain=error.uncertain)
        if error.uncertain:
            wait_s = retry.delay_s(1, 0.5, error.retry_after_s)
            with self._db.write(durable=True) as connection:
                self._promises.move(connection, each, "unknown", now, note=error.code, waits_for=WORD,
                                    wake_at=(now + timedelta(seconds=wait_s)).isoformat(), **RELEASED)
        else:
            # For good: such a number cannot be called, and the next one is tried.
            self._endings.end(attempt_id, "not_placed" if error.retryable else "failed", now, note=error.code)

    # -- looking after ------------------------------------------------------------------------------------------

    def look_after(self, each: Claimed, s: Situation, now: datetime) -> None:
        """A call that may or may not be under way, or of which nothing was heard for long: the carrier is asked."""
        call = self._calls.under_way(each.key)
        if call is None:
            # Its row ended and the promise was not moved on: that happens in one commit, so there never was a call.
            return self._again(each, s, now, NO_LINE)
        if self._rest is None:
            return self._wait_for_word(each, each.state, now, LOOK_AGAIN)
        try:
            found = self._found(call.call_sid, s, call.number, call.started_at)
        except Unavailable as error:
            self._breakers.failed("call", error, now)
            return self._wait_for_word(each, each.state, now, PROVIDER_DOWN)
        if found is not None:
            self._breakers.succeeded("call")  # that the list is empty says nothing about placing calls
        if found is None:
            wait_s = retry.settle_s((now - call.started_at).total_seconds(), self._listed_after_s)
            if wait_s > 0:
                return self._wait_for_word(each, "unknown" if each.state == "sending" else each.state, now, timedelta(seconds=wait_s))
            self._endings.end(call.attempt_id, "not_placed", now, note="the carrier knows no such call")
        elif found[1] in FINAL_STATUSES:
            self._endings.end(call.attempt_id, result_of_status(found[1], call), now, note="asked of the carrier", call_sid=found[0])
        else:
            self._calling(each, call.attempt_id, found[0], now)

    def _found(self, sid: str | None, s: Situation, number: int, since: datetime) -> tuple[str, str] | None:
        assert self._rest is not None
        if sid is not None:
            status = self._rest.call_status(sid)
            return (sid, status) if status is not None else None
        return self._rest.find_call(s.numbers[number].reveal(), self._from, since)

    def _wait_for_word(self, each: Claimed, state: str, now: datetime, wait: timedelta) -> None:
        with self._db.write() as connection:
            self._promises.move(connection, each, state, now, note="", wake_at=(now + wait).isoformat(), **RELEASED)

    def _url(self, what: str, attempt_id: str) -> str:
        return f"{self._base}/voice/callback/{what}?a={attempt_id}"
