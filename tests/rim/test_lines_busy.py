"""More calls than there may be: whoever comes too much hears so, with the hours and where else help is, and nobody else notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.store.calls import QUIET
from tests.rim.site import Site, site

BUSY = "All our lines are busy"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, max_calls=2) as made:
        yield made


@pytest.mark.usefixtures("on_every_store")
def test_the_third_caller_of_two_hears_that_all_lines_are_busy(tmp_path: Path) -> None:
    with site(tmp_path, max_calls=2) as office:
        first, second, third = (office.call(from_=f"+1202555015{n}") for n in range(3))
        assert first.gathering and second.gathering
        assert third.ended == "hangup" and not third.errors
        assert BUSY in third.heard_text and "8 a.m. to 8 p.m." in third.heard_text and "ocupadas" in third.heard_text
        assert office.services.turns.session(third.sid) is None, "nothing is begun for them"
        assert office.services.metrics.lines_busy._value.get() == 1
        first.hangup()
        assert office.call().gathering, "a line that is free is given again"


def test_the_repetition_of_a_call_that_was_taken_is_not_turned_away(office: Site) -> None:
    office.call(), office.call()
    row = next(w for w in office.ledger.webhooks if w.kind == "voice")
    answer = office.carrier.sender.replay(row)
    assert answer is not None and answer.body == row.answer


def test_a_call_of_which_nothing_is_heard_gives_its_line_back(office: Site) -> None:
    office.call(), office.call()
    assert office.call().ended
    office.clock.advance((QUIET + timedelta(seconds=1)).total_seconds())
    assert office.call().gathering


def test_without_a_limit_everybody_is_taken(tmp_path: Path) -> None:
    with site(tmp_path) as office:
        assert all(office.call(from_=f"+120255501{n:02}").gathering for n in range(20))
