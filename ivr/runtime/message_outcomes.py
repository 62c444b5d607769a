"""What follows from a message that did not arrive: a revocation kept, a second try, an email instead, an alarm.

Follow-ups are promises of their own under keys derived from the first one's, so that a report that comes twice, or a crash
between two steps, has no second effect. Called by the last gate (refused when sent) and by the status webhook (lost later).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ivr.clock import Clock
from ivr.contact.delivery import AGAIN_AFTER_S, LOST, Next, next_step
from ivr.errors import Unavailable
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.effects import MESSAGE_LIFE
from ivr.store.alarms import Alarms
from ivr.store.consent import Consents, Entry
from ivr.store.db import Database
from ivr.store.message_statuses import MessageStatuses, Unreachable
from ivr.store.promises import NewPromise, Promises

AGAIN, EMAIL = ":again", ":email"
"""Endings of the keys of follow-ups."""
log = logs.get("messages")


class MessageOutcomes:
    def __init__(self, db: Database, clock: Clock, metrics: Metrics, crash: CrashPoints | None = None):
        self._db, self._clock, self._metrics, self._crash = db, clock, metrics, crash or CrashPoints()
        self._promises, self._consents, self._alarms = Promises(db), Consents(db), Alarms(db)
        self._statuses, self._unreachable = MessageStatuses(db), Unreachable(db)

    def refused(self, key: str, channel: str, payload: Mapping[str, Any], error: Unavailable) -> None:
        step = next_step(error.code)
        self._tell_staff(step, error.code)
        if not error.retryable:
            self._go_on(key, channel, payload, error.code, step)

    def reported(self, provider_id: str, key: str, status: str, code: int | None) -> None:
        """A status report of the carrier; late, repeated and contradictory ones change nothing."""
        now = self._clock.now()
        news = self._statuses.apply(provider_id, status, code, key, now)
        self._crash.reached("after_status_before_follow_up")
        if status not in LOST:
            return
        # Not only when it is news: a process that died right here left the follow-up to the carrier's next report.
        row = self._promises.get(key) if key else None
        self._promises.report(provider_id, "failed", now, f"provider {code or status}", key)
        if row is None:
            return
        step = next_step(str(code or ""))
        if news:
            self._tell_staff(step, str(code))
        self._go_on(key, row["name"], row["payload"], str(code or status), step)

    def _go_on(self, key: str, channel: str, payload: Mapping[str, Any], code: str, step: Next) -> None:
        now = self._clock.now()
        self._metrics.undelivered.labels(channel, code).inc()
        if step.revoked:
            self._consents.change(Entry(payload["to"], channel, "revoked", "provider"), now)
        self._crash.reached("after_revocation_before_follow_up")
        follow_up = self._follow_up(key, channel, payload, step, now)
        with self._db.write(durable=True) as connection:
            if step.never:
                self._unreachable.note(connection, payload["to"], channel, code, now)
            if follow_up:
                self._promises.insert(connection, follow_up, now)
        log.warning("message did not arrive", key=key, why=code, next=follow_up.name if follow_up else "nothing")

    def _follow_up(self, key: str, channel: str, payload: Mapping[str, Any], step: Next, now: datetime) -> NewPromise | None:
        first = key.removesuffix(AGAIN)
        known = self._promises.get(key)
        if known is None or channel != "sms":
            return None
        made = datetime.fromisoformat(known["created_at"])
        call_id, not_after = known["call_id"], made + MESSAGE_LIFE
        if step.again and first == key:
            # Times come from the first row and not from now: the same follow-up twice must be the same row.
            return NewPromise(key + AGAIN, "message", "sms", call_id, payload, now + timedelta(seconds=AGAIN_AFTER_S), not_after)
        if not step.email or not payload.get("email") or not payload.get("email_text"):
            return None
        mail = {"channel": "email", "to": payload["email"], "message": payload.get("message", ""), "text": payload["email_text"],
                "subject": payload.get("email_subject", ""), "language": payload.get("language", "en"),
                **({"purpose": payload["purpose"]} if "purpose" in payload else {})}
        return NewPromise(first + EMAIL, "message", "email", call_id, mail, now, not_after)

    def _tell_staff(self, step: Next, code: str) -> None:
        if step.alarm:
            self._metrics.alarms.labels(step.alarm).inc()
            self._alarms.sound(step.alarm, f"provider code {code}", self._clock.now())
            log.error("alarm", name=step.alarm, code=code)
