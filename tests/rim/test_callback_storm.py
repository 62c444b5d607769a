"""Many promised calls at once: lines, calls a second, order; holidays that come late; texts right before a call."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from ivr.contact.callbacks.model import Progress
from ivr.store.promise_ledger import NotNow
from ivr.store.schema_promises import callback_calls, promises
from ivr.testing.callee import Callee
from tests.rim.promised_call import CELL, dialled, live_through, next_wake, promise_call, state, written
from tests.rim.site import Site, site

NINE = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)


def storm(office: Site, n: int) -> list[str]:
    """So many calls, all planned for nine o'clock, promised one second after the other."""
    keys = []
    for each in range(n):
        keys.append(promise_call(office, numbers=[f"+1202555{each + 100:04}"], call_id=f"CA{each:05}", texts=False, email=None))
        office.clock.advance(1)
    with office.services.db.write() as connection:
        for key in keys:
            row = office.services.callbacks.performer._rows.row(connection, key)
            progress = Progress(planned_at=NINE, noticed_for=NINE).as_json()
            office.services.callbacks.performer._rows.put(connection, row, "waiting", office.clock.now(), note="test", progress=progress,
                                                          wake_at=NINE, due_at=NINE, planned_at=NINE)
    office.clock.time = NINE
    return keys


def test_a_storm_is_paced_by_lines_and_calls_per_second_and_keeps_its_order(tmp_path: Path) -> None:
    with site(tmp_path, callback_lines=3, callback_calls_per_s=2.0) as office:
        storm(office, 25)
        office.carrier.callees.anybody = Callee("human", "1")
        most = 0
        for _ in range(400):
            office.work()
            ringing = [c for c in office.carrier.calls.values() if c.direction == "outbound-api" and not c.ended]
            most = max(most, len(ringing))
            if len(ringing) == 3:
                office.clock.advance(5)
                office.carrier.callees.play(ringing[0])
            office.clock.advance(0.25)
            if len(dialled(office)) == 25:
                break
        calls = dialled(office)
        assert most <= 3, "never more lines than there are"
        assert [to for _, to in calls] == [f"+1202555{n + 100:04}" for n in range(25)], "first in, first out"
        assert all(later - earlier >= timedelta(seconds=0.5) for (earlier, _), (later, _) in pairwise(calls))


def test_without_lines_nobody_is_called(tmp_path: Path) -> None:
    with site(tmp_path, callback_lines=0) as office:
        storm(office, 2)
        for _ in range(5):
            office.work()
            office.clock.advance(10)
        assert dialled(office) == []


def test_urgent_goes_before_routine(tmp_path: Path) -> None:
    with site(tmp_path, callback_lines=1) as office:
        storm(office, 3)
        office.work()
        promise_call(office, "urgent", ["+12025559999"], call_id="CAurgent", texts=False, email=None)
        for _ in range(6):
            office.work()
            for call in [c for c in office.carrier.calls.values() if c.direction == "outbound-api" and not c.ended]:
                office.clock.advance(5)
                call.decline("busy")
        assert dialled(office)[1][1] == "+12025559999", "next, whoever else waits"


def test_a_holiday_that_is_added_moves_the_call_and_tells_the_caller_again(office: Site) -> None:
    key = promise_call(office, numbers=[CELL])
    live_through(office, office.clock.now() + timedelta(hours=2))
    assert ("sms", "callback_notice") in written(office)
    planned = office.services.callbacks.desk.status(office.services.promises.get(key)).day
    bundle = office.services.bundles.current
    import dataclasses

    calendar = dataclasses.replace(bundle.calendar, closed_on=bundle.calendar.closed_on | {planned})  # type: ignore[type-var, union-attr]
    changed = dataclasses.replace(bundle, calendar=calendar)
    office.services.callbacks.situations._bundles = _Always(changed)  # type: ignore[assignment]
    assert "1 of 1" in office.services.callbacks.recompute.run(office.clock.now())
    live_through(office, office.clock.now() + timedelta(days=30), {CELL: [Callee("human", "1")]})
    assert dialled(office)[0][0].date() > planned  # type: ignore[operator]
    assert written(office).count(("sms", "callback_notice")) == 2


