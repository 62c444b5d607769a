"""A promised call in the real application: written down as a turn would, and lived through on a clock that jumps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ivr.dialog import actions as act
from ivr.flow.calendar import due_by
from ivr.runtime.effects import row_for
from ivr.sensitive import Sensitive
from ivr.store.consent import Entry
from ivr.store.schema_promises import promises
from ivr.testing.callee import Callee
from tests.rim.site import Site

CELL, OFFICE = "+12025550143", "+12025550178"
EMAIL = "ana@example.org"
VARIABLES = {"routine": {"reason": "reschedule_biometrics", "appt": "future"},
             "urgent": {"reason": "emergency_advance_parole", "urgency": "urgent"}}
"""What lets a caller through the policy, by the promise."""


def promise_call(office: Site, name: str = "routine", numbers: Sequence[str] = (CELL, OFFICE), *, email: str | None = EMAIL,
                 texts: bool = True, call_id: str = "CA1", language: str = "en", variables: dict[str, str] | None = None) -> str:
    """The key of a callback that was promised just now."""
    now, bundle = office.clock.now(), office.services.bundles.current
    spec = bundle.promises[name]
    action = act.MakePromise(
        f"callback:{call_id}:node:1", "callback", name, "reschedule_biometrics", "bio-advance", language,
        numbers=tuple(Sensitive(n) for n in numbers), email=Sensitive(email) if email else None, context={"language": language},
        due_by=due_by(bundle.calendar, spec.due_within, now).isoformat(), policy="callback",
        variables=VARIABLES[name] if variables is None else variables, urgent=spec.due_within.endswith("h"))
    with office.services.db.write(durable=True) as connection:
        office.services.promises.insert(connection, row_for(action, call_id, now), now)
        if texts:
            office.services.consents.note(connection, Entry(numbers[0], "sms", "yes", "voice", call_id=call_id), now)
    return action.key


def live_through(office: Site, until: datetime, callees: dict[str, Sequence[Callee | str]] | None = None, most: int = 400) -> None:
    """Work, let what rings be answered, and jump to whatever comes next, until that moment."""
    for number, script in (callees or {}).items():
        office.carrier.callees.will(number, *script)
    for _ in range(most):
        office.work()
        ringing = [c for c in office.carrier.calls.values() if c.direction == "outbound-api" and not c.ended]
        for call in ringing:
            office.clock.advance(20)
            office.carrier.callees.play(call)
        if ringing:
            continue
        following = next_wake(office)
        if following is None or following > until:
            office.clock.time = max(office.clock.time, until)
            return
        office.clock.time = max(following, office.clock.time + timedelta(seconds=1))
    raise AssertionError(f"not over after {most} steps: {states(office)}")


def next_wake(office: Site) -> datetime | None:
    with office.services.db.read() as connection:
        at = connection.execute(sa.select(sa.func.min(promises.c.wake_at))).scalar()
    return datetime.fromisoformat(at) if at else None


def states(office: Site) -> dict[str, str]:
    return {row["key"]: row["state"] for row in office.services.promises.all()}


def state(office: Site, key: str) -> str:
    return states(office)[key]


def dialled(office: Site) -> list[tuple[datetime, str]]:
    return [(c.at.astimezone(UTC), c.to) for c in office.ledger.calls if c.direction == "outbound-api"]


def written(office: Site) -> list[tuple[str, str]]:
    """(channel, what) of every notice that went out, in order."""
    rows: list[dict[str, Any]] = office.promises("notice")
    return [(r["name"], r["payload"]["message"]) for r in rows if r["state"] == "done"]
