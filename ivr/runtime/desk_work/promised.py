"""Promised calls and requests as staff work on them: which there are, what was noted, and closing one with a disposition.

Everything shown is masked. Who may close a promised call: whoever has the caller of that promise before them, anybody what waits for
people, and who may change promises all of it. A request to an office is closed by that office alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.access.audit import Audit
from ivr.agents.dispositions import OF_A_CALLBACK
from ivr.clock import Clock
from ivr.contact.callbacks.model import Step
from ivr.contact.states import FINAL
from ivr.errors import Bug, Forbidden
from ivr.ops import logs
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.callbacks.door import ESCALATED, queue_for
from ivr.runtime.desk_work.serving import Serving
from ivr.runtime.desk_work.wrap_up import known, noted_words
from ivr.runtime.turn import Turns
from ivr.sensitive import mask, scrub
from ivr.store.callback_rows import CallbackRows
from ivr.store.db import Database
from ivr.store.desk_rows import DeskRows, Noted
from ivr.store.promise_ledger import NotFound, NotNow

OF_AN_OFFICE = "service_request"
"""Looked at and noted on here, and closed where it is answered: a step of its own there tells the caller's next call what came of it."""
KINDS = ("callback", OF_AN_OFFICE)
SHOWN = ("waiting", "sending", "calling", "unknown", "open", "held", "unreached")
CLOSABLE = ("open", "waiting")
MOST = 200
STATES: Mapping[str, str] = {
    "promised": "its time has not come",
    "in_line": "its place in line is kept, and the call goes out when the turn comes",
    "due": "its next step is due",
    "under_way": "the carrier calls, or may be calling",
    "with_staff": "waits for a member of staff",
    "held": "held after a backup was restored; a supervisor lets it go",
    "missed": "nobody answered in any round, and the caller was written to",
    "over": "kept, called off or closed",
}
"""What a promise is told to be -> what that means."""
_TOLD = {"open": "with_staff", "held": "held", "unreached": "missed",
         "sending": "under_way", "calling": "under_way", "unknown": "under_way"}
log = logs.get("desk_work")


