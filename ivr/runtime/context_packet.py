"""What a member of staff is shown of somebody who has found their way to them, so that nothing is asked twice: language, reason, the
rule that opened the door, what was said, which links went out. Everything about the person is masked; one value at a time is
shown on request, and each such look is written down first. Of somebody whom we have called it is the call in which that was promised."""

from __future__ import annotations

from typing import Any

from ivr.access.audit import Audit
from ivr.clock import Clock
from ivr.dialog import actions as act
from ivr.dialog.session import Session
from ivr.errors import MalformedRequest
from ivr.ops import logs
from ivr.runtime.bundles import Bundles
from ivr.runtime.desk_work.desk import DeskWork
from ivr.runtime.desk_work.origin import origin_of, told_of
from ivr.runtime.desk_work.topic import verified
from ivr.runtime.retold import retold
from ivr.runtime.turn import Turns
from ivr.runtime.waiting_room import Standing, says, waits_in
from ivr.sensitive import Sensitive, mask
from ivr.store.calls import Calls
from ivr.store.promises import Promises
from ivr.store.text_rows import TextRows

LONGEST_WAIT_S = 1800.0
"""Where the bundle does not know the queue any more."""
MOST_SAID = 60
MAX_REASON = 200
PLAIN = frozenset({"language", "line"})
"""Handed on with every call, and about nobody."""
log = logs.get("context")


class ContextPackets:
    """The desk's view of the calls."""

    def __init__(self, turns: Turns, calls: Calls, promises: Promises, bundles: Bundles, rows: TextRows, clock: Clock,
                 audit: Audit, work: DeskWork):
        self._work = work
        self._turns, self._calls, self._promises = turns, calls, promises
        self._bundles, self._rows, self._clock, self._audit = bundles, rows, clock, audit

    def words(self, call_id: str, standing: Standing) -> str:
        """What the waiting room says to this caller; empty when they wait no longer."""
        session = self._turns.session(call_id)
        if session is None or session.transfer is None:
            return ""
        bundle, transfer = self._bundles.get(session.bundle_hash), session.transfer
        said = says(bundle, waits_in(bundle, session), transfer.waiting, standing, session.language, session.channel, session.slots)
        return (" " if session.channel != "tty" else "\n").join(say.text for say in said)

    def longest_s(self, call_id: str) -> float:
        session = self._turns.session(call_id)
        if session is None or session.transfer is None:
            return LONGEST_WAIT_S
        queue = self._bundles.get(session.bundle_hash).queues.get(session.transfer.queue)
        return queue.max_wait_s if queue else LONGEST_WAIT_S

    def of(self, caller: Any) -> dict[str, Any]:
        """The packet of a `DeskCaller`, ready for JSON. `note`: what a colleague wrote who handed the caller over, where there is one."""
        session, note = self._turns.session(caller.call_id), getattr(caller, "note", "")
        base = {"call": caller.call_id, "queue": caller.queue, "language": caller.language, "channel": caller.channel}
        if session is None:
            return {**base, "called_back": False, "relay": False, "tty_mode": "", "reason": "", "rule": "", "policy": "", "number": "",
                    "said": [], "links": [], "slots": {}, "verified": {"state": "unknown", "as": "none"}, "previous": [], "intent": "",
                    "note": note}
        transfer, number = session.transfer, session.caller_number
        origin = origin_of(self._turns.session, session)
        ours = told_of(session, origin, self._work.promised) if session.keeps else {"called_back": False}
        return {**base, **ours, "relay": session.relay, "tty_mode": session.tty_mode, "reason": (origin or session).vars.get("reason", ""),
                "rule": transfer.policy_rule if transfer else "", "policy": transfer.policy if transfer else "",
                "number": mask(number.reveal()) if number else "",
                "slots": self._slots(transfer, session), "said": self._said(origin or session), "links": self._links(origin or session),
                "verified": verified(session), "previous": self._work.previous_calls.before(session),
                "intent": self._work.intent(session), "note": note}

    def reveal(self, call_id: str, slot: str, reason: str, agent: str) -> str:
        """One value in full. Raises MalformedRequest without a reason, or for what the call does not know."""
        session, why = self._turns.session(call_id), reason.strip()[:MAX_REASON]
        if not why:
            raise MalformedRequest("a value is shown for a reason only", code="reason", hint="/reveal SLOT why it is needed")
        value = self._known(session).get(slot) if session else None
        if value is None:
            known = ", ".join(sorted(self._known(session))) if session else ""
            raise MalformedRequest(f"there is no value {slot[:40]!r} here, only: {known or 'none'}", code="slot")
        now = self._clock.now()
        self._rows.note_reveal(call_id, slot, agent, why, now, lambda connection: self._audit.note(
            connection, agent, "value.revealed", f"{call_id} {slot}", now, why=why))
        log.warning("value shown to staff", call=call_id, slot=slot, agent=agent)
        return value.reveal()

    # -- parts ----------------------------------------------------------------------------------------------------

    def _slots(self, transfer: act.Transfer | None, session: Session) -> dict[str, str]:
        """What the flow hands on, and whatever else can be asked for. A stored handover has lost which of it is a caller's value,
        so the call's own values are masked over it."""
        handed = {k: str(v) for k, v in (transfer.context if transfer else {}).items()}
        return {**handed, **{k: mask(v.reveal()) for k, v in self._known(session).items()}}

    def _known(self, session: Session) -> dict[str, Sensitive]:
        origin, own = origin_of(self._turns.session, session), _values(session)
        if origin is None:
            return {**_handed_on(session), **own}
        then = _values(origin)
        if "number" in then and then["number"] != own.get("number"):
            own["number_then"] = then["number"]
        return {**_handed_on(session), **then, **own}

    def _said(self, session: Session) -> list[dict[str, str]]:
        bundle = self._bundles.get(session.bundle_hash)
        told = retold(bundle, session.call_id, self._calls.log_of(session.call_id))
        return [{"who": who, "text": text} for who, text in told[-MOST_SAID:]]

    def _links(self, session: Session) -> list[str]:
        """Names of the messages that went out to the caller, with how."""
        rows = self._promises.of_call(session.call_id)
        return [f"{row['payload'].get('message', row['name'])} ({row['name']}, {row['state']})" for row in rows if row["kind"] == "message"]


def _values(session: Session) -> dict[str, Sensitive]:
    """What the caller of this call gave."""
    out = {k: v for k, v in session.slots.items() if "." not in k}
    if session.caller_number:
        out["number"] = session.caller_number
    if session.email:
        out["email"] = session.email
    return out


def _handed_on(session: Session) -> dict[str, Sensitive]:
    """Of somebody whom we have called: what the promise hands on and is no variable of a flow may be about them, even where the call
    in which they gave it is gone."""
    context = session.transfer.context if session.keeps and session.transfer else {}
    return {k: Sensitive(v) for k, v in context.items() if k not in session.vars and k not in PLAIN}
