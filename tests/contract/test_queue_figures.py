"""The live figures of the carrier's lines over SQLite, PostgreSQL and Redis, and the same from several servers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.agents.figures import FEWEST
from ivr.errors import Unavailable
from ivr.runtime.queue_figures import GONE_S, WINDOW_S, QueueFigures
from ivr.store.shared import Shared
from tests.rim.site import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    # On a whole window, so that the counters are exact: the system clock decides what a store of its own forgets, so it is near.
    now = datetime.now(UTC).timestamp()
    return StoppedClock(datetime.fromtimestamp(now - now % WINDOW_S, UTC))


def test_a_place_is_as_long_as_the_time_between_two_who_were_taken(shared: Shared, clock: StoppedClock) -> None:
    one, two = QueueFigures(shared, clock), QueueFigures(shared, clock)
    for n in range(FEWEST - 1):
        one.over("tier1", f"CA{n}", taken=True)
    one.over("tier1", "CA99", taken=False)
    assert two.expected_s("tier1", 1) is None, "too few to tell, and who gave up was not taken"
    two.over("tier1", "CA8", taken=True)
    assert one.expected_s("tier1", 1) == pytest.approx(WINDOW_S / FEWEST)
    assert one.expected_s("tier1", 4) == pytest.approx(4 * WINDOW_S / FEWEST)
    assert one.expected_s("tier2", 1) is None, "lines do not meet"


def test_a_new_caller_comes_behind_everybody_who_waits(shared: Shared) -> None:
    clock = StoppedClock(datetime.now(UTC))
    figures = QueueFigures(shared, clock)
    for n in range(FEWEST):
        figures.over("tier1", f"CA{n}", taken=True)
    first = figures.expected_of_new_s("tier1")
    for call in ("CA20", "CA21", "CA21"):
        figures.waits("tier1", call)
    assert first is not None and figures.expected_of_new_s("tier1") == pytest.approx(3 * first)
    figures.over("tier1", "CA20", taken=False)
    assert figures.expected_of_new_s("tier1") == pytest.approx(2 * first)


def test_whoever_is_not_heard_of_waits_no_more(shared: Shared, clock: StoppedClock) -> None:
    if shared.where != "the database":
        pytest.skip("Redis forgets by its own clock, which no test can stop")
    figures = QueueFigures(shared, clock)
    figures.waits("tier1", "CA1")
    assert len(shared.presence.who("queue:tier1", clock.now())) == 1
    clock.advance(GONE_S)
    assert shared.presence.who("queue:tier1", clock.now()) == []


def test_what_cannot_be_reached_is_not_known() -> None:
    class Down:
        def __getattr__(self, name: str):
            raise Unavailable("the store is down", code="down")

    shared = Shared(None, None, Down(), Down(), Down(), "nowhere")  # type: ignore[arg-type]
    figures = QueueFigures(shared, StoppedClock(datetime.now(UTC)))
    figures.waits("tier1", "CA1")
    figures.over("tier1", "CA1", taken=True)
    assert figures.expected_s("tier1", 1) is None
    assert figures.expected_of_new_s("tier1") is None
