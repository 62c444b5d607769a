"""Who can keep whom out by trying, and who is not stopped by a limit that should stop them. On every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.access.desk import Access
from ivr.access.sign_in import Refused, TooMany
from ivr.store.db import Database
from tests.contract.test_access_stores import NOW, PASSWORD, access_of, enter

OFFICE, ELSEWHERE = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def access(db: Database) -> Access:
    made = access_of(db)
    made.staff.create("ana", "agent", PASSWORD, "cli:root", NOW)
    return made


def knock(access: Access, times: int, *, name: str = "ana", address: str = ELSEWHERE) -> int:
    """How many wrong tries were looked at."""
    looked_at = 0
    for _ in range(times):
        try:
            enter(access, name, "wrong", address=address)
        except Refused:
            looked_at += 1
        except TooMany:
            continue
    return looked_at


def test_an_address_that_is_stopped_shuts_no_names(access: Access) -> None:
    for n in range(50):
        knock(access, 1, name=f"user{n}")
    assert knock(access, 60) == 0
    enter(access, address=OFFICE)


def test_a_name_is_open_again_though_somebody_goes_on_knocking(access: Access) -> None:
    """What the quarter of an hour stops counts nowhere: neither towards it nor towards the day."""
    assert knock(access, 70) == 10
    enter(access, address=OFFICE, now=NOW + timedelta(minutes=31))


def test_nobody_elsewhere_keeps_them_out_of_their_office(access: Access) -> None:
    enter(access, address=OFFICE)
    for n in range(6):
        knock(access, 10, address=f"203.0.113.{n}")
    with pytest.raises(TooMany):
        enter(access, address=ELSEWHERE)
    enter(access, address=OFFICE)
    enter(access, address=OFFICE, now=NOW + timedelta(minutes=1))


def test_the_office_is_no_place_to_guess_from(access: Access) -> None:
    enter(access, address=OFFICE)
    assert knock(access, 40, address=OFFICE) == 10
    with pytest.raises(TooMany):
        enter(access, address=OFFICE)


def test_an_office_is_remembered_for_weeks_and_not_for_ever(access: Access) -> None:
    enter(access, address=OFFICE)
    for later, remembered in ((timedelta(days=50), True), (timedelta(days=240), False)):
        now = NOW + later
        for n in range(12):
            with pytest.raises((Refused, TooMany)):
                enter(access, password="wrong", now=now, address=f"203.0.113.{n}")
        if remembered:
            enter(access, address=OFFICE, now=now)
        else:
            with pytest.raises(TooMany):
                enter(access, address=OFFICE, now=now)


def test_all_addresses_of_one_network_are_one(access: Access) -> None:
    looked_at = sum(knock(access, 1, name=f"user{n}", address=f"2001:db8:1:2::{n:x}") for n in range(80))
    assert looked_at == 50
    enter(access, address="2001:db8:1:3::1")