class _Always:
    def __init__(self, bundle: object):
        self.current = bundle


@pytest.mark.usefixtures("on_every_store")
def test_calls_that_were_called_off_leave_room_for_later_ones(tmp_path: Path) -> None:
    with site(tmp_path, callback_per_hour=1, callback_per_day=1) as office:
        keys = [promise_call(office, numbers=[f"+120255501{n:02}"], call_id=f"CA{n}", texts=False, email=None) for n in range(10, 14)]
        office.work()
        days = [office.services.callbacks.desk.status(office.services.promises.get(k)).day for k in keys]
        assert days == sorted(set(days)), "one a day, in order"  # type: ignore[type-var]
        office.services.callbacks.desk.cancel(keys[0], "test")
        office.services.callbacks.recompute.run(office.clock.now())
        moved = [office.services.callbacks.desk.status(office.services.promises.get(k)).day for k in keys[1:]]
        assert moved == days[:3]


def test_who_cannot_be_called_in_time_is_told(tmp_path: Path) -> None:
    with site(tmp_path, callback_per_hour=1, callback_per_day=1) as office:
        for n in range(10, 45):
            promise_call(office, numbers=[f"+120255501{n:02}"], call_id=f"CA{n}", texts=False)
        office.work()
        late = [m for m in office.promises("notice") if m["payload"]["message"] == "callback_late"]
        assert late
        assert office.services.metrics.callbacks_late._value.get() == len(late)


@pytest.mark.parametrize(("value", "texts"), [("off", 0), ("10 minutes", 1)])
def test_a_text_right_before_the_call_is_an_owners_switch(office: Site, value: str, texts: int) -> None:
    bundle = office.services.bundles.current
    facts = {**bundle.facts, "text_ahead": dataclasses.replace(bundle.facts["text_ahead"], value=value)}
    office.services.callbacks.situations._bundles = _Always(dataclasses.replace(bundle, facts=facts))  # type: ignore[assignment]
    key = promise_call(office, numbers=[CELL])
    office.services.callbacks.desk.change_window(key, (time(12), time(17)), "test")  # at eight sharp no text could come before
    live_through(office, office.clock.now() + timedelta(days=30), {CELL: [Callee("human", "1")]})
    ahead = [m for m in office.ledger.sms if "about to call" in m.body]
    assert len(ahead) == texts
    if ahead:
        assert timedelta(minutes=9) <= dialled(office)[0][0] - ahead[0].at.astimezone(UTC) <= timedelta(minutes=11)


def test_a_promise_in_the_middle_of_a_call_cannot_be_changed(office: Site) -> None:
    key = promise_call(office, "urgent", [CELL])
    while state(office, key) != "calling":
        office.work()
        following = next_wake(office)
        assert following is not None
        office.clock.time = max(following, office.clock.now()) if state(office, key) != "calling" else office.clock.now()
    from ivr.runtime.callbacks.desk import Refused

    with pytest.raises(Refused):
        office.services.callbacks.desk.change_number(key, "+12025550187", "test")
    with pytest.raises(NotNow):
        office.services.ledger.release(key, office.clock.now(), "test")


@pytest.mark.usefixtures("on_every_store")
def test_never_two_calls_to_one_number_by_the_database_itself(office: Site) -> None:
    calls = office.services.callbacks.calls
    now = office.clock.now()
    with office.services.db.write() as c:
        assert calls.reserve(c, "a", 1, 0, CELL, now)
    with pytest.raises(sa.exc.IntegrityError), office.services.db.write() as c:
        calls.reserve(c, "b", 1, 0, CELL, now + timedelta(seconds=5))
    with office.services.db.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(callback_calls)).scalar() == 1
        assert c.execute(sa.select(sa.func.count()).select_from(promises)).scalar() == 0
