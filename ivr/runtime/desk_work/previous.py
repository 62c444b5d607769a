"""Earlier calls from the same number, for whoever serves the caller: when, about what, how it ended. Never a detail of a case.

Found by the keyed hash of the number, as everything about a person is; a call counts when it came from this number, and not when
the number was only said in it.
"""

from __future__ import annotations

from typing import Any

from ivr.dialog.session import Session
from ivr.runtime.desk_work.topic import REASON
from ivr.store.calls import Calls
from ivr.store.db import Database
from ivr.store.desk_rows import DeskRows
from ivr.store.persons import Persons

MOST, LOOKED_AT = 10, 30


class PreviousCalls:
    def __init__(self, db: Database, calls: Calls):
        self._rows, self._persons, self._calls = DeskRows(db), Persons(db), calls

    def before(self, session: Session) -> list[dict[str, Any]]:
        """Newest first; none where the number is not known."""
        number = session.caller_number
        person = self._persons.index(number.reveal()) if number else None
        if number is None or person is None:
            return []
        found = [(began, other) for call_id, began in self._rows.calls_before(session.call_id, person, LOOKED_AT)
                 if (other := self._calls.load(call_id).session) is not None and other.caller_number == number][:MOST]
        ended = self._rows.dispositions(other.call_id for _, other in found)
        return [{"at": began, "channel": other.channel, "language": other.language, "reason": other.vars.get(REASON, ""),
                 "outcome": other.outcome, "disposition": ended.get(other.call_id, "")} for began, other in found]
