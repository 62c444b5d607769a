"""What staff do with the service requests that wait for an office, once for the page and for the command: look, take up, answer,
refuse, export. Every change and every export is an entry of the audit, in its own transaction.

What is shown is masked. Values in full leave by an export only, which needs a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from typing import Any

import sqlalchemy as sa

from ivr.access.audit import Audit
from ivr.clock import Clock
from ivr.contact.office.export import FORMATS
from ivr.contact.office.model import OfficeRequest
from ivr.errors import MalformedRequest
from ivr.sensitive import mask
from ivr.store.db import Database
from ivr.store.office_requests import OfficeRequests, Wanted, standing_of

MOST_EXPORTED = 1000
"""Requests of one export; the rest goes into the next one."""
MAX_REASON = 200
_DAYS = (date(2000, 1, 1), date(2100, 1, 1))


@dataclass(frozen=True, slots=True)
class Exported:
    text: str
    count: int
    again: int
    """How many of them had been exported before."""
    is_full: bool
    """There may be more: another export takes them."""


def wanted_of(office: str = "", name: str = "", standing: str = "", since: str = "", until: str = "", *, zone: tzinfo = UTC) -> Wanted:
    """From words; days are those of `zone`. Raises MalformedRequest for what is no filter."""
    office = office.strip().lower()
    if office not in ("", "none") and not (office.isascii() and office.isdigit() and len(office) <= 5):
        raise MalformedRequest("an office is given by the first digits of its ZIP code, or as none", code="office")
    return Wanted(office, name.strip()[:64], standing_of(standing.strip()), _day(since, "from"), _day(until, "to"), zone)


def _day(text: str, code: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        day = date.min
    if day is not None and not _DAYS[0] <= day <= _DAYS[1]:
        raise MalformedRequest(f"{code} is a day such as 2026-03-10", code="day")
    return day


class OfficeDesk:
    def __init__(self, db: Database, clock: Clock, audit: Callable[[], Audit]):
        self._requests, self._clock, self._audit = OfficeRequests(db), clock, audit

    def listed(self, wanted: Wanted, limit: int = 100) -> list[dict[str, Any]]:
        now = self._clock.now()
        return [shown(r, r.is_late(now)) for r in self._requests.listed(wanted, now, limit)]

    def show(self, name: str) -> dict[str, Any]:
        """With what was done so far."""
        request = self._requests.find(name)
        return {**shown(request, request.is_late(self._clock.now())),
                "steps": [{"at": s.at, "by": s.by, "standing": s.standing, "note": s.note} for s in request.steps],
                "exports": [{"at": t.at, "by": t.by} for t in request.takings]}

    def names(self) -> list[str]:
        return self._requests.names()

    def act(self, act: str, name: str, by: str, note: str, seen: int | None = None) -> dict[str, Any]:
        """take | answer | refuse. `seen`: how many steps were on the page that asks. Raises NotFound, NotOpen, ChangedMeanwhile,
        MalformedRequest."""
        now = self._clock.now()
        there = self._requests.find(name)
        if seen is not None and there.is_done_already(act, by, note, seen):
            return shown(there, there.is_late(now))

        def changed(request: OfficeRequest) -> OfficeRequest:
            if seen is not None:
                request.must_be_as_seen(seen)
            return request.after(act, by, note, now)

        def deed(connection: sa.Connection, before: OfficeRequest, after: OfficeRequest) -> None:
            self._audit().note(connection, by, f"request.{after.standing}", after.reference or after.key, now, before=before.standing,
                               after=after.standing, why=after.steps[-1].note)

        request = self._requests.change(name, changed, now, f"{act} by {by}", deed)
        return shown(request, request.is_late(now))

    def export(self, form: str, wanted: Wanted, by: str, why: str, *, again: bool = False, bom: bool = False) -> Exported:
        """What was not exported yet; with `again` everything that fits. Raises MalformedRequest without a reason."""
        written, why, now = FORMATS.get(form), " ".join(why.split())[:MAX_REASON], self._clock.now()
        if written is None:
            raise MalformedRequest(f"there is no format {form[:20]!r}, expected one of {', '.join(FORMATS)}", code="format")
        if not why:
            raise MalformedRequest("an export has personal data in it, and needs a reason", code="why", hint="say why it is needed")

        def deed(connection: sa.Connection, found: list[OfficeRequest]) -> None:
            self._audit().note(connection, by, "requests.exported", f"{len(found)} as {form}", now, why=why, after={
                "references": [r.reference or r.key for r in found], "again": sum(bool(r.takings) for r in found)})

        found = self._requests.take_out(replace(wanted, new_only=not again), by, now, MOST_EXPORTED, deed)
        return Exported(written(found, now, bom=bom), len(found), sum(bool(r.takings) for r in found), len(found) == MOST_EXPORTED)


def shown(request: OfficeRequest, is_late: bool) -> dict[str, Any]:
    """For a screen: what belongs to a person is masked."""
    details = {k: mask(v) if k in request.personal else v for k, v in sorted(request.context.items())}
    return {"key": request.key, "reference": request.reference, "request": request.name, "reason": request.reason, "rule": request.rule,
            "standing": request.standing, "late": is_late, "urgent": request.urgent, "language": request.language, "office": request.office,
            "made_at": request.made_at.isoformat(), "due_by": request.due_by.isoformat(), "details": details,
            "contacts": [mask(c) for c in (*request.numbers, request.email) if c], "exported": len(request.takings),
            "by": request.steps[-1].by if request.steps else ""}
