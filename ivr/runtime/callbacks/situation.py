"""Everything a decision about one promised call needs, read from its row and the bundle in force.

The rules are those of the current bundle, so that a changed holiday or hour counts at once; a promise that the current bundle
does not know any more goes by the bundle of the call that made it. Called by the performer, the desk, the webhooks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from ivr.contact.callbacks.model import Inputs, Progress, Rules, progress_from
from ivr.contact.callbacks.windows import zones_of
from ivr.errors import Bug
from ivr.flow.model import Bundle
from ivr.flow.model_promises import PromiseSpec, Rounds
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.door import PLACE
from ivr.sensitive import Sensitive
from ivr.store.calls import QUIET, Calls
from ivr.store.db import Database
from ivr.store.switches import OVERTIME, Switches

TEXT_AHEAD_FACT = "text_ahead"
"""Fact that says how long before a promised call a text comes: `10 minutes`, or `off`."""
_MINUTES = re.compile(r"(\d{1,3}) minutes?")


@dataclass(frozen=True, slots=True)
class Situation:
    key: str
    reference: str
    call_id: str
    language: str
    bundle: Bundle
    spec: PromiseSpec
    inputs: Inputs
    rules: Rules
    progress: Progress
    numbers: tuple[Sensitive, ...]
    email: Sensitive | None
    payload: Mapping[str, Any] = field(repr=False)
    changes: Mapping[str, Any] = field(repr=False)
    """What the caller has changed since: numbers, window."""

    def stored(self, progress: Progress) -> dict[str, Any]:
        """What the row keeps."""
        return {**progress.as_json(), **self.changes}


class Situations:
    def __init__(self, db: Database, bundles: Bundles, calls: Calls):
        self._bundles, self._calls, self._switches = bundles, calls, Switches(db)

    def of(self, row: Mapping[str, Any]) -> Situation:
        """`row`: with its sealed columns opened."""
        payload, stored = row["payload"], row["progress"]
        bundle = self._bundle_for(row["name"], row["call_id"])
        spec = bundle.promises[row["name"]]
        changes = {k: stored[k] for k in ("numbers", "window") if k in stored}
        numbers = tuple(Sensitive(n) for n in changes.get("numbers") or payload.get("numbers", ()))
        email = payload.get("email")
        made_at = datetime.fromisoformat(row["created_at"])
        due = datetime.fromisoformat(payload["due_by"]).astimezone(UTC) if payload.get("due_by") else made_at
        inputs = Inputs(made_at, due, spec.due_within.endswith("h"), len(numbers),
                        zones_of([n.reveal() for n in numbers], [payload.get("zone", "")]), _window(changes.get("window")))
        rules = Rules(bundle.calendar, bundle.rounds or Rounds(), spec.notice, self._switches.is_on(OVERTIME), text_ahead_min(bundle),
                      in_line=bool(payload.get(PLACE)))
        return Situation(row["key"], row["reference"], row["call_id"], payload.get("language", bundle.default_language), bundle, spec,
                         inputs, rules, progress_from(stored), numbers, Sensitive(email) if email else None, payload, changes)

    def is_on_the_line(self, s: Situation, number: Sensitive, now: datetime) -> bool:
        """Whether the call in which it was promised goes on, from the very number that is to be called: nobody's telephone is rung
        while they speak with us on it. A call of which nothing was heard for long is over; the word of its end was lost."""
        session = self._calls.load(s.call_id).session
        if session is None or session.status == "ended" or session.caller_number != number:
            return False
        heard = self._calls.changed_at(s.call_id)
        return heard is not None and now - heard < QUIET

    def _bundle_for(self, name: str, call_id: str) -> Bundle:
        if name in self._bundles.current.promises:
            return self._bundles.current
        session = self._calls.load(call_id).session
        bundle = self._bundles.get(session.bundle_hash) if session else None
        if bundle is None or name not in bundle.promises:
            raise Bug(f"no bundle knows the promise {name!r}")
        return bundle


def text_ahead_min(bundle: Bundle) -> int:
    match = _MINUTES.fullmatch(bundle.facts[TEXT_AHEAD_FACT].value) if TEXT_AHEAD_FACT in bundle.facts else None
    return int(match[1]) if match else 0


def _window(stored: list[str] | None) -> tuple[time, time] | None:
    return (time.fromisoformat(stored[0]), time.fromisoformat(stored[1])) if stored else None
