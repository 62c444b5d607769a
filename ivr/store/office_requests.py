"""Service requests in the ledger: found, listed, and moved on by the office they wait for.

What the office does is kept sealed in the row's progress; the inputs never change. Every change runs a deed of the caller's in the
same transaction, which is how it gets into the audit. Called by `runtime.office_desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import orjson
import sqlalchemy as sa

from ivr.contact.office.model import OPEN, STANDINGS, OfficeRequest, request_of
from ivr.contact.states import FINAL
from ivr.errors import MalformedRequest
from ivr.store.db import Database
from ivr.store.promise_ledger import NotFound, PromiseLedger
from ivr.store.promise_rows import PROGRESS, opened_row
from ivr.store.promises import Promises
from ivr.store.schema_promises import promises

KIND = "service_request"
PAGE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests; what is empty does not matter."""

    office: str = ""
    """Beginning of the ZIP code; `none` for requests without one."""
    name: str = ""
    standing: str = "open"
    """One of STANDINGS, `open` for all that wait for an answer, `late`, or `all`."""
    since: date | None = None
    """Made on this day or later."""
    until: date | None = None
    zone: tzinfo = UTC
    """Where the two are days."""
    new_only: bool = False
    """Only what was not exported yet."""

    def fits(self, request: OfficeRequest, now: datetime) -> bool:
        return _standing_fits(self.standing, request, now) and not (self.new_only and request.takings) and (
            not self.office or (request.office.startswith(self.office) if self.office != "none" else not request.office))


def _standing_fits(standing: str, request: OfficeRequest, now: datetime) -> bool:
    if standing in ("", "all"):
        return True
    if standing == "late":
        return request.is_late(now)
    return request.standing in (OPEN if standing == "open" else (standing,))


def standing_of(text: str) -> str:
    if text and text not in ("open", "late", "all", *STANDINGS):
        raise MalformedRequest(f"there is no standing {text[:20]!r}, expected open, late, all, {', '.join(STANDINGS)}", code="standing")
    return text or "open"


def _begins(day: date, zone: tzinfo) -> str:
    """Midnight there, as the ledger writes instants."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC).isoformat()


class OfficeRequests:
    def __init__(self, db: Database):
        self._db, self._promises = db, Promises(db)

    def listed(self, wanted: Wanted, now: datetime, limit: int) -> list[OfficeRequest]:
        """Those that are due first come first."""
        with self._db.read() as connection:
            return self._some(connection, wanted, now, limit)

    def find(self, name: str) -> OfficeRequest:
        """By reference number or key. Raises NotFound."""
        with self._db.read() as connection:
            return self._one(connection, name)

    def of_contact(self, contact: str) -> OfficeRequest | None:
        """The newest request of this number or address; those that wait for an answer come first."""
        found = [request_of(row) for row in PromiseLedger(self._db).of_contact(contact, (KIND,))]
        return min(found, key=lambda r: r.standing not in OPEN, default=None)

    def names(self) -> list[str]:
        """Kinds of requests that there are."""
        with self._db.read() as connection:
            return list(connection.execute(sa.select(promises.c.name).where(promises.c.kind == KIND).distinct().order_by(promises.c.name))
                        .scalars())

    def late(self, now: datetime) -> dict[str, int]:
        """Kind of request -> how many wait beyond their deadline; 0 for kinds of which none does."""
        is_late = sa.and_(promises.c.not_after < now.isoformat(), promises.c.state.not_in(sorted(FINAL)))
        with self._db.read() as connection:
            rows = connection.execute(sa.select(promises.c.name, sa.func.sum(sa.case((is_late, 1), else_=0)))
                                      .where(promises.c.kind == KIND).group_by(promises.c.name)).all()
        return {name: int(count) for name, count in rows}

    def change(self, name: str, changed: Callable[[OfficeRequest], OfficeRequest], now: datetime, note: str,
               deed: Callable[[sa.Connection, OfficeRequest, OfficeRequest], Any]) -> OfficeRequest:
        """One request moved on, and `deed` with it. `note` goes into the history in the clear: no personal data."""
        with self._db.write(durable=True) as connection:
            before = self._one(connection, name, lock=True)
            after = changed(before)
            self._put(connection, after, now)
            self._promises.note(connection, [(after.key, after.state, note)], now)
            deed(connection, before, after)
        return after

    def take_out(self, wanted: Wanted, by: str, now: datetime, limit: int, deed: Callable[[sa.Connection, list[OfficeRequest]], Any]
                 ) -> list[OfficeRequest]:
        """Marks as exported what fits, and gives it as it was before: `takings` says whether it went out already."""
        with self._db.write(durable=True) as connection:
            found = self._some(connection, wanted, now, limit, lock=True)
            for each in found:
                self._put(connection, each.taken_out(by, now), now)
            self._promises.note(connection, [(r.key, r.state, f"exported by {by}") for r in found], now)
            deed(connection, found)
        return found

    # -- parts --------------------------------------------------------------------------------------------------

    def _one(self, connection: sa.Connection, name: str, *, lock: bool = False) -> OfficeRequest:
        reference = name.upper().replace("-", "").replace(" ", "")
        query = sa.select(promises).where(promises.c.kind == KIND, sa.or_(promises.c.key == name, sa.and_(
            promises.c.reference == reference, promises.c.reference != "")))
        row = connection.execute(query.with_for_update() if lock else query).mappings().first()
        if row is None:
            raise NotFound("there is no such service request", hint="ivr requests list shows reference numbers")
        return request_of(opened_row(self._db.box, row))

    def _some(self, connection: sa.Connection, wanted: Wanted, now: datetime, limit: int, *, lock: bool = False) -> list[OfficeRequest]:
        out: list[OfficeRequest] = []
        for row in self._rows(connection, wanted, lock):
            request = request_of(opened_row(self._db.box, row))
            if wanted.fits(request, now):
                out.append(request)
                if len(out) == limit:
                    break
        return out

    @staticmethod
    def _rows(connection: sa.Connection, wanted: Wanted, lock: bool) -> Iterator[Any]:
        """The office and the standing are sealed, so rows are opened and looked at, a page at a time."""
        where = [promises.c.kind == KIND]
        if wanted.name:
            where.append(promises.c.name == wanted.name)
        if wanted.standing in ("open", "late", "waiting", "taken"):
            where.append(promises.c.state.not_in(sorted(FINAL)))
        if wanted.since:
            where.append(promises.c.created_at >= _begins(wanted.since, wanted.zone))
        if wanted.until:
            where.append(promises.c.created_at < _begins(wanted.until + timedelta(days=1), wanted.zone))
        at: tuple[str, str] | None = None
        while True:
            later = [sa.tuple_(promises.c.not_after, promises.c.key) > sa.tuple_(sa.literal(at[0]), sa.literal(at[1]))] if at else []
            query = sa.select(promises).where(*where, *later).order_by(promises.c.not_after, promises.c.key).limit(PAGE)
            rows = connection.execute(query.with_for_update() if lock else query).mappings().all()
            yield from rows
            if len(rows) < PAGE:
                return
            at = (rows[-1]["not_after"], rows[-1]["key"])

    def _put(self, connection: sa.Connection, request: OfficeRequest, now: datetime) -> None:
        connection.execute(promises.update().where(promises.c.key == request.key).values(
            state=request.state, updated_at=now.isoformat(), fence=promises.c.fence + 1,
            progress=self._db.box.seal(orjson.dumps(request.progress()), PROGRESS)))
