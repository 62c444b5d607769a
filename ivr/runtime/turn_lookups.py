"""The lookups of a turn: answered at once from here, or asked of another system, whose answer the call may have to wait for.

Called by `runtime.turn_steps` where the engine asks, and by `runtime.turn` when a rim comes back for an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivr.cases.desk import CaseDesk
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.dialog.turn_draft import TurnDraft
from ivr.flow.kinds.check import question
from ivr.flow.model import Bundle
from ivr.runtime import lookups
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.slow_lookups import Found, SlowLookups
from ivr.runtime.turn_result import pending_of
from ivr.store.office_requests import OfficeRequests


class TurnLookups:
    def __init__(self, requests: OfficeRequests, callbacks: CallbackDesk | None = None,
                 wait_s: Callable[[Session], float | None] | None = None, cases: CaseDesk | None = None, slow: SlowLookups | None = None):
        """`wait_s`: how long a caller would wait for a person now. `cases` and `slow`: the case system, and who asks it; without
        both every lookup is answered here."""
        self._requests, self._callbacks, self._wait_s, self._cases = requests, callbacks, wait_s, cases
        self.slow = slow

    def ask(self, action: act.Lookup, session: Session, bundle: Bundle, now: datetime, until: float | None) -> ev.LookupDone | None:
        """The answer; None where it comes from another system and is not there yet. `until`: monotonic instant to which it may be
        waited for, None for as long as it takes."""
        asked = self._asked(action, session, bundle, now)
        predicate = lookups.LOOKUPS.get(action.name)
        if predicate is not None and predicate.outside and self._cases is not None and self.slow is not None:
            answer = self._asked_outside(action, predicate.fixed, asked, until)
        else:
            answer = (lookups.perform(action.name, asked), asked.found)
        if answer is None:
            return None
        result, found = answer
        return ev.LookupDone(action.lookup_id, result, {k: v for k, v in found.items() if k in action.fills})

    def ask_again(self, session: Session, bundle: Bundle, now: datetime, until: float | None) -> ev.LookupDone | None:
        """What the call waits for, asked in the words of the node that it stands at."""
        return self.ask(question(TurnDraft(bundle, session, now), pending_of(session)), session, bundle, now, until)

    def _asked(self, action: act.Lookup, session: Session, bundle: Bundle, now: datetime) -> lookups.Asked:
        caller = session.caller_number.reveal() if session.caller_number else ""
        wait_s = self._wait_s
        return lookups.Asked(action.inputs, bundle, now, caller, session.call_id, self._callbacks,
                             None if wait_s is None else lambda: wait_s(session), self._cases, self._requests)

    def _asked_outside(self, action: act.Lookup, fixed: bool, asked: lookups.Asked, until: float | None) -> Found | None:
        assert self.slow is not None and self._cases is not None
        pending = self.slow.ask(
            (action.lookup_id, tuple(sorted(action.inputs.items()))), lambda: (lookups.perform(action.name, asked), asked.found),
            give_up_s=min(action.timeout_s, self._cases.give_up_s), fixed_s=self._cases.verify_s if fixed else None)
        return self.slow.wait(pending, until)
