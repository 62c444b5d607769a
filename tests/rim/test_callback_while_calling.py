"""A promised call never rings the telephone on which its caller still speaks with us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.runtime.callbacks.placing import NUMBER_BUSY
from ivr.store.calls import QUIET
from ivr.testing.emulated_call import EmulatedCall
from tests.rim.promised_call import CELL, OFFICE, dialled, live_through, promise_call
from tests.rim.site import Site, site


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as s:
        yield s


def promised_in(office: Site, call: EmulatedCall, number: str = CELL) -> None:
    promise_call(office, "urgent", (number,), call_id=call.sid)


def test_the_call_waits_until_they_have_hung_up(office: Site) -> None:
    call = office.call(from_=CELL)
    promised_in(office, call)
    live_through(office, office.clock.now() + timedelta(minutes=5))
    assert dialled(office) == []
    call.hangup()
    hung_up = office.clock.now()
    live_through(office, hung_up + NUMBER_BUSY + timedelta(seconds=1))
    (made,) = dialled(office)
    assert hung_up <= made[0] <= hung_up + NUMBER_BUSY + timedelta(seconds=1)


def test_another_telephone_rings_at_once(office: Site) -> None:
    call = office.call(from_=CELL)
    promised_in(office, call, OFFICE)
    live_through(office, office.clock.now() + timedelta(seconds=1))
    assert [to for _, to in dialled(office)] == [OFFICE]


def test_a_call_whose_end_was_never_told_holds_it_up_for_no_longer_than_a_line(office: Site) -> None:
    call = office.call(from_=CELL)
    promised_in(office, call)
    live_through(office, office.clock.now() + QUIET + NUMBER_BUSY)
    assert [to for _, to in dialled(office)] == [CELL]
