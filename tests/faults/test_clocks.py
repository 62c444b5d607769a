"""Row 12: the clock jumps ten minutes to and fro, and daylight saving time begins and ends, while promises wait to be kept."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.testing.callee import Callee
from tests.faults.amount import SEED, amount, dice
from tests.faults.figures import record
from tests.faults.storm import eastern_number, number_of
from tests.faults.test_providers import promise, states
from tests.rim.promised_call import CELL, dialled, live_through, next_wake, promise_call
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]
JUMP = timedelta(minutes=10)
NEW_YORK = ZoneInfo("America/New_York")
ZONES = {"America/New_York": "+12125550143", "America/Chicago": "+13125550143", "America/Denver": "+13035550143",
         "America/Los_Angeles": "+12135550143", "Pacific/Honolulu": "+18085550143"}
"""A number in each zone that callers live in."""


def monotonic(office: Site) -> None:
    """Durations come from a clock of their own, which no jump touches."""
    ticks = iter(range(10**9))
    office.clock.monotonic_s = lambda: next(ticks) * 0.001  # type: ignore[method-assign]


def test_jumps_of_ten_minutes_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    throw, texts, callbacks = dice("clocks"), amount(20, 300), amount(10, 100)
    with site(tmp_path, callback_lines=50, callback_calls_per_s=100.0) as office:
        monotonic(office)
        office.carrier.callees.anybody = Callee("human", "1")
        for n in range(texts):
            promise(office, n)
            office.rest.faults.for_number(number_of(n), *throw.choices(("500", "drop"), k=throw.randrange(3)))
        for n in range(callbacks):
            promise_call(office, "urgent", [eastern_number(n)], call_id=f"CB{n}", texts=False, email=None)
        jumps = 0
        for _ in range(2000):
            office.work()
            for call in [c for c in office.carrier.calls.values() if c.direction == "outbound-api" and not c.ended]:
                if throw.random() < 0.5:
                    office.carrier.callees.play(call)
            office.clock.advance(20)
            if throw.random() < 0.3:
                office.clock.time += throw.choice((JUMP, -JUMP))
                jumps += 1
            if set(states(office)) == {"done"}:
                break
        sent, called = Counter(m.to for m in office.ledger.sms), Counter(to for _, to in dialled(office))
        record("clock_jumps", jumps=jumps, texts=texts, callbacks=callbacks, lost=texts + callbacks - len(sent) - len(called),
               doubled=sum(c > 1 for c in [*sent.values(), *called.values()]))
        assert set(states(office)) == {"done"}, (SEED, states(office))
        assert len(sent) == texts and set(sent.values()) == {1}
        assert len(called) == callbacks and set(called.values()) == {1}


@pytest.mark.parametrize("begin", ["2026-03-05T10:05:00-05:00", "2026-10-29T10:05:00-04:00"], ids=["spring", "autumn"])
def test_callbacks_keep_local_time_over_a_change_of_the_clocks(tmp_path: Path, begin: str) -> None:
    """Promised before the change, called behind it: by day for the caller, within our hours, once."""
    with site(tmp_path, at=datetime.fromisoformat(begin), callback_per_day=1, callback_per_hour=1) as office:
        office.carrier.callees.anybody = Callee("human", "1")
        for n, number in enumerate(ZONES.values()):
            promise_call(office, numbers=[number], call_id=f"CZ{n}", texts=False, email=None)
        live_through(office, office.clock.now() + timedelta(days=30))
        calls = dialled(office)
        behind = sum((at.astimezone(NEW_YORK).dst() != datetime.fromisoformat(begin).astimezone(NEW_YORK).dst()) for at, _ in calls)
        record("dst", season="spring" if "-03-" in begin else "autumn", zones=len(ZONES), called=len(calls), behind_the_change=behind)
        assert sorted(to for _, to in calls) == sorted(ZONES.values()), "each once"
        assert behind > 0
        for zone, number in ZONES.items():
            (at,) = [at for at, to in calls if to == number]
            assert 8 <= at.astimezone(ZoneInfo(zone)).hour < 21, (zone, at)
            assert 8 <= at.astimezone(NEW_YORK).hour < 20 and at.astimezone(NEW_YORK).weekday() < 5


def test_a_clock_that_goes_back_fires_no_notice_twice(tmp_path: Path) -> None:
    with site(tmp_path) as office:
        promise_call(office, numbers=[CELL])
        live_through(office, office.clock.now() + timedelta(hours=1))
        notices = len(office.ledger.sms) + len(office.ledger.emails)
        assert notices == 2
        office.clock.time -= JUMP
        for _ in range(30):
            office.work()
            office.clock.advance(60)
        assert len(office.ledger.sms) + len(office.ledger.emails) == notices
        following = next_wake(office)
        assert following is not None and following.astimezone(UTC) > office.clock.now()
