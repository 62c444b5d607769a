"""A turn worked out, and nothing written: the engine is stepped until all that it asks of us is answered.

    event ──ranked by the intent model──▶ step ──▶ lookups asked, effects made rows ──their events──▶ step ... ──▶ `WorkedTurn`

May be done any number of times before one of them is written (`runtime.turn_record`): whoever lost against another worker
starts again from here. Called by `runtime.turn`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import relay
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.ids import new_token
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles, IntentModel
from ivr.runtime.contact_rules import Contact, ContactRules, entry_for
from ivr.runtime.effects import row_for
from ivr.runtime.turn_figures import TurnFigures
from ivr.runtime.turn_lookups import TurnLookups
from ivr.store.calls import LoggedEvent
from ivr.store.consent import Entry
from ivr.store.promises import NewPromise


@dataclass
class WorkedTurn:
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


class TurnSteps:
    def __init__(self, bundles: Bundles, model_of: Callable[[Bundle], IntentModel], lookups: TurnLookups, rules: ContactRules,
                 metrics: Metrics, public_url: str = ""):
        self._bundles, self._model_of, self._rules, self._public_url = bundles, model_of, rules, public_url
        self.lookups, self._figures = lookups, TurnFigures(metrics)

    def worked_out(self, session: Session, event: ev.Event | None, now: datetime, *, refuse_effects: bool,
                   until: float | None) -> WorkedTurn:
        """`refuse_effects`: their rows could not be written, and the caller is to hear another way out."""
        bundle = self._bundles.get(session.bundle_hash)
        turn = WorkedTurn(session, until=until)
        pending = [self._understood(event, session, bundle)] if event is not None else []
        while pending:
            current = pending.pop(0)
            new, actions = step(bundle, turn.session, current, now)
            applied = new is not turn.session
            turn.log.append(LoggedEvent(now, current, applied))
            turn.applied = turn.applied or applied
            self._figures.count(current, applied, turn.session, new)
            turn.session = new
            for action in actions:
                pending += self._carried_out(action, current, turn, bundle, now, refuse_effects)
        return turn

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

    def _carried_out(self, action: act.Action, event: ev.Event, turn: WorkedTurn, bundle: Bundle, now: datetime, refuse: bool
                     ) -> list[ev.Event]:
        """The events that an action of `event` is answered by here. What the rim has to do is left to it."""
        if isinstance(action, act.ReportRefusal):
            self._figures.refused(action, turn.session.call_id)
        elif isinstance(action, act.RecordConsent):
            turn.answers.append(entry_for(action, bundle, turn.session, event))
        elif (follow_up := self._follow_up(action, turn, bundle, now, refuse)) is not None:
            return [follow_up]
        elif not isinstance(action, (act.SendMessage, act.MakePromise, act.Lookup)):
            turn.actions.append(action)
        return []

    def _follow_up(self, action: act.Action, turn: WorkedTurn, bundle: Bundle, now: datetime, refuse: bool) -> ev.Event | None:
        """The event that answers an action at once, or None where the rim has to act."""
        if isinstance(action, act.Lookup):
            return self.lookups.ask(action, turn.session, bundle, now, turn.until)
        if not isinstance(action, (act.SendMessage, act.MakePromise)):
            return None
        if refuse:
            return ev.EffectFailed(action.key, "store")
        if self._rules.refusal(action, turn.session, turn.contacts, now):
            return ev.EffectFailed(action.key, "refused")
        row = row_for(action, turn.session.call_id, now)
        turn.rows.append(row)
        turn.contacts.append(action)
        if isinstance(action, act.SendMessage):
            return ev.EffectRecorded(action.key)
        return ev.EffectRecorded(action.key, row.reference, action.due_by, self._link_to(action, row, turn))

    def _link_to(self, action: act.MakePromise, row: NewPromise, turn: WorkedTurn) -> str:
        """Where a promised call can be changed; the token is written down with the promise."""
        if action.kind != "callback" or action.email is None or not self._public_url:
            return ""
        token = new_token()
        turn.links.append((token, row))
        return f"{self._public_url}/callback/{token}"
