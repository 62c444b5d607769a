"""One event of one call, from the store through the engine and back: the only place where a call's state is written.

    load session (and the stored answer of this very delivery)  ->  step  ->  effects as rows  ->  one commit

`TurnSteps` works a turn out, `TurnRecord` writes it; here both are tried again. Everything a turn writes (session, events,
promised effects, the answer itself) is in one transaction, so what was not committed was not said. Two workers on one call are
settled by compare-and-set; the loser starts again from what the winner saved. If the rows of a promise cannot be written, the
turn is worked out once more with the effect refused and the caller hears another way out.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import sqlalchemy as sa

from ivr.clock import Clock
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.session import Session
from ivr.errors import Conflict, MalformedRequest, Unavailable
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.slow_lookups import TIMEOUT
from ivr.runtime.turn_record import TurnRecord
from ivr.runtime.turn_result import Delivery, Render, TurnResult, pending_of
from ivr.runtime.turn_steps import TurnSteps
from ivr.store.calls import Calls, Loaded

CONFLICT_TRIES = 5

log = logs.get("turn")


class Turns:
    def __init__(self, calls: Calls, bundles: Bundles, steps: TurnSteps, record: TurnRecord, clock: Clock, metrics: Metrics,
                 on_promised: Callable[[], None] = lambda: None):
        """`on_promised` is told whenever something was written down that is to be done."""
        self._calls, self._bundles, self._clock, self._metrics = calls, bundles, clock, metrics
        self.steps, self.record, self._on_promised = steps, record, on_promised

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
            return self.steps.lookups.ask_again(session, self._bundles.get(session.bundle_hash), self._clock.now(), until)

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
            turn = self.steps.worked_out(session, event, now, refuse_effects=refuse_effects, until=until)
            rendered = render(turn.session, tuple(turn.actions)) if render else None
            if rendered and rendered.token and self._calls.offer_token(call_id, rendered.token, now):
                rendered = dataclasses.replace(rendered, token=None)
            try:
                promise_ended = self.record.commit(loaded, turn, delivery, rendered, now)
            except (Conflict, sa.exc.IntegrityError):
                self._metrics.conflicts.inc()
                continue
            except Unavailable:
                if not turn.rows or refuse_effects:
                    raise
                log.error("promise could not be written down", call=call_id, exc_info=True)
                refuse_effects = True
                continue
            self._calls.remember(turn.session, loaded.events + len(turn.log), loaded.events)
            self._metrics.turn_seconds.observe(time.perf_counter() - begun)
            if turn.rows:
                self._on_promised()
            if promise_ended is not None:
                promise_ended()
            return TurnResult(turn.session, tuple(turn.actions), rendered and rendered.body, turn.applied)
        raise Unavailable("the call is being changed by too many at once", code="conflict")

    def _begin(self, call_id: str, loaded: Loaded, event_for: Callable[[Session], ev.Event | None], bundle_hash: str
               ) -> tuple[Session, ev.Event | None]:
        session = loaded.session or sessions.fresh(call_id, bundle_hash or self._bundles.for_new_call(call_id).hash)
        event = event_for(session)
        if loaded.session is None and not isinstance(event, ev.CallStarted | ev.CalledBack):
            raise MalformedRequest("this call is not known here", code="unknown_call")
        return session, event
