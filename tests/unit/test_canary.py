"""When a trial is stopped: what is worse is found, what is no worse is left alone, and looks are few."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from ivr.dialog import actions as act
from ivr.dialog import session as sessions
from ivr.publishing.canary import ERROR_RATE, FEWEST_CALLS, RATES, Counts, allowed, judge, look
from ivr.publishing.outcomes import kinds_of
from ivr.runtime.bundles import drawn


def counts(calls: int, **of: int) -> Counts:
    return Counts(calls, of)


def test_nothing_is_concluded_before_the_trial_has_had_enough_calls() -> None:
    terrible = counts(FEWEST_CALLS - 1, dead_end=FEWEST_CALLS - 1)
    assert judge(terrible, counts(2000)) is None
    assert judge(counts(FEWEST_CALLS, dead_end=FEWEST_CALLS), counts(2000)) is not None


@pytest.mark.parametrize("kind", RATES)
def test_each_rate_stops_a_trial_and_is_named(kind: str) -> None:
    verdict = judge(counts(400, **{kind: 120}), counts(3600, **{kind: 360}))
    assert verdict is not None and verdict.kind == kind
    assert verdict.sentence().startswith(f"30.0% of the calls {RATES[kind]}, 10.0% with the version in force")


def test_a_better_bundle_is_never_stopped() -> None:
    assert judge(counts(400, abandon=4), counts(3600, abandon=900)) is None


def test_the_looks_double_and_each_is_made_once() -> None:
    assert [look(n) for n in (0, 199, 200, 399, 400, 799, 800, 6400)] == [None, None, 0, 0, 1, 1, 2, 5]
    bad, stable = counts(300, dead_end=150), counts(3000, dead_end=100)
    assert judge(bad, stable, last_look=0) is None, "the look at 200 was made"
    assert judge(counts(400, dead_end=200), stable, last_look=0) is not None


def test_all_looks_together_may_err_as_often_as_stated() -> None:
    assert sum(allowed(n) for n in range(60)) * len(RATES) == pytest.approx(ERROR_RATE)


@given(st.integers(200, 3000), st.integers(1, 5000), st.data())
def test_the_chance_is_that_of_an_exact_test(canary: int, stable: int, data: st.DataObject) -> None:
    mine, theirs = data.draw(st.integers(0, canary)), data.draw(st.integers(0, stable))
    expected = fisher_exact([[mine, canary - mine], [theirs, stable - theirs]], alternative="greater").pvalue
    verdict = judge(counts(canary, transfer=mine), counts(stable, transfer=theirs))
    at = look(canary)
    assert at is not None
    assert (verdict is not None) == (expected < allowed(at) * (1 + 1e-9) and expected < 1)
    if verdict is not None:
        assert verdict.chance == pytest.approx(expected, rel=1e-6)


def test_calls_are_dealt_evenly_and_anew_for_each_trial() -> None:
    calls = [f"CA{n:032x}" for n in range(20_000)]
    share = sum(drawn(c, "a" * 64) < 10 for c in calls) / len(calls)
    assert share == pytest.approx(0.10, abs=0.01)
    both = sum(drawn(c, "a" * 64) < 10 and drawn(c, "b" * 64) < 10 for c in calls) / len(calls)
    assert both == pytest.approx(0.01, abs=0.004), "who was in one trial is no likelier to be in the next"


def session(status: str, outcome: str = "", waiting: str = "input") -> sessions.Session:
    import dataclasses

    return dataclasses.replace(sessions.fresh("CA1", "h"), status=status, outcome=outcome, waiting=waiting)


@pytest.mark.parametrize(("old", "new", "kinds"), [
    (session("live"), session("ended", "self_service", ""), ("ended",)),
    (session("live"), session("ended", "safe_landing", ""), ("ended", "dead_end")),
    (session("live"), session("ended", "hangup", ""), ("ended", "abandon")),
    (session("live", waiting="queue:tier2"), session("ended", "hangup", ""), ("ended", "abandon")),
    (session("live"), session("live"), ()),
    (session("ended", "hangup"), session("ended", "hangup"), ())])
def test_what_a_turn_tells_of_its_call(old: sessions.Session, new: sessions.Session, kinds: tuple[str, ...]) -> None:
    assert kinds_of(old, new, ()) == kinds


def test_a_handover_is_seen_in_the_turn_that_makes_it() -> None:
    transfer = act.Transfer.__new__(act.Transfer)
    assert kinds_of(session("live"), session("live"), (transfer,)) == ("transfer",)
