"""Everything that staff do beside talking, put together once for a process. Called by `web.agent_api` and the context packet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.access.audit import Audit
from ivr.clock import Clock
from ivr.dialog.session import Session
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.desk_work.escalation import Escalated, Escalations
from ivr.runtime.desk_work.knowledge import articles_for, topics
from ivr.runtime.desk_work.origin import origin_of
from ivr.runtime.desk_work.previous import PreviousCalls
from ivr.runtime.desk_work.promised import Promised
from ivr.runtime.desk_work.serving import NobodyServes, Serving, must_serve
from ivr.runtime.desk_work.topic import intent_of
from ivr.runtime.desk_work.wrap_up import WrapUps
from ivr.runtime.turn import Turns
from ivr.store.calls import Calls
from ivr.store.db import Database


class DeskWork:
    def __init__(self, db: Database, turns: Turns, calls: Calls, bundles: Bundles, callbacks: CallbackDesk, rules: ContactRules,
                 audit: Audit, clock: Clock, metrics: Metrics, public_url: str, on_promised: Callable[[], None]):
        self._turns, self._calls, self._bundles = turns, calls, bundles
        self.serving: Serving = NobodyServes()
        """Who has which call: the desk that brings callers and staff together puts itself here."""
        self.previous_calls = PreviousCalls(db, calls)
        self.promised = Promised(db, turns, bundles, callbacks, audit, clock)
        self._wrap_ups = WrapUps(db, audit, clock, metrics)
        self._escalations = Escalations(db, turns, bundles, rules, audit, clock, metrics, public_url, on_promised)

    def intent(self, session: Session) -> str:
        """Of somebody whom we have called: of the call in which that was promised."""
        about = origin_of(self._turns.session, session) or session
        bundle = self._bundles.get(about.bundle_hash)
        return intent_of(about, bundle, self._calls.log_of(about.call_id))

    def knowledge(self, agent: str, call_id: str, language: str, intent: str = "") -> dict[str, Any]:
        """Articles for the call's intent, or for another one that staff look up; in the call's language unless they ask otherwise."""
        session = self._served(agent, call_id)
        bundle = self._bundles.get(session.bundle_hash) if session else self._bundles.current
        wanted = intent or (self.intent(session) if session else "")
        spoken = language or (session.language if session else bundle.default_language)
        return {"intent": wanted, "articles": articles_for(bundle, wanted, spoken), "topics": topics(bundle, spoken)}

    def previous(self, agent: str, call_id: str) -> list[dict[str, Any]]:
        session = self._served(agent, call_id)
        return self.previous_calls.before(session) if session else []

    def wrap_up(self, agent: str, call_id: str, disposition: str, note: str) -> None:
        self._wrap_ups.note(self.serving, agent, call_id, disposition, note)

    def escalate(self, agent: str, body: Mapping[str, Any]) -> Escalated:
        return self._escalations.escalate(self.serving, agent, body)

    def _served(self, agent: str, call_id: str) -> Session | None:
        """None for a call of which nothing is kept any more."""
        must_serve(self.serving, agent, call_id)
        return self._turns.session(call_id)
