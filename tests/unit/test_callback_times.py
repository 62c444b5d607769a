"""Times of promised calls, case by case: forty moments over five zones, and the whole life of a routine promise in virtual time."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.contact.breaker import FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker
from ivr.contact.callbacks.model import Attempt, Inputs, Progress, Rules
from ivr.contact.callbacks.notices import by_day, notice_at
from ivr.contact.callbacks.rounds import first_start, next_step, windows_of
from ivr.contact.callbacks.slots import SlotBook
from ivr.contact.callbacks.windows import zones_of
from ivr.contact.retry import settle_s
from ivr.flow.calendar import due_by
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests/golden/callback_times.txt"
NEW_YORK = ZoneInfo("America/New_York")
NUMBERS = {"New York": "+12025550143", "Los Angeles": "+13105550143", "Phoenix": "+14805550143", "Honolulu": "+18085550143",
           "Guam": "+16715550143"}
MOMENTS = ["2026-03-06T18:45", "2026-03-08T02:30", "2026-03-09T07:59", "2026-10-30T19:59", "2026-11-01T01:30", "2026-11-25T18:31",
           "2028-02-28T12:00", "2026-07-02T17:15"]


@pytest.fixture(scope="module")
def uscis() -> Bundle:
    return load_bundle(ROOT / "flows/uscis")


def rules_of(bundle: Bundle, promise: str = "routine") -> Rules:
    assert bundle.rounds is not None
    return Rules(bundle.calendar, bundle.rounds, bundle.promises[promise].notice)


def inputs_of(bundle: Bundle, now: datetime, *numbers: str, promise: str = "routine") -> Inputs:
    due = due_by(bundle.calendar, bundle.promises[promise].due_within, now)
    return Inputs(now, due, promise == "urgent", len(numbers), zones_of(numbers))


def shown(moment: datetime | None, zone: ZoneInfo = NEW_YORK) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if moment else "never"


def lines(bundle: Bundle) -> list[str]:
    out = []
    for place, number in NUMBERS.items():
        for text in MOMENTS:
            now = datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)
            inputs, rules = inputs_of(bundle, now, number), rules_of(bundle)
            start = first_start(windows_of(inputs, rules), rules, now)
            planned = SlotBook("America/New_York", 60, 500).plan(inputs, rules, now)
            assert planned is not None
            assert rules.notice is not None
            windows = windows_of(inputs, rules)
            told = by_day(windows, max(now, notice_at(windows, rules.notice, planned)))
            out.append(f"{place:12} promised {shown(now)} | earliest {shown(start)} | notice {shown(told)} | call {shown(planned)} = "
                       f"{shown(planned, ZoneInfo(inputs.zones[0]))} | due {inputs.due_by:%Y-%m-%d}")
    return out


def test_forty_cases_over_five_zones(uscis: Bundle) -> None:
    found = "\n".join(lines(uscis)) + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        GOLDEN.write_text(found)
    assert len(found.splitlines()) == 40
    assert found == GOLDEN.read_text()


def test_the_whole_life_of_a_routine_promise_takes_less_than_a_second(uscis: Bundle) -> None:
    """Thirty business days, minute by minute where something could happen, with every slot before the last one taken."""
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    inputs, rules = inputs_of(uscis, now, *list(NUMBERS.values())[:2]), rules_of(uscis)
    book = SlotBook("America/New_York", 60, 500)
    last_day = inputs.due_by - timedelta(hours=6)
    begun = time.perf_counter()
    planned = book.plan(inputs, rules, now, not_before=last_day)
    assert planned is not None
    p, clock, kinds = replace(Progress(), planned_at=planned), now, []
    while clock < now + timedelta(days=60):
        step = next_step(inputs, p, rules, clock)
        if step.at > clock:
            clock = min(step.at, clock + timedelta(hours=1))  # a worker that looks every hour, and finds nothing to do
            continue
        kinds.append(step.kind)
        if step.kind == "close":
            break
        if step.kind == "notice":
            p = replace(p, noticed_for=p.planned_at)
        elif step.kind == "tell_second":
            p = replace(p, second_told=step.round)
        else:
            p = p.with_attempt(Attempt(step.round, step.number, clock))
            clock += timedelta(seconds=30)
            p = p.with_result("no_answer", clock)
    assert kinds == ["notice", "call", "call", "tell_second", "call", "call", "close"]
    assert clock <= inputs.due_by.astimezone(UTC)
    assert time.perf_counter() - begun < 1.0, "the promise of the issue: a life in under a second"


def test_numbers_know_their_zones() -> None:
    assert zones_of(["+12025550143", "+18085550143"], ["America/Chicago"]) == ("America/Chicago", "America/New_York", "Pacific/Honolulu")
    assert set(zones_of(["+12085550143"])) == {"America/Boise", "America/Los_Angeles"}, "Idaho has two"
    assert zones_of(["nonsense"]) == ()


def test_the_stricter_zone_wins(uscis: Bundle) -> None:
    now = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)  # 8:30 in New York, 2:30 in Honolulu
    inputs, rules = inputs_of(uscis, now, NUMBERS["New York"], NUMBERS["Honolulu"]), rules_of(uscis)
    start = first_start(windows_of(inputs, rules), rules, now)
    assert start is not None
    assert shown(start, ZoneInfo("Pacific/Honolulu")) == "Tue 2026-03-10 08:00 HST"


# -- breaker and reconciliation ----------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)


def test_a_breaker_opens_lets_one_try_and_closes_again() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.allows(NOW) is None
        breaker = breaker.failed(NOW)
    assert breaker.allows(NOW) == 0
    later = NOW + timedelta(seconds=FIRST_PAUSE_S)
    assert breaker.allows(later) == 1
    assert breaker.probing(later).allows(later) == 0, "one tries, not all"
    assert breaker.probing(later).allows(later + timedelta(seconds=FIRST_PAUSE_S)) == 1, "unless it never came back"
    assert breaker.succeeded().allows(later) is None


def test_the_pause_of_a_breaker_grows_and_stays_short_enough() -> None:
    breaker, pauses = Breaker(), []
    for n in range(20):
        breaker = breaker.failed(NOW + timedelta(seconds=n))
        pauses.append(breaker.pause_s)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S <= 60


def test_failures_that_are_not_in_a_row_open_nothing() -> None:
    breaker = Breaker()
    for _ in range(50):
        breaker = breaker.failed(NOW).failed(NOW).succeeded()
    assert not breaker.is_open


def test_a_listing_is_believed_only_after_its_time() -> None:
    assert settle_s(0, 30) == 30
    assert settle_s(10, 30) == 20
    assert settle_s(31, 30) == 0