class Promised:
    def __init__(self, db: Database, turns: Turns, bundles: Bundles, desk: CallbackDesk, audit: Audit, clock: Clock):
        self._db, self._turns, self._bundles, self._desk, self._audit, self._clock = db, turns, bundles, desk, audit, clock
        self._rows, self._desk_rows = CallbackRows(db), DeskRows(db)

    # -- looking ------------------------------------------------------------------------------------------------

    def listed(self, limit: int = MOST) -> list[dict[str, Any]]:
        """What is not over, and what was missed: urgent ones first, then in the order in which they were promised."""
        now = self._clock.now()
        return [self._shown(row, now) for row in self._desk_rows.to_work_on(KINDS, SHOWN, min(limit, MOST))]

    def show(self, key: str) -> dict[str, Any]:
        """One with what was noted on it. Raises NotFound."""
        with self._db.read() as connection:
            row = self._row(connection, key)
            notes = self._desk_rows.notes_on(connection, key)
        handed = row["payload"].get(ESCALATED, {})
        return {**self._shown(row, self._clock.now()), "note": scrub(handed.get("note", "")), "by": handed.get("by", ""), "notes": [
            {"at": n.at, "agent": n.agent, "disposition": n.disposition, "note": scrub(n.note.reveal())} for n in notes]}

    # -- changing -----------------------------------------------------------------------------------------------

    def close(self, serving: Serving, agent: str, key: str, disposition: str, note: str, *, any_of_them: bool = False) -> None:
        """Kept by a person: no call goes out any more. The same again changes nothing. Raises NotFound, NotNow, Forbidden."""
        noted, now = Noted(agent, known(disposition, OF_A_CALLBACK), noted_words(note)), self._clock.now()
        with self._db.write(durable=True) as connection:
            row = self._row(connection, key)
            if row["kind"] == OF_AN_OFFICE:
                raise Forbidden("this is answered by its office", code="of_an_office", hint="a supervisor finds it among the requests")
            last = next(reversed(self._desk_rows.notes_on(connection, key)), None)
            if row["state"] == "done" and last is not None and (last.agent, last.disposition) == (agent, disposition):
                return
            if row["state"] not in CLOSABLE:
                raise NotNow("this is over already" if row["state"] in FINAL else "this is under way: wait until it has ended")
            if not (any_of_them or row["state"] == "open" or self._is_theirs(connection, serving, agent, row)):
                raise Forbidden("this is another caller's, and its call goes out by itself", code="not_serving",
                                hint="a supervisor may close it")
            self._rows.put(connection, row, "done", now, note=f"closed by {agent}: {disposition}")
            self._desk_rows.note_promise(connection, key, noted, now)
            self._audit.note(connection, agent, "promise.closed", key, now, before=row["state"], after={"disposition": disposition})
        log.info("promise closed by staff", key=key, disposition=disposition)

    def note(self, agent: str, key: str, note: str) -> None:
        """Something the next one should know; the promise goes on. Raises NotFound, MalformedRequest."""
        noted, now = Noted(agent, "", noted_words(note)), self._clock.now()
        with self._db.write(durable=True) as connection:
            self._row(connection, key)
            self._desk_rows.note_promise(connection, key, noted, now)
            self._audit.note(connection, agent, "promise.noted", key, now)

    # -- parts --------------------------------------------------------------------------------------------------

    def _row(self, connection: sa.Connection, key: str) -> dict[str, Any]:
        row = self._rows.row(connection, key)
        if row is None or row["kind"] not in KINDS:
            raise NotFound("there is no such promised call")
        return row

    def _is_theirs(self, connection: sa.Connection, serving: Serving, agent: str, row: Mapping[str, Any]) -> bool:
        """Whether it was promised in the call that this member of staff has, or to the number that this call comes from."""
        call_id = serving.serving(agent)
        if not call_id:
            return False
        session = self._turns.session(call_id)
        number = session.caller_number if session else None
        return row["call_id"] == call_id or (number is not None and self._desk_rows.belongs_to(connection, row["key"], number.reveal()))

    def _shown(self, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        payload, step = row["payload"], self._step(row)
        next_at = step.at.isoformat() if step and step.kind != "turn" else ""
        numbers = row["progress"].get("numbers") or payload.get("numbers", ())
        due = payload.get("due_by", "")
        return {"key": row["key"], "reference": row["reference"], "kind": row["kind"], "name": row["name"],
                "state": told(row["state"], step, now), "promised_at": row["created_at"], "due_by": due,
                "is_late": bool(due) and datetime.fromisoformat(due) < now and row["state"] not in FINAL,
                "next_at": next_at, "urgency": "urgent" if payload.get("urgent") else "routine",
                "language": payload.get("language", ""), "reason": payload.get("reason", ""),
                "number": mask(numbers[0]) if numbers else "", "tier": self._tier(row, now), "escalated": ESCALATED in payload}

    def _step(self, row: Mapping[str, Any]) -> Step | None:
        try:
            return self._desk.step(dict(row)) if row["kind"] == "callback" else None
        except Bug as error:
            log.error("a promised call cannot be planned", key=row["key"], why=error.message)
            return None

    def _tier(self, row: Mapping[str, Any], now: datetime) -> int:
        """Tier of the queue that calls back; 0 where none does."""
        payload, bundle = row["payload"], self._bundles.current
        found = queue_for(bundle, row["name"], payload, payload.get("language", ""), now) if row["kind"] == "callback" else None
        return found[0].tier if found else 0


def told(state: str, step: Step | None, now: datetime) -> str:
    if state in _TOLD:
        return _TOLD[state]
    if state in FINAL:
        return "over"
    if step is not None and step.kind == "turn":
        return "in_line"
    return "due" if step is not None and step.at <= now else "promised"
