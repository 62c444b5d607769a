"""One event of one call, from the store through the engine and back: the only place where a call's state is written.

    load session (and the stored answer of this very delivery)  ->  step  ->  effects as rows  ->  one commit

Everything a turn writes (session, events, promised effects, the answer itself) is in one transaction, so what was not
committed was not said. Two workers on one call are settled by compare-and-set; the loser starts again from what the
winner saved. If the rows of a promise cannot be written, the turn is worked out once more with the effect refused and
the caller hears another way out.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.cases.desk import CaseDesk
from ivr.clock import Clock
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import relay
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.dialog.turn_draft import TurnDraft
from ivr.errors import Bug, Conflict, MalformedRequest, Unavailable
from ivr.flow.kinds.check import question
from ivr.flow.model import Bundle
from ivr.ids import new_token
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.publishing.outcomes import kinds_of
from ivr.runtime import lookups
from ivr.runtime.bundles import Bundles, IntentModel
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.callbacks.keeping import Keeping
from ivr.runtime.contact_rules import Contact, ContactRules, entry_for
from ivr.runtime.effects import row_for
from ivr.runtime.slow_lookups import TIMEOUT, Found, SlowLookups
from ivr.store.call_outcomes import CallOutcomes
from ivr.store.calls import Answer, Calls, Loaded, LoggedEvent, StreamToken
from ivr.store.consent import Entry
from ivr.store.db import Database
from ivr.store.links import Links
from ivr.store.office_requests import OfficeRequests
from ivr.store.persons import Persons
from ivr.store.promises import NewPromise, Promises

CONFLICT_TRIES = 5
CALLBACK_LINK = "callback"
"""Purpose of a link under which a promised call can be changed."""

log = logs.get("turn")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a repetition of the same webhook is recognised."""

    key: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the rim answers, and a stream token to be kept with it."""

    body: str
    token: StreamToken | None = None


@dataclass(frozen=True, slots=True)
class TurnResult:
    session: Session
    actions: tuple[act.Action, ...] = ()
    """What the rim still has to do: Say, Listen, Transfer, Hangup."""
    answer: str | None = None
    applied: bool = True
    repeated: bool = False
    """The delivery was seen before: `answer` is the stored one and nothing happened."""

    @property
    def pending(self) -> str:
        """Id of the lookup that the call waits for; the rim says so to the caller, and comes back with `go_on`."""
        return pending_of(self.session)


LOOKUP = "lookup:"


def pending_of(session: Session) -> str:
    return session.waiting.removeprefix(LOOKUP) if session.status == "live" and session.waiting.startswith(LOOKUP) else ""


Render = Callable[[Session, tuple[act.Action, ...]], Rendered]


@dataclass
class _Draft:
    """A turn worked out, not yet written."""

    session: Session
    log: list[LoggedEvent] = field(default_factory=list)
    actions: list[act.Action] = field(default_factory=list)
    rows: list[NewPromise] = field(default_factory=list)
    links: list[tuple[str, NewPromise]] = field(default_factory=list)
    """Tokens of links to promises, to be written down with them."""
    contacts: list[Contact] = field(default_factory=list)
    """The actions behind the rows: what the counters of contacts count."""
    answers: list[Entry] = field(default_factory=list)
    """What the caller said about being written to."""
    applied: bool = False
    until: float | None = None
    """Monotonic instant to which a lookup may be waited for; None for as long as it takes."""


class Turns:
    def __init__(self, db: Database, bundles: Bundles, model_of: Callable[[Bundle], IntentModel], clock: Clock,
                 metrics: Metrics, crash: CrashPoints | None = None, on_promised: Callable[[], None] = lambda: None,
                 rules: ContactRules | None = None, calls: Calls | None = None, callbacks: CallbackDesk | None = None,
                 public_url: str = "", wait_s: Callable[[Session], float | None] | None = None, cases: CaseDesk | None = None,
                 slow: SlowLookups | None = None, keeping: Keeping | None = None):
        self._cases, self._slow, self._keeping = cases, slow, keeping
        self._public_url, self._links = public_url, Links(db)
        self._callbacks, self._wait_s = callbacks, wait_s
        self._db, self._calls, self._promises, self._persons = db, calls or Calls(db), Promises(db), Persons(db)
        self._bundles, self._model_of, self._clock = bundles, model_of, clock
        self._metrics, self._crash, self._on_promised = metrics, crash or CrashPoints(), on_promised
        self._outcomes, self._requests = CallOutcomes(db), OfficeRequests(db)
        self._rules = rules or ContactRules(db, metrics)

    def session(self, call_id: str) -> Session | None:
        return self._calls.load(call_id).session

    def take(self, call_id: str, event: ev.Event, *, delivery: Delivery | None = None,
             render: Render | None = None, patience_s: float | None = None) -> TurnResult:
        """Apply `event` to the call. Raises MalformedRequest for an unknown call, Unavailable when the store is down."""
        return self.answer(call_id, lambda session: event, delivery=delivery, render=render, patience_s=patience_s)

    def go_on(self, call_id: str, *, delivery: Delivery | None = None, render: Render | None = None,
              patience_s: float | None = 0.0, give_up: bool = False) -> TurnResult:
        """Come back to a call that waits for a lookup. `give_up`: whoever comes back has been told to wait for long enough."""
        until = None if patience_s is None else self._clock.monotonic_s() + patience_s

        def answered(session: Session) -> ev.Event | None:
            if not pending_of(session):
                return None
            if give_up:
                return ev.LookupDone(pending_of(session), TIMEOUT, {})
            bundle, now = self._bundles.get(session.bundle_hash), self._clock.now()
            action = question(TurnDraft(bundle, session, now), pending_of(session))
            return self._looked_up(action, session, bundle, now, until)

        return self.answer(call_id, answered, delivery=delivery, render=render, patience_s=patience_s)

    def answer(self, call_id: str, event_for: Callable[[Session], ev.Event | None], *, delivery: Delivery | None = None,
               render: Render | None = None, patience_s: float | None = None, bundle_hash: str = "") -> TurnResult:
        """As `take`, with the event chosen in view of the session; None applies nothing and only renders. `patience_s`: how long
        another system's answer is waited for here, before the call goes on waiting for it (`TurnResult.pending`) and the rim
        has to come back; None for rims that cannot, which wait to the end. `bundle_hash`: what a call begins with that does not
        begin with what new calls do."""
        until = None if patience_s is None else self._clock.monotonic_s() + patience_s
        begun = time.perf_counter()
        refuse_effects = False
        for attempt in range(CONFLICT_TRIES):
            # A cached session spares the reading; what was worked out from an old one cannot be written and is done again.
            loaded = self._calls.load(call_id, delivery and delivery.key, delivery and delivery.token, fresh=attempt > 0)
            if loaded.answer is not None:
                return TurnResult(loaded.session or sessions.fresh(call_id, ""), answer=loaded.answer, repeated=True)
            session, event = self._begin(call_id, loaded, event_for, bundle_hash)
            if event is None and loaded.cached:
                continue  # nothing would be written that finds out how old the copy is
            now = self._clock.now()
            draft = self._work_out(session, event, now, refuse_effects, until)
            rendered = render(draft.session, tuple(draft.actions)) if render else None
            if rendered and rendered.token and self._calls.offer_token(call_id, rendered.token, now):
                rendered = dataclasses.replace(rendered, token=None)
            try:
                promise_ended = self._commit(loaded, draft, delivery, rendered, now)
            except (Conflict, sa.exc.IntegrityError):
                self._metrics.conflicts.inc()
                continue
            except Unavailable:
                if not draft.rows or refuse_effects:
                    raise
                log.error("promise could not be written down", call=call_id, exc_info=True)
                refuse_effects = True
                continue
            self._calls.remember(draft.session, loaded.events + len(draft.log), loaded.events)
            self._metrics.turn_seconds.observe(time.perf_counter() - begun)
            if draft.rows:
                self._on_promised()
            if promise_ended is not None:
                promise_ended()
            return TurnResult(draft.session, tuple(draft.actions), rendered and rendered.body, draft.applied)
        raise Unavailable("the call is being changed by too many at once", code="conflict")

    def _begin(self, call_id: str, loaded: Loaded, event_for: Callable[[Session], ev.Event | None], bundle_hash: str
               ) -> tuple[Session, ev.Event | None]:
        session = loaded.session or sessions.fresh(call_id, bundle_hash or self._bundles.for_new_call(call_id).hash)
        event = event_for(session)
        if loaded.session is None and not isinstance(event, ev.CallStarted | ev.CalledBack):
            raise MalformedRequest("this call is not known here", code="unknown_call")
        return session, event

    # -- working it out, without writing ------------------------------------------------------------------------

    def _work_out(self, session: Session, event: ev.Event | None, now: datetime, refuse_effects: bool, until: float | None) -> _Draft:
        bundle = self._bundles.get(session.bundle_hash)
        draft = _Draft(session, until=until)
        pending = [self._understood(event, session, bundle)] if event is not None else []
        while pending:
            current = pending.pop(0)
            new, actions = step(bundle, draft.session, current, now)
            applied = new is not draft.session
            draft.log.append(LoggedEvent(now, current, applied))
            draft.applied = draft.applied or applied
            self._count(current, applied, draft.session, new)
            draft.session = new
            for action in actions:
                if isinstance(action, act.ReportRefusal):
                    self._metrics.refused.inc()
                    log.error("policy refused at the door", call=new.call_id, node=action.node, policy=action.policy)
                    continue
                if isinstance(action, act.RecordConsent):
                    draft.answers.append(entry_for(action, bundle, new, current))
                    continue
                follow_up = self._follow_up(action, draft, bundle, now, refuse_effects)
                if follow_up is not None:
                    pending.append(follow_up)
                elif not isinstance(action, (act.SendMessage, act.MakePromise, act.Lookup)):
                    draft.actions.append(action)
        return draft

    def _understood(self, event: ev.Event, session: Session, bundle: Bundle) -> ev.Event:
        """Put the intent model's ranking into the event, where the log keeps it for replay."""
        if not isinstance(event, ev.SpeechHeard) or event.ranking or not (session.last_listen and session.last_listen.ranked):
            return event
        words = relay.plain(event, session).text.reveal()
        if not words:
            return event
        said = self._model_of(bundle).classify(words, session.language)
        return dataclasses.replace(event, ranking=said.ranking[:5], decision=said.decision, offered=said.offered,
                                   language=event.language or session.language)

    def _follow_up(self, action: act.Action, draft: _Draft, bundle: Bundle, now: datetime, refuse: bool) -> ev.Event | None:
        """The event that answers an action at once, or None where the rim has to act."""
        if isinstance(action, act.Lookup):
            return self._looked_up(action, draft.session, bundle, now, draft.until)
        if not isinstance(action, (act.SendMessage, act.MakePromise)):
            return None
        if refuse:
            return ev.EffectFailed(action.key, "store")
        if self._rules.refusal(action, draft.session, draft.contacts, now):
            return ev.EffectFailed(action.key, "refused")
        row = row_for(action, draft.session.call_id, now)
        draft.rows.append(row)
        draft.contacts.append(action)
        if isinstance(action, act.SendMessage):
            return ev.EffectRecorded(action.key)
        return ev.EffectRecorded(action.key, row.reference, action.due_by, self._link_to(action, row, draft))

    def _link_to(self, action: act.MakePromise, row: NewPromise, draft: _Draft) -> str:
        """Where a promised call can be changed; the token is written down with the promise."""
        if action.kind != "callback" or action.email is None or not self._public_url:
            return ""
        token = new_token()
        draft.links.append((token, row))
        return f"{self._public_url}/callback/{token}"

    def _looked_up(self, action: act.Lookup, session: Session, bundle: Bundle, now: datetime, until: float | None) -> ev.LookupDone | None:
        """The answer; None where it comes from another system and is not there yet."""
        caller = session.caller_number.reveal() if session.caller_number else ""
        wait_s = self._wait_s
        asked = lookups.Asked(action.inputs, bundle, now, caller, session.call_id, self._callbacks,
                              None if wait_s is None else lambda: wait_s(session), self._cases, self._requests)
        predicate = lookups.LOOKUPS.get(action.name)
        if predicate is not None and predicate.outside and self._cases is not None and self._slow is not None:
            answer = self._asked_outside(action, predicate.fixed, asked, until)
        else:
            answer = (lookups.perform(action.name, asked), asked.found)
        if answer is None:
            return None
        result, found = answer
        return ev.LookupDone(action.lookup_id, result, {k: v for k, v in found.items() if k in action.fills})

    def _asked_outside(self, action: act.Lookup, fixed: bool, asked: lookups.Asked, until: float | None) -> Found | None:
        assert self._slow is not None and self._cases is not None
        pending = self._slow.ask(
            (action.lookup_id, tuple(sorted(action.inputs.items()))), lambda: (lookups.perform(action.name, asked), asked.found),
            give_up_s=min(action.timeout_s, self._cases.give_up_s), fixed_s=self._cases.verify_s if fixed else None)
        return self._slow.wait(pending, until)

    # -- writing it down ----------------------------------------------------------------------------------------

    def _commit(self, loaded: Loaded, draft: _Draft, delivery: Delivery | None, rendered: Rendered | None,
                now: datetime) -> Callable[[], None] | None:
        """What there is to be told once it is written: that the promise which the call was to keep has moved on."""
        call_id = draft.session.call_id
        if not draft.log and rendered is None:
            return None
        keeping = self._keeping if self._keeping and self._keeping.ends(loaded.session, draft.session) else None
        self._crash.reached("before_commit")
        # A database of its own may crash under live calls and forget its last moment: a turn then, but not whole calls.
        begins = loaded.session is None and self._db.forgets_in_a_crash
        with self._db.write(durable=bool(draft.rows or draft.answers or keeping) or begins) as connection:
            if loaded.session is None:
                self._calls.insert(connection, draft.session, now)
            elif draft.applied:
                self._calls.update(connection, draft.session, loaded.session.version, now)
            self._calls.append(connection, call_id, loaded.events + 1, draft.log)
            self._persons.note_turn(connection, loaded.session, draft.session, now)
            if kinds := kinds_of(loaded.session or sessions.fresh(call_id, ""), draft.session, draft.actions):
                self._outcomes.add(connection, call_id, draft.session.bundle_hash, kinds, now)
            for row in draft.rows:
                self._promises.insert(connection, row, now)
            for token, row in draft.links:
                self._links.make(connection, CALLBACK_LINK, row.key, row.not_after, now, token=token)
            self._rules.keep(connection, draft.answers, now)
            if delivery and rendered:
                self._calls.answer(connection, call_id, Answer(delivery.key, rendered.body, delivery.token), now)
            if rendered and rendered.token:
                self._calls.stream_token(connection, call_id, rendered.token)
            told = keeping.end(connection, draft.session, now) if keeping else None
            self._rules.spend(connection, draft.contacts, now)  # last: everybody's counters stay locked from here to the disk
        self._crash.reached("after_promise_commit" if draft.rows else "after_commit")
        return told

    # -- figures ------------------------------------------------------------------------------------------------

    def _count(self, event: ev.Event, applied: bool, old: Session, new: Session) -> None:
        m = self._metrics
        if not applied:
            m.ignored.labels(event.type).inc()
            log.info("event ignored", call=old.call_id, type=event.type, waiting=old.waiting, turn=old.turn)
            return
        if isinstance(event, ev.CallStarted):
            m.calls.labels(new.line, new.channel).inc()
        elif isinstance(event, (ev.SpeechHeard, ev.DigitsReceived, ev.NoInput)):
            m.turns.labels(event.type, old.language).inc()
            if isinstance(event, ev.SpeechHeard) and event.ranking:
                m.intents.labels(event.ranking[0].intent, old.language).inc()
        elif isinstance(event, ev.QueueEnded):
            m.queue.labels(event.queue, event.outcome).inc()
        if new.status == "ended" and old.status != "ended" and new.keeps is None:  # calls of ours are counted as such
            m.ended.labels(new.outcome).inc()
        log.info("event", call=new.call_id, type=event.type, seq=new.version, node=new.path(), turn=new.turn,
                 waiting=new.waiting.split(":")[0], bundle=new.bundle_hash[:12])


def replay(bundle: Bundle, call_id: str, events: list[tuple[datetime, ev.Event]]) -> tuple[Session, list[Any]]:
    """Fold a logged call again: the same bundle gives the same session, another one shows what would have happened."""
    session = sessions.fresh(call_id, bundle.hash)
    said: list[Any] = []
    for at, event in events:
        session, actions = step(bundle, session, event, at)
        said.extend(actions)
    if session.version > len(events):
        raise Bug("a replay applied more events than there were")
    return session, said
