"""What staff may do with promises, once for the command and for the API: list, show, explain, retry, cancel, release, done.

Every change is an entry of the audit, in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from ivr.access.audit import Audit
from ivr.clock import Clock
from ivr.contact.callbacks.model import Step
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.promise_view import explained, shown
from ivr.store.promise_ledger import PromiseLedger

DEFAULT_LIFE_H = 24
"""How long something that is taken up again may be tried, in hours."""


class PromiseDesk:
    def __init__(self, ledger: PromiseLedger, callbacks: Callable[[], CallbackDesk], clock: Clock,
                 audit: Audit, on_moved: Callable[[], None] = lambda: None):
        self._ledger, self._callbacks, self._clock, self._audit, self._on_moved = ledger, callbacks, clock, audit, on_moved

    def listed(self, *, kind: str = "", state: str = "", call_id: str = "", limit: int = 100) -> list[dict[str, Any]]:
        return [shown(r) for r in self._ledger.listed(kind=kind, state=state, call_id=call_id, limit=limit)]

    def show(self, name: str) -> dict[str, Any]:
        row = self._ledger.find(name)
        return {**shown(row), "history": self._ledger.history(row["key"]), "explained": self._explained(row)}

    def explain(self, name: str) -> str:
        return self._explained(self._ledger.find(name))

    def act(self, what: str, name: str, by: str, *, for_hours: float = DEFAULT_LIFE_H) -> dict[str, Any]:
        """retry | cancel | release | done. Raises NotFound, NotNow."""
        key, now = self._ledger.find(name)["key"], self._clock.now()

        def deed(connection: sa.Connection, before: str, after: str) -> None:
            self._audit.note(connection, by, f"promise.{what}", key, now, before=before, after=after)

        acts: Mapping[str, Callable[[], None]] = {
            "retry": lambda: self._ledger.retry(key, now, by, now + timedelta(hours=for_hours), deed),
            "cancel": lambda: self._ledger.cancel(key, now, by, deed), "release": lambda: self._ledger.release(key, now, by, deed),
            "done": lambda: self._ledger.done(key, now, by, deed)}
        acts[what]()
        self._on_moved()
        return self.show(key)

    def _explained(self, row: dict[str, Any]) -> str:
        return explained(row, self._step(row), self._clock.now())

    def _step(self, row: dict[str, Any]) -> Step | None:
        return self._callbacks().step(row) if row["kind"] == "callback" else None


ACTS = ("retry", "cancel", "release", "done")
