"""The line, the staff and the estimate: Erlang's formulas against published values, what is told of a wait, a day at the queue."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import queues as benchmark
from benchmarks.parts.queue_floor import Day, Run, staff
from ivr.agents import erlang
from ivr.agents.estimate import LONGEST_S, expected_wait_s, said
from ivr.agents.figures import FEWEST, MOST_KEPT, OLDEST_S, Figures
from ivr.agents.floor import MOST_WRAP_UP_S, Floor
from ivr.agents.presence import Agent, Doing, Post
from ivr.agents.routing import match
from ivr.agents.waiting import Ticket


@pytest.mark.parametrize(("agents", "erlangs", "blocked"), [
    # Standard traffic tables: load at which 1 % of the calls are lost.
    (1, 0.0101, 0.01), (2, 0.153, 0.01), (5, 1.361, 0.01), (10, 4.461, 0.01), (20, 12.03, 0.01), (100, 84.064, 0.01)])
def test_erlang_b_as_published(agents: int, erlangs: float, blocked: float) -> None:
    assert erlang.lost(agents, erlangs) == pytest.approx(blocked, rel=0.005)


def test_erlang_c_as_published() -> None:
    # The textbook call centre: 200 calls an hour of 180 s each, 80 % within 20 s.
    assert erlang.load(200 / 3600, 180) == pytest.approx(10)
    assert erlang.waits(11, 10) == pytest.approx(0.682, abs=0.0005)
    assert erlang.waits(14, 10) == pytest.approx(0.174, abs=0.0005)
    assert erlang.answered_within(14, 10, 180, 20) == pytest.approx(0.888, abs=0.0005)
    assert erlang.mean_wait_s(14, 10, 180) == pytest.approx(7.8, abs=0.05)
    assert erlang.needed(10, 180, 0.8, 20) == 14
    # In closed form: M/M/1 waits with its load, M/M/2 at half load with a third.
    assert erlang.waits(1, 0.7) == pytest.approx(0.7)
    assert erlang.waits(2, 1) == pytest.approx(1 / 3)


def test_erlang_at_its_edges() -> None:
    assert erlang.waits(5, 0) == 0
    assert erlang.waits(5, 5) == 1
    assert erlang.mean_wait_s(5, 5, 60) == math.inf
    assert erlang.answered_within(5, 6, 60, 1000) == 0
    assert 0 < erlang.waits(500, 480) < 1, "no overflow with many agents"


@settings(deadline=None)
@given(st.integers(1, 60), st.floats(0.1, 50))
def test_more_agents_never_make_anybody_wait_longer(agents: int, erlangs: float) -> None:
    assert erlang.waits(agents + 1, erlangs) <= erlang.waits(agents, erlangs) + 1e-12


# -- what is said ---------------------------------------------------------------------------------------------------


def test_what_is_said_of_a_wait() -> None:
    told = {s: (said(s).form, said(s).minutes) for s in (0, 59, 60, 61, 299, 301, 600, 601, 1500, 1501, 1800, 1801, math.inf)}
    assert told == {0: ("soon", 0), 59: ("soon", 0), 60: ("soon", 0), 61: ("about", 2), 299: ("about", 5), 301: ("about", 6),
                    600: ("about", 10), 601: ("about", 15), 1500: ("about", 25), 1501: ("about", 30), 1800: ("about", 30),
                    1801: ("more_than", 30), math.inf: ("more_than", 30)}
    assert said(None).form == "unknown"


@settings(deadline=None)
@given(st.floats(60.01, 1800))
def test_never_less_is_said_than_is_expected_and_never_much_more(seconds: float) -> None:
    minutes = said(seconds).minutes
    assert seconds <= 60 * minutes <= seconds + 300


# -- the estimate ---------------------------------------------------------------------------------------------------


def full(agents: int, waiting: int, *, handling_s: float | None = 300.0) -> Floor:
    """Everybody talks, and so many wait in English."""
    floor = Floor(figures=Figures())
    for n in range(agents):
        floor = floor.sign_in(Agent(f"a{n}"), 0.0).join(Ticket(f"t{n}", "tier1", "en", 0.0))
    floor, offers = floor.offers(0.0)
    for offer in offers:
        floor = floor.accept(offer.agent_id, 0.0)
    for n in range(waiting):
        floor = floor.join(Ticket(f"w{n}", "tier1", "en", 1.0))
    figures = Figures()
    for _ in range(FEWEST if handling_s is not None else 0):
        figures = figures.took("tier1", "en", handling_s or 0.0, 0.0)
    return replace(floor, figures=figures)


NEW = Ticket("new", "tier1", "en", 10.0)


def test_a_place_in_the_line_is_so_many_conversations_away() -> None:
    floor = full(5, 3)
    assert expected_wait_s(floor, NEW, 10.0) == pytest.approx(4 * 300 / 5), "fourth to be served by five"
    assert expected_wait_s(floor, floor.line.waiting["w0"], 10.0) == pytest.approx(300 / 5)
    urgent = replace(NEW, ahead_s=900.0)
    assert expected_wait_s(floor, urgent, 10.0) == pytest.approx(300 / 5), "in front of the routine ones"


def test_nobody_waits_for_whoever_is_ready_and_nobody_is_promised_whoever_is_away() -> None:
    assert expected_wait_s(Floor().sign_in(Agent("a"), 0.0), NEW, 10.0) == 0
    assert expected_wait_s(Floor(), NEW, 10.0) is None
    assert expected_wait_s(Floor().sign_in(Agent("a"), 0.0, Doing.AWAY), NEW, 10.0) is None
    assert expected_wait_s(Floor().sign_in(Agent("a", languages=frozenset({"es"})), 0.0), NEW, 10.0) is None


def test_the_declared_time_stands_in_until_there_are_enough_live_ones() -> None:
    floor = full(1, 0, handling_s=None)
    assert expected_wait_s(floor, NEW, 10.0, {"tier1": 200.0}) == pytest.approx(200)
    for _ in range(FEWEST):
        floor = replace(floor, figures=floor.figures.took("tier1", "en", 100.0, 5.0))
    assert expected_wait_s(floor, NEW, 10.0, {"tier1": 200.0}) == pytest.approx(100)
    assert expected_wait_s(floor, replace(NEW, language="es"), 10.0, {"tier1": 200.0}) == pytest.approx(100), "of the queue"
    assert expected_wait_s(floor, NEW, OLDEST_S + 10, {"tier1": 200.0}) == pytest.approx(200), "old ones say nothing"


def test_without_live_times_a_new_caller_is_told_no_less_than_erlang_c_expects() -> None:
    floor = full(4, 0, handling_s=None)
    figures = Figures()
    for n in range(10):
        figures = figures.came("tier1", float(n))
    floor = replace(floor, figures=figures)
    erlangs = 10 / 1800 * 480
    assert expected_wait_s(floor, NEW, 10.0, {"tier1": 480.0}) == pytest.approx(480 / (4 - erlangs))
    for n in range(10):
        floor = replace(floor, figures=floor.figures.came("tier1", 10.0 + n))
    assert expected_wait_s(floor, NEW, 20.0, {"tier1": 480.0}) == math.inf, "more work than people: the line only grows"


def test_those_of_one_language_are_not_counted_for_the_other() -> None:
    floor = full(1, 4)
    floor = floor.sign_in(Agent("es", languages=frozenset({"es"})), 0.0).join(Ticket("s", "tier1", "es", 0.5))
    floor, _ = floor.offers(0.6)
    spanish = replace(NEW, language="es")
    assert expected_wait_s(floor, spanish, 10.0) == pytest.approx(300), "nobody else waits in Spanish"


def test_a_line_that_is_hopeless_has_a_bound() -> None:
    assert expected_wait_s(full(1, 200), NEW, 10.0) == LONGEST_S


def test_handling_times_are_few_and_recent() -> None:
    figures = Figures()
    for n in range(MOST_KEPT + 5):
        figures = figures.took("tier1", "en", 1000.0 if n < 5 else 100.0, float(n))
    assert figures.handling_s("tier1", "en", 100.0) == 100
    assert figures.handling_s("tier2", "en", 100.0) is None


def test_a_conversation_counts_with_what_is_written_down_behind_it() -> None:
    floor = Floor().sign_in(Agent("a"), 0.0)
    for n in range(FEWEST):
        at = 100.0 * n
        floor, _ = floor.join(Ticket(f"c{n}", "tier1", "en", at)).offers(at)
        floor = floor.accept("a", at).finish("a", at + 60).ready("a", at + 80)
    assert floor.figures.handling_s("tier1", "en", 1000.0) == pytest.approx(80)
    lunch, _ = Floor().sign_in(Agent("a"), 0.0).join(Ticket("c", "tier1", "en", 0.0)).offers(0.0)
    lunch = lunch.accept("a", 0.0).finish("a", 60.0).ready("a", 3660.0)
    assert lunch.figures.handled["tier1", "en"][0].seconds == 60 + MOST_WRAP_UP_S, "an hour away is no handling"


# -- routing --------------------------------------------------------------------------------------------------------


def test_whoever_can_do_least_is_chosen_so_that_the_others_stay_free() -> None:
    posts = [Post(a, Doing.READY, 0.0, 0.0) for a in (
        Agent("both", languages=frozenset({"en", "es"})), Agent("english", languages=frozenset({"en"})), Agent("anything"))]
    assert [o.agent_id for o in match([NEW], posts)] == ["english"]
    assert [o.agent_id for o in match([NEW, replace(NEW, call_id="n2", language="es", seq=1)], posts)] == ["english", "both"]


def test_among_equals_whoever_is_ready_longest() -> None:
    posts = [Post(Agent("late"), Doing.READY, 9.0, 9.0), Post(Agent("early"), Doing.READY, 3.0, 9.0)]
    assert [o.agent_id for o in match([NEW], posts)] == ["early"]


def test_tiers_and_skills() -> None:
    ticket = replace(NEW, tier=2, skills=frozenset({"tty"}))
    assert not Agent("one", tier=1, skills=frozenset({"tty"})).takes(ticket)
    assert not Agent("two", tier=2).takes(ticket)
    assert Agent("two", tier=2, skills=frozenset({"tty", "travel"})).takes(ticket)
    assert Agent("two", tier=2).takes(NEW), "those above take callers of those below"


def test_a_caller_whose_agent_dies_is_back_at_the_old_place_within_half_a_minute() -> None:
    floor, _ = Floor().sign_in(Agent("a"), 0.0).join(Ticket("first", "tier1", "en", 0.0)).offers(0.0)
    floor = floor.accept("a", 1.0).join(Ticket("second", "tier1", "en", 5.0)).seen("a", 10.0)
    floor, gone = floor.without_gone(39.9)
    assert not gone
    floor, gone = floor.without_gone(40.0)
    assert [p.call_id for p in gone] == ["first"]
    assert [floor.line.position(c) for c in ("first", "second")] == [1, 2]


# -- a day ----------------------------------------------------------------------------------------------------------


def test_a_small_day_loses_nobody() -> None:
    day = Day(staff(3, 2, 1), callers=120, load=0.95, urgent=0.2, patience_s=300.0, browser_lives_s=400.0)
    run = Run(day, seed=7).play()
    assert run.faults == []
    ended = [c.ended for c in run.callers.values()]
    assert len(ended) == 120 and set(ended) == {"served", "gave_up"}
    assert any(c.returned_after_s for c in run.callers.values()), "the day had a browser that died in a call"
    assert all(s <= 35 for c in run.callers.values() for s in c.returned_after_s)
    again = Run(day, seed=7).play()
    assert [c.waited_s for c in again.callers.values()] == [c.waited_s for c in run.callers.values()]


def test_days_that_lose_somebody_are_noticed() -> None:
    run = Run(Day(staff(2), callers=10), seed=1)
    run._hang_up = lambda *given: None  # type: ignore[method-assign]
    run._to_come = 3
    run.play()
    assert any("lost" in fault for fault in run.faults)


def test_the_figures_of_the_benchmark() -> None:
    day = replace(benchmark.WORKING_DAY, callers=150, warm_up=20)
    played = benchmark.runs(day, 3)
    table = {f.what: f for f in benchmark.working_day(played)}
    assert table["a working day: lost, doubled, passed over or rung behind their end"].met is True
    assert table["a working day: callers, over all days"].value == 450
    said_of = {f.what: f.value for f in benchmark.told("it", benchmark.runs(replace(day, estimates=True, callers=60), 1))}
    assert said_of["it: expected wait of those who had to, mean"] > 0 and 0 <= said_of["it: taken within what was said"] <= 100
    assert [benchmark.longest_said_s(said(s)) for s in (5, 130, 5000, None)] == [60, 180, None, None]
    one = played[0]
    assert 0 < benchmark.service_level(one) <= 1
    assert benchmark.mean_wait_s(one) == pytest.approx(statistics.fmean(c.waited_s for c in benchmark.counted(one)))
    assert benchmark.mean_and_bound([1.0, 3.0]) == pytest.approx((2.0, 1.96 * math.sqrt(2) / math.sqrt(2)))
    assert {a.queues for a in benchmark.line_for_each_language().agents} == {frozenset({"tier1_en"}), frozenset({"tier1_es"})}
