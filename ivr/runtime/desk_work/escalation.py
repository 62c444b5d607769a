"""Sending a caller's matter on to an officer: the promise of a call, as the flow's own node makes it, at a member of staff's word.

The same ledger, the same content, the same caps and the same policy, which is asked with what staff judged (`escalations` of
callbacks.yaml). One promise a call and urgency, however often the button is pressed: the row of the call is locked, and a second
click with the same content finds the first one's promise; with other content it is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.access.audit import Audit
from ivr.clock import Clock
from ivr.contact.states import FINAL
from ivr.contact.targets import CONFIRMED, confirmed_numbers
from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.dialog.session import Session
from ivr.errors import IvrError, MalformedRequest
from ivr.flow import policy as policies
from ivr.flow.calendar import due_by
from ivr.flow.model import Bundle
from ivr.flow.model_desk import Escalation
from ivr.flow.model_policy import Rule
from ivr.ids import new_token
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.door import ESCALATED, queue_for
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.desk_work.serving import Serving, must_serve
from ivr.runtime.desk_work.topic import REASON
from ivr.runtime.desk_work.wanted import Wanted, wanted_of
from ivr.runtime.desk_work.wrap_up import noted_words
from ivr.runtime.effects import row_for
from ivr.runtime.turn import Turns
from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.links import CALLBACK_LINK, Links
from ivr.store.persons import Persons
from ivr.store.promise_rows import opened_row
from ivr.store.promises import NewPromise, Promises
from ivr.store.schema import calls
from ivr.store.schema_promises import promises as promise_table

log = logs.get("desk_work")


class Refused(IvrError):
    """The matter cannot be sent on this way; `code` says why."""

    code = "refused"


@dataclass(frozen=True, slots=True)
class Escalated:
    reference: str
    due_by: str
    within: str
    words: str
    """What the caller is told, in the caller's language."""
    confirmed_by: tuple[str, ...]
    """Channels on which a confirmation goes out."""
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """Everything that is written in one transaction."""

    promise: NewPromise
    contacts: tuple[act.MakePromise | act.SendMessage, ...]
    messages: tuple[NewPromise, ...]
    token: str
    """Of the link under which the call can be changed; empty for none."""


