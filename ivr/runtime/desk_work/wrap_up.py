"""The end of a conversation as the member of staff saw it: a disposition and a note, with an entry in the audit."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.access.audit import Audit
from ivr.agents.dispositions import OF_A_CALL
from ivr.clock import Clock
from ivr.errors import MalformedRequest
from ivr.ops.metrics import Metrics
from ivr.runtime.desk_work.serving import Serving, must_serve
from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.desk_rows import DeskRows, Noted

MAX_NOTE = 2000


class WrapUps:
    def __init__(self, db: Database, audit: Audit, clock: Clock, metrics: Metrics):
        self._db, self._audit, self._clock, self._metrics, self._rows = db, audit, clock, metrics, DeskRows(db)

    def note(self, serving: Serving, agent: str, call_id: str, disposition: str, note: str) -> None:
        """The same again is no second entry; another word about the same call is one more, and the last one counts."""
        must_serve(serving, agent, call_id)
        noted, now = Noted(agent, known(disposition, OF_A_CALL), noted_words(note)), self._clock.now()
        with self._db.write(durable=True) as connection:
            is_new = self._rows.wrap_up(connection, call_id, noted, now)
            if is_new:
                # The note may name somebody, and the audit is kept for ever: it has the disposition alone.
                self._audit.note(connection, agent, "call.wrapped_up", call_id, now, after={"disposition": disposition})
        if is_new:
            self._metrics.wrap_ups.labels(disposition).inc()


def known(disposition: str, codes: Mapping[str, str]) -> str:
    if disposition not in codes:
        raise MalformedRequest(f"there is no disposition {disposition[:32]!r}, expected one of {', '.join(codes)}", code="disposition")
    return disposition


def noted_words(text: str) -> Sensitive:
    """Raises MalformedRequest for more than a page."""
    plain = text.replace("\0", " ").strip()
    if len(plain) > MAX_NOTE:
        raise MalformedRequest(f"a note has {MAX_NOTE} characters at most, and this one {len(plain)}", code="note",
                               hint="write what the next person needs")
    return Sensitive(plain)
