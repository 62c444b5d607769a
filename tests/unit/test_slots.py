"""Values as callers say and key them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.slots.base import SLOTS, read_keys
from ivr.dialog.slots.numbers import spoken_digits

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(("text", "language", "digits"), [
    ("four one five, two three six seven", "en", "4152367"), ("415-236-78 9 0", "en", "4152367890"),
    ("oh one double five", "en", "0155"), ("twenty one thirty", "en", "2130"), ("four to for ate", "en", "4248"),
    ("i want to go for it", "en", ""), ("uno dos tres", "es", "123"), ("treinta y uno", "es", "31"),
    ("veintidós", "es", "22"), ("cero siete doble cuatro", "es", "0744"), ("Nine", "en", "9"), ("Cero, siete.", "es", "07")])
def test_spoken_digits(text: str, language: str, digits: str) -> None:
    assert spoken_digits(text, language) == digits


@pytest.mark.parametrize(("text", "language", "value"), [
    ("march twentieth", "en", "2026-03-20"), ("March 20th", "en", "2026-03-20"), ("the 20th of march", "en", "2026-03-20"),
    ("march twenty first twenty twenty six", "en", "2026-03-21"), ("march twenty", "en", "2026-03-20"),
    ("Sept 5", "en", "2026-09-05"), ("tomorrow", "en", "2026-03-11"), ("2026-04-01", "en", "2026-04-01"),
    ("january fifth", "en", "2027-01-05"), ("february twentieth", "en", "2026-02-20"), ("3/20/2026", "en", "2026-03-20"),
    ("03202026", "en", "2026-03-20"), ("veinte de marzo", "es", "2026-03-20"), ("el 20 de marzo", "es", "2026-03-20"),
    ("treinta y uno de marzo de dos mil veintiséis", "es", "2026-03-31"), ("primero de abril", "es", "2026-04-01"),
    ("mañana", "es", "2026-03-11"), ("pasado mañana", "es", "2026-03-12"), ("5 de setiembre", "es", "2026-09-05")])
def test_dates_that_are_understood(text: str, language: str, value: str) -> None:
    reading = SLOTS["date"].spoken(text, language, TODAY)
    assert (reading.status, reading.value) == ("ok", value)


@pytest.mark.parametrize(("text", "language", "status"), [
    ("march", "en", "incomplete"), ("twenty", "en", "incomplete"), ("february thirtieth", "en", "invalid"), ("3/4", "es", "ambiguous"),
    ("mumble", "en", "none"), ("", "en", "none"), ("february 30 2026", "en", "invalid")])
def test_dates_that_are_not_guessed(text: str, language: str, status: str) -> None:
    assert SLOTS["date"].spoken(text, language, TODAY).status == status


@pytest.mark.parametrize(("keys", "value"), [("03202026", "2026-03-20"), ("0320", "2026-03-20"), ("032026", "2026-03-20"),
                                             ("1345", ""), ("02302026", ""), ("1", ""), ("123456789", "")])
def test_keyed_dates(keys: str, value: str) -> None:
    assert SLOTS["date"].keyed(keys, TODAY).value == value


@pytest.mark.parametrize(("text", "language", "value"), [
    ("two zero two five five five zero one four three", "en", "+12025550143"), ("202-555-0143", "en", "+12025550143"),
    ("1 202 555 0143", "en", "+12025550143"), ("dos cero dos cinco cinco cinco cero uno cuatro tres", "es", "+12025550143")])
def test_telephone_numbers(text: str, language: str, value: str) -> None:
    assert SLOTS["phone"].spoken(text, language, TODAY).value == value


@pytest.mark.parametrize("keys", ["9005550143", "8765550143", "2425550143", "911", "0000000000", "5551234", "88125550143",
                                  "4470555014355"])
def test_numbers_we_never_call_or_text(keys: str) -> None:
    """Premium, islands that share +1, emergency, too short, too long: toll fraud begins here."""
    assert SLOTS["phone"].keyed(keys, TODAY).status in ("invalid", "incomplete")


@pytest.mark.parametrize(("text", "value"), [("IOE 09 1234 5678", "IOE0912345678"), ("eac nine nine zero one two three four five six seven",
                                                                                    "EAC9901234567")])
def test_receipts(text: str, value: str) -> None:
    assert SLOTS["receipt"].spoken(text, "en", TODAY).value == value


@pytest.mark.parametrize(("text", "language", "value"), [
    ("Ana.Diaz@example.org", "en", "ana.diaz@example.org"), ("ana at example dot org", "en", "ana@example.org"),
    ("ana arroba example punto org", "es", "ana@example.org"), ("nothing", "en", ""), ("a@b", "en", ""),
    ("x@example.org\r\nBcc: y@example.org", "en", "")])
def test_email_addresses(text: str, language: str, value: str) -> None:
    assert SLOTS["email"].spoken(text, language, TODAY).value == value


@given(st.sampled_from(sorted(SLOTS)), st.text("0123456789", max_size=15))
def test_no_keys_break_a_slot(name: str, keys: str) -> None:
    reading = SLOTS[name].keyed(keys, TODAY)
    assert bool(reading.value) == (reading.status in ("ok", "ambiguous"))


@given(st.dates(date(2026, 3, 10), date(2027, 2, 1)))
def test_a_date_spoken_in_full_is_that_date(day: date) -> None:
    spoken = day.strftime("%B %d %Y")
    assert SLOTS["date"].spoken(spoken, "en", TODAY).value == day.isoformat()


@given(st.sampled_from(sorted(SLOTS)), st.text("0123456789*#٣²", max_size=12))
def test_stars_and_hashes_among_keys_are_no_number(name: str, keys: str) -> None:
    reading = read_keys(SLOTS[name], keys, TODAY)
    assert reading.status in ("ok", "incomplete", "ambiguous", "invalid", "none")
    if not (keys.isascii() and keys.isdigit()):
        assert reading.value == ""
