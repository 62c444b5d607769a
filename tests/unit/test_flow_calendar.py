"""Opening hours and deadlines across weekends, holidays and the two clock changes of 2026 (8 March, 1 November)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.flow.calendar import add_business_days, due_by, is_due_spec, is_open, local, next_opening
from ivr.flow.load import load_bundle
from ivr.flow.model_calendar import Calendar, OpenHours

NEW_YORK = ZoneInfo("America/New_York")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    found = load_bundle(ROOT / "flows" / "uscis").calendar
    assert found is not None
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_it"),
    [
        ("2026-03-10T07:59:59", False),
        ("2026-03-10T08:00", True),
        ("2026-03-10T19:59:59", True),
        ("2026-03-10T20:00", False),
        ("2026-03-07T12:00", False),
        ("2026-03-08T12:00", False),  # a weekend, and the clock change on Sunday
        ("2026-03-09T08:00", True),  # the first morning of summer time
        ("2026-11-02T08:00", True),
        ("2026-11-02T07:30", False),  # the first morning of winter time
        ("2026-07-03T12:00", False),  # 4 July 2026 is a Saturday, observed on Friday
        ("2026-11-26T12:00", False),
        ("2026-11-27T12:00", True),  # Thanksgiving and the day after
        ("2027-12-31T12:00", False),  # New Year's Day 2028 is a Saturday
        ("2026-06-19T12:00", False),
        ("2026-10-12T12:00", False),
    ],
)
def test_open(calendar: Calendar, moment: str, is_it: bool):
    assert is_open(calendar, at(moment)) is is_it


@pytest.mark.parametrize(("moment", "opens"), [
    ("2026-03-10T07:00", "2026-03-10T08:00"), ("2026-03-10T08:00", "2026-03-11T08:00"),
    ("2026-03-06T20:30", "2026-03-09T08:00"), ("2026-07-02T21:00", "2026-07-06T08:00"),
    ("2026-10-30T21:00", "2026-11-02T08:00"),
])
def test_next_opening(calendar: Calendar, moment: str, opens: str):
    assert next_opening(calendar, at(moment)) == at(opens)


@pytest.mark.parametrize(("moment", "days", "ends"), [
    ("2026-03-10T10:05", 1, "2026-03-11T20:00"), ("2026-03-06T10:00", 1, "2026-03-09T20:00"),
    ("2026-03-07T10:00", 1, "2026-03-09T20:00"), ("2026-07-02T10:00", 1, "2026-07-06T20:00"),
    ("2026-03-10T10:05", 30, "2026-04-21T20:00"), ("2026-11-20T23:59", 30, "2027-01-06T20:00"),
])
def test_business_days(calendar: Calendar, moment: str, days: int, ends: str):
    assert add_business_days(calendar, at(moment), days) == at(ends)


def test_a_late_evening_belongs_to_the_local_day(calendar: Calendar):
    """23:30 in New York is already tomorrow in UTC; the promise counts from the caller's today."""
    assert add_business_days(calendar, datetime(2026, 3, 11, 3, 30, tzinfo=UTC), 1) == at("2026-03-11T20:00")


@pytest.mark.parametrize(
    ("spec", "due"),
    [
        ("30 business_days", "2026-04-21T20:00"),
        ("1..2 business_days", "2026-03-12T20:00"),
        ("24h..72h", "2026-03-13T10:05"),
        ("48h", "2026-03-12T10:05"),
    ],
)
def test_due_by_is_the_far_end(calendar: Calendar, spec: str, due: str):
    assert due_by(calendar, spec, at("2026-03-10T10:05")) == at(due)


def test_the_date_of_a_deadline_is_the_one_to_be_spoken(calendar: Calendar):
    assert due_by(calendar, "30 business_days", at("2026-03-10T10:05")).date() == date(2026, 4, 21)


def test_72_hours_over_a_clock_change_are_72_hours(calendar: Calendar):
    start = at("2026-03-06T10:05")
    assert (due_by(calendar, "24h..72h", start) - start).total_seconds() == 72 * 3600


@pytest.mark.parametrize(
    "spec", ["soon", "72h..24h", "0h", "0 business_days", "3 days", "999 business_days", "", "-1h"]
)
def test_what_cannot_be_promised(spec: str):
    assert not is_due_spec(spec)


def test_an_override_wins_over_a_holiday_and_a_week():
    half_day = {date(2026, 12, 24): (OpenHours(time(8), time(12)),), date(2026, 12, 28): ()}
    week = {n: (OpenHours(time(8), time(20)),) for n in range(5)}
    calendar = Calendar("America/New_York", week, "", frozenset({date(2026, 12, 24), date(2026, 12, 28)}), half_day)
    assert is_open(calendar, at("2026-12-24T11:00"))
    assert not is_open(calendar, at("2026-12-24T13:00"))
    assert not is_open(calendar, at("2026-12-28T11:00"))


def test_a_bundle_without_a_calendar_is_always_open():
    assert is_open(None, datetime(2026, 3, 8, 3, 0, tzinfo=UTC))
    assert local(None, at("2026-03-10T10:05")).utcoffset().total_seconds() == 0


def test_a_calendar_that_never_opens_has_no_next_opening():
    assert next_opening(Calendar("UTC", {}), datetime(2026, 1, 1, tzinfo=UTC)) is None
