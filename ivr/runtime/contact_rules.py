"""Whether a turn may promise a message or a callback, and what is kept about it in the turn's transaction.

Asked when the turn is worked out, so that a caller who cannot be texted hears another way at once; counted when it is written,
so that two turns at the same moment cannot both be the last one. The flow's own rules stand before this, the last gate before
the provider behind it.
"""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ivr.contact import caps, eligibility, targets
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.render import prompt_of, variant_for
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.store.alarms import Alarms
from ivr.store.consent import Consents, Entry
from ivr.store.contact_counters import ContactCounters
from ivr.store.db import Database
from ivr.store.message_statuses import Unreachable

Contact = act.SendMessage | act.MakePromise
_ALARMING = {"sms.all.minute": "texts_burst", "sms.all.hour": "texts_burst", "sms.block.hour": "texts_pumping",
             "sms.block.day": "texts_pumping", "callback.block.day": "callbacks_pumping",
             "unconfirmed_number": "unconfirmed_target", "unconfirmed_address": "unconfirmed_target", "no_consent": "unconfirmed_target"}
"""Reason -> alarm. Of these a person has to know: somebody earns on our texts, or a flow sends where nobody agreed."""
ALARM_EVERY_S = 10.0
"""While the same thing goes on, its row is not written more often by one process."""
log = logs.get("contact")


class ContactRules:
    def __init__(self, db: Database, metrics: Metrics, limits: caps.Limits | None = None):
        self._metrics, self.limits = metrics, limits or caps.Limits()
        self._consents, self._counters, self._alarms = Consents(db), ContactCounters(db), Alarms(db)
        self._unreachable = Unreachable(db)
        self._sounded: dict[str, float] = {}

    def textable(self, number: str) -> bool:
        """Whether texts may be offered to this caller at all."""
        return not (eligibility.of(number).text or self._consents.revoked(number, "sms") or self._unreachable.code(number, "sms"))

    def refusal(self, action: Contact, session: Session, pending: Sequence[Contact], now: datetime) -> str:
        """Why it may not be promised; empty when it may. `pending`: what the same turn promises already."""
        why = targets.why_not(action, session) or self._ineligible(action) or self._full(action, pending, now)
        if why:
            channel = action.channel if isinstance(action, act.SendMessage) else action.kind
            self._metrics.contact_refused.labels(channel, why).inc()
            alarm = _ALARMING.get(why)
            (log.error if alarm else log.warning)("refused to promise", call=session.call_id, channel=channel, why=why)
            if alarm:
                self._sound(alarm, why, now)
        return why

    def spend(self, connection: sa.Connection, contacts: Sequence[Contact], now: datetime) -> None:
        for action in contacts:
            self._counters.spend(connection, self._wanted(action, now))

    def keep(self, connection: sa.Connection, answers: Sequence[Entry], now: datetime) -> None:
        """The caller's answers, in the transaction of the turn in which they were given."""
        for entry in answers:
            self._consents.note(connection, entry, now)
            self._metrics.consents.labels(entry.channel, entry.answer, entry.source).inc()

    # -- reasons ------------------------------------------------------------------------------------------------

    def _ineligible(self, action: Contact) -> str:
        if isinstance(action, act.MakePromise):
            return next((why for n in action.numbers if (why := eligibility.of(n.reveal()).call)), "")
        to = action.to.reveal()
        why = eligibility.of(to).text if action.channel == "sms" else ""
        if not why and self._consents.revoked(to, action.channel):
            return "revoked"
        return why or ("unreachable" if self._unreachable.code(to, action.channel) else "")

    def _full(self, action: Contact, pending: Sequence[Contact], now: datetime) -> str:
        before = Tally(c for p in pending for c in self._wanted(p, now))
        counter = self._counters.full((c, before[c] + 1) for c in self._wanted(action, now))
        return counter.scope if counter else ""

    def _wanted(self, action: Contact, now: datetime) -> list[caps.Counter]:
        if isinstance(action, act.MakePromise):
            return caps.for_callback(tuple(n.reveal() for n in action.numbers), now, self.limits)
        rule = caps.for_text if action.channel == "sms" else caps.for_email
        return rule(action.to.reveal(), now, self.limits)

    def _sound(self, alarm: str, why: str, now: datetime) -> None:
        self._metrics.alarms.labels(alarm).inc()
        if now.timestamp() - self._sounded.get(alarm, 0.0) >= ALARM_EVERY_S:
            self._sounded[alarm] = now.timestamp()
            self._alarms.sound(alarm, why, now)


def entry_for(action: act.RecordConsent, bundle: Bundle, session: Session, event: ev.Event) -> Entry:
    """The row for an answer: with the version of the words it was given to."""
    return Entry(action.address.reveal(), action.channel, action.answer, _source(event, session), wording=action.wording,
                 wording_hash=wording_hash(bundle, action.wording, action.language, session.channel), language=action.language,
                 call_id=session.call_id)


def wording_hash(bundle: Bundle, key: str, language: str, channel: str) -> str:
    """Of the template, so that the same question to two callers is the same version; empty where nothing was asked."""
    if not key:
        return ""
    try:
        return hashlib.sha256(variant_for(prompt_of(bundle, key, language), channel).encode()).hexdigest()
    except KeyError:
        return ""


def _source(event: ev.Event, session: Session) -> str:
    if isinstance(event, ev.DigitsReceived):
        return "key"
    return "voice" if session.channel == "voice" else "typed"