class Escalations:
    def __init__(self, db: Database, turns: Turns, bundles: Bundles, rules: ContactRules, audit: Audit, clock: Clock, metrics: Metrics,
                 public_url: str, on_promised: Callable[[], None]):
        self._db, self._turns, self._bundles, self._rules, self._audit = db, turns, bundles, rules, audit
        self._clock, self._metrics, self._public_url, self._on_promised = clock, metrics, public_url, on_promised
        self._promises, self._persons, self._links = Promises(db), Persons(db), Links(db)

    def escalate(self, serving: Serving, agent: str, body: Mapping[str, Any]) -> Escalated:
        """Raises Forbidden, MalformedRequest, Refused, and Conflict where a cap was reached in this very moment."""
        call_id = str(body.get("call", ""))
        must_serve(serving, agent, call_id)
        session, now = self._turns.session(call_id), self._clock.now()
        if session is None:
            raise MalformedRequest("nothing is kept of this call", code="unknown_call")
        bundle = self._bundles.get(session.bundle_hash)
        wanted = wanted_of(body, session, noted_words(str(body.get("note") or "")))
        escalation = bundle.escalations.get(wanted.urgency)
        if escalation is None:
            raise Refused(f"this service sends nothing on as {wanted.urgency}", code="no_escalation")
        key = key_of(bundle, escalation, call_id)
        known = self._promises.get(key)
        if known is not None:
            return self._again(known, wanted, escalation, bundle, session)
        made = self._worked_out(key, wanted, escalation, bundle, session, agent, now)
        row = self._written(made, agent, wanted, session, now)
        if row is not None:
            return self._again(row, wanted, escalation, bundle, session)
        self._on_promised()
        self._metrics.escalations.labels(wanted.urgency).inc()
        log.info("sent on to an officer", call=call_id, key=key, urgency=wanted.urgency, agent=agent)
        return self._told(made.promise.reference, str(made.promise.payload["due_by"]), escalation, bundle, session,
                          tuple(m.name for m in made.messages), is_new=True)

    # -- working it out, without writing ------------------------------------------------------------------------

    def _worked_out(self, key: str, wanted: Wanted, e: Escalation, bundle: Bundle, session: Session, agent: str, now: datetime) -> _Made:
        variables = {**session.vars, **e.set}
        rule, spec = _allowed(bundle, session, e, variables, now), bundle.promises[e.promise]
        as_agreed = _as_agreed(session, wanted)
        action = act.MakePromise(
            key, spec.kind, spec.name, session.vars.get(REASON, ""), rule.id, session.language, (wanted.number,), wanted.email,
            dict(session.transfer.context) if session.transfer else {}, due_by(bundle.calendar, spec.due_within, now).isoformat(),
            e.policy, variables, spec.due_within.endswith("h"))
        if why := self._rules.refusal(action, as_agreed, (), now):
            raise Refused(f"this number cannot be promised a call: {why.replace('_', ' ')}", code="contact")
        plain = row_for(action, session.call_id, now)
        # The officer reads the note; the queue keeps lower tiers from the call.
        handed = {"queue": e.queue, "by": agent, "note": wanted.note.reveal()}
        promise = dataclasses.replace(plain, payload={**plain.payload, ESCALATED: handed})
        if queue_for(bundle, spec.name, promise.payload, session.language, now) is None:
            raise Refused("no officer may take such a call", code="policy")
        token = new_token() if wanted.email is not None and self._public_url else ""
        sent = self._confirmations(promise, action, wanted, bundle, as_agreed, token, now)
        return _Made(promise, (action, *sent), tuple(row_for(s, session.call_id, now) for s in sent), token)

    def _confirmations(self, promise: NewPromise, made: act.MakePromise, wanted: Wanted, bundle: Bundle, session: Session, token: str,
                       now: datetime) -> tuple[act.SendMessage, ...]:
        """As the flow's: a text only to the caller's own number, where they agreed to texts in this call. One that cannot go out is
        no reason to take the promise back."""
        pending: list[act.MakePromise | act.SendMessage] = [made]
        values = {"reference": promise.reference, "due_by": made.due_by, "link": f"{self._public_url}/callback/{token}" if token else ""}
        for channel, message in bundle.promises[made.name].confirm.items():
            to = wanted.email if channel == "email" else wanted.number if _takes_texts(session, wanted) else None
            if to is None:
                continue
            words = render(bundle, message, session.language, channel, slots=session.slots, values=values)
            action = act.SendMessage(f"message:{promise.key}:{channel}", channel, to, message, words.text, words.subject, session.language)
            if not self._rules.refusal(action, session, pending, now):
                pending.append(action)
        return tuple(a for a in pending if isinstance(a, act.SendMessage))

    # -- writing ------------------------------------------------------------------------------------------------

    def _written(self, made: _Made, agent: str, wanted: Wanted, session: Session, now: datetime) -> dict[str, Any] | None:
        """None, or the promise that somebody else's click was first to write."""
        call_id, key = session.call_id, made.promise.key
        with self._db.write(durable=True) as connection:
            connection.execute(sa.select(calls.c.call_id).where(calls.c.call_id == call_id).with_for_update()).first()
            known = connection.execute(sa.select(promise_table).where(promise_table.c.key == key)).mappings().first()
            if known is not None:
                return opened_row(self._db.box, known)
            for row in (made.promise, *made.messages):
                self._promises.insert(connection, row, now)
            if made.token:
                self._links.make(connection, CALLBACK_LINK, key, made.promise.not_after, now, token=made.token)
            self._persons.note(connection, [v.reveal() for v in (wanted.number, wanted.email) if v is not None], call_id, now)
            self._audit.note(connection, agent, "call.escalated", call_id, now, after={
                "urgency": wanted.urgency, "promise": key, "reference": made.promise.reference,
                "confirmed_by": [m.name for m in made.messages]})
            self._rules.spend(connection, made.contacts, now)
        return None

    # -- answers ------------------------------------------------------------------------------------------------

    def _again(self, row: Mapping[str, Any], wanted: Wanted, e: Escalation, bundle: Bundle, session: Session) -> Escalated:
        if _given(row["payload"]) != _given_of(wanted):
            raise Refused("this was sent on already, with another number, address or note", code="other_content",
                          hint="change the promised call instead, or call it off")
        if row["state"] in FINAL:
            raise Refused(f"this was sent on already, and is over: {row['state']}", code="over", hint="look at it among the promised calls")
        return self._told(row["reference"], row["payload"]["due_by"], e, bundle, session, (), is_new=False)

    @staticmethod
    def _told(reference: str, due: str, e: Escalation, bundle: Bundle, session: Session, by: tuple[str, ...], *, is_new: bool) -> Escalated:
        words = render(bundle, e.say, session.language, session.channel, slots={}, values={"reference": reference, "due_by": due})
        within = bundle.facts[e.within].words(session.language, spoken=False)
        return Escalated(reference, due, within, words.text, by, is_new)


def key_of(bundle: Bundle, escalation: Escalation, call_id: str) -> str:
    """Unique for ever: one for a call and urgency."""
    return f"{bundle.promises[escalation.promise].kind}:{call_id}:escalation:{escalation.urgency}"


def _allowed(bundle: Bundle, session: Session, e: Escalation, variables: Mapping[str, str], now: datetime) -> Rule:
    """The rule that opens this way, asked as the flow's node asks. Raises Refused."""
    contact = "sms" if session.textable and session.caller_number else "email" if session.email else "none"
    env = policies.environment(bundle, variables, language=session.language, channel=session.channel, line=session.line, now=now,
                               contact=contact)
    broken = policies.broken_never(bundle.policy, "promise", env, e.promise)
    rule = policies.true_rule(bundle.policy.entries[e.policy], env) if broken is None else None
    if rule is None:
        raise Refused(f"the policy allows no {e.urgency} call for this{f': {broken.id}' if broken else ''}", code="policy",
                      hint="the other urgency may be right, or what the caller can do online")
    return rule


def _as_agreed(session: Session, wanted: Wanted) -> Session:
    """The call as it stands after number and address were read back: what the rules of contact are asked about."""
    numbers = {*confirmed_numbers(session), wanted.number.reveal()}
    return dataclasses.replace(session, email=wanted.email, slots={**session.slots, CONFIRMED: Sensitive(" ".join(sorted(numbers)))})


def _takes_texts(session: Session, wanted: Wanted) -> bool:
    agreed = session.slots.get("consent.sms")
    return session.textable and session.caller_number == wanted.number and agreed is not None and agreed == wanted.number


def _given(payload: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(payload.get("numbers", ())), payload.get("email"), payload.get(ESCALATED, {}).get("note")


def _given_of(wanted: Wanted) -> tuple[Any, ...]:
    return (wanted.number.reveal(),), wanted.email.reveal() if wanted.email else None, wanted.note.reveal()
