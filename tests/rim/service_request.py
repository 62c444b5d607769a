"""A service request in the real application, written down as a turn would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ivr.dialog import actions as act
from ivr.flow.calendar import due_by
from ivr.ids import reference_for
from ivr.runtime.effects import row_for
from ivr.sensitive import Sensitive
from tests.rim.site import Site

NUMBER, EMAIL, RECEIPT = "+12025550143", "ana.canary@example.org", "IOE0912345678"


def request_service(office: Site, call_id: str = "CA1", *, name: str = "field_office", number: str = NUMBER, email: str | None = EMAIL,
                    context: Mapping[str, str] | None = None, language: str = "en", now: datetime | None = None) -> str:
    """The reference number of a request that was made just now."""
    now, bundle = now or office.clock.now(), office.services.bundles.current
    said = {"receipt": RECEIPT, "office_zip": "10001", "cannot_on": "2026-04-01"} if context is None else context
    action = act.MakePromise(
        f"service_request:{call_id}:node:1", "service_request", name, "reschedule_interview", "interview", language,
        numbers=(Sensitive(number),), email=Sensitive(email) if email else None,
        context={"language": language, **{k: Sensitive(v) for k, v in said.items()}},
        due_by=due_by(bundle.calendar, bundle.promises[name].due_within, now).isoformat(), policy="service_request",
        variables={"reason": "reschedule_interview"})
    with office.services.db.write(durable=True) as connection:
        office.services.promises.insert(connection, row_for(action, call_id, now), now)
    return reference_for(action.key)
