"""A day of filing is past and a day that suits is to come, however it is said."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.slots.base import SLOTS, Reading, read_keys
from ivr.dialog.slots.day_side import PAST, TO_COME, WRONG_SIDE, fits, on_side

TODAY = date(2026, 3, 10)


def said(text: str, side: str, language: str = "en", today: date = TODAY) -> Reading:
    return on_side(lambda day: SLOTS["date"].spoken(text, language, day), side, today)


@pytest.mark.parametrize(("text", "language", "value"), [
    ("december twentieth", "en", "2025-12-20"), ("veinte de diciembre", "es", "2025-12-20"), ("march first", "en", "2026-03-01"),
    ("december 20 2024", "en", "2024-12-20"), ("yesterday", "en", "2026-03-09"), ("today", "en", "2026-03-10"),
    ("el 11 de marzo", "es", "2025-03-11")])
def test_a_day_of_filing_is_the_last_such_day(text: str, language: str, value: str) -> None:
    assert said(text, PAST, language).value == value


@pytest.mark.parametrize("text", ["january 5 2027", "march 11 2026"])
def test_nothing_was_filed_in_the_future(text: str) -> None:
    assert said(text, PAST).problem == WRONG_SIDE


@pytest.mark.parametrize("text", ["yesterday", "march first", "march 9 2026", "june 1 2025"])
def test_no_day_that_has_passed_would_suit(text: str) -> None:
    assert said(text, TO_COME).problem == WRONG_SIDE


@pytest.mark.parametrize("text", ["tomorrow", "march twentieth", "february 29 2028", "today"])
def test_a_day_to_come_does(text: str) -> None:
    assert said(text, TO_COME) == said(text, "any")


def test_of_two_readings_the_possible_one_was_meant() -> None:
    assert said("3/4/2026", "any").other and said("3/4/2026", PAST) == Reading("ok", "2026-03-04")


def test_keys_too() -> None:
    assert on_side(partial(_keyed, "1220"), PAST, TODAY).value == "2025-12-20"
    assert on_side(partial(_keyed, "03092026"), TO_COME, TODAY).problem == WRONG_SIDE


def _keyed(digits: str, day: date) -> Reading:
    return read_keys(SLOTS["date"], digits, day)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from([PAST, TO_COME]),
       st.sampled_from(["%B %d", "%B %d %Y", "%m/%d/%Y"]))
def test_what_is_understood_is_on_its_side(day: date, today: date, side: str, form: str) -> None:
    reading = said(day.strftime(form), side, today=today)
    assert reading.problem == WRONG_SIDE if not reading.usable else fits(reading.value, side, today)
    if reading.usable and "%Y" in form and reading.other == "" and not said(day.strftime(form), "any", today=today).other:
        assert reading.value == day.isoformat()
