"""Laws of promised calls, over calendars, zones, seasons and whatever callers and callees do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.contact.callbacks.model import LATER, MISSED, OURS, Attempt, Inputs, Progress, Rules, progress_from
from ivr.contact.callbacks.notices import business_days_back
from ivr.contact.callbacks.rounds import first_start, next_step, second_fits, windows_of
from ivr.contact.callbacks.slots import SlotBook
from ivr.contact.callbacks.windows import EARLIEST, LATEST, Windows, is_allowed, next_allowed, spans_on
from ivr.flow.calendar import due_by
from ivr.flow.model_calendar import Calendar, OpenHours
from ivr.flow.model_promises import Notice, Rounds
from tests.examples import examples

ZONES = ("America/New_York", "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu", "Pacific/Guam")
HOURS = (OpenHours(time(8), time(20)),)
ROUNDS = Rounds("fifo", 2, ("cell", "office"), "voicemail", (60, 90), {"email": "missed"}, time(18, 30), "switch")
NOTICE = Notice("1..2 business_days", ("sms", "email"), "notice")
# Both changes of the clock, a leap day, New Year, Thanksgiving and an ordinary week.
SEASONS = [datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC), datetime(2028, 2, 27, tzinfo=UTC),
           datetime(2026, 12, 30, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC)]
moments = st.builds(lambda start, minutes: start + timedelta(minutes=minutes), st.sampled_from(SEASONS), st.integers(0, 14 * 24 * 60))
holidays = st.frozensets(st.sampled_from([(start + timedelta(days=n)).date() for start in SEASONS for n in range(20)]), max_size=12)
zones = st.lists(st.sampled_from(ZONES), max_size=2, unique=True).map(tuple)
quick = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return Calendar("America/New_York", dict.fromkeys(range(5), HOURS), closed_on=draw(holidays))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Inputs, Rules, datetime]:
    calendar, now = draw(calendars()), draw(moments)
    urgent = draw(st.booleans())
    wish = draw(st.sampled_from([None, (time(8), time(12)), (time(12), time(17)), (time(17), time(21))]))
    due = due_by(calendar, "24h..72h" if urgent else "30 business_days", now)
    inputs = Inputs(now, due, urgent, draw(st.integers(1, 2)), draw(zones), wish)
    return inputs, Rules(calendar, ROUNDS, None if urgent else NOTICE, draw(st.booleans())), now


def fits(inputs: Inputs, rules: Rules, at: datetime) -> bool:
    """Written down once more, without the code under test."""
    for zone in inputs.zones:
        if not EARLIEST <= at.astimezone(ZoneInfo(zone)).time() < LATEST:
            return False
    office = at.astimezone(ZoneInfo("America/New_York"))
    in_hours = office.weekday() < 5 and office.date() not in rules.calendar.closed_on and time(8) <= office.time() < time(20)  # type: ignore[union-attr]
    return in_hours or rules.overtime


@quick
@given(cases())
def test_the_next_allowed_moment_is_allowed_and_nothing_before_it_is(case: tuple[Inputs, Rules, datetime]) -> None:
    inputs, rules, now = case
    windows = windows_of(inputs, rules).without_wish()
    at = next_allowed(windows, now)
    assert at is not None
    assert at >= now
    assert fits(inputs, rules, at)
    assert is_allowed(windows, at)
    step = (at - now) / 7
    assert not any(is_allowed(windows, now + step * n) for n in range(7) if now + step * n < at)


@quick
@given(cases(), st.lists(st.sampled_from(["busy", "no_answer", "machine", "failed", "hung_up", "later", "no_agent", "not_placed"]),
                         min_size=1, max_size=12), st.integers(0, 300))
def test_a_whole_life_keeps_every_rule(case: tuple[Inputs, Rules, datetime], results: list[str], late_s: int) -> None:
    inputs, rules, now = case
    p, clock, told = Progress(), now, []
    calls: list[tuple[datetime, int, int, str, int]] = []
    script = iter(results)
    for _ in range(60):
        step = next_step(inputs, p, rules, clock)
        assert step.at >= clock, "never in the past"
        if step.kind in ("close", "hand_over"):
            break
        # The worker is a little late now and then: then the rules are asked again.
        clock = max(clock, step.at)
        if step.kind != "plan" and late_s:
            clock += timedelta(seconds=late_s)
            step = next_step(inputs, p, rules, clock)
            if step.at > clock:
                continue
        if step.kind == "plan":
            planned = SlotBook("America/New_York", 60, 500).plan(inputs, rules, clock)
            assert planned is not None
            p = replace(p, planned_at=planned, noticed_for=None)
        elif step.kind == "notice":
            told.append((clock, p.planned_at))
            p = replace(p, noticed_for=p.planned_at)
        elif step.kind == "tell_late":
            assert not p.late_told
            p = replace(p, late_told=True)
        elif step.kind == "tell_second":
            p = replace(p, second_told=step.round)
        else:
            assert step.kind == "call"
            result = next(script, "no_answer")
            calls.append((clock, step.round, step.number, result, p.postponed))
            p = p.with_attempt(Attempt(step.round, step.number, clock))
            clock += timedelta(seconds=40)
            p = p.with_result(result, clock)
            assert progress_from(p.as_json()) == p
            if result == LATER:
                p = p.anew()
    else:
        raise AssertionError("a promise comes to an end")
    check_calls(inputs, rules, calls)
    if rules.notice and calls:
        assert told, "no routine call without a notice"
        windows = windows_of(inputs, rules)
        for at, planned in told:
            assert all(EARLIEST <= at.astimezone(ZoneInfo(z)).time() < LATEST for z in inputs.zones), "nobody is woken by a text"
            day = planned.astimezone(ZoneInfo("America/New_York")).date()
            told_on = at.astimezone(ZoneInfo("America/New_York")).date()
            assert business_days_back(windows, day, 2) <= told_on <= business_days_back(windows, day, 1)


def check_calls(inputs: Inputs, rules: Rules, calls: list[tuple[datetime, int, int, str, int]]) -> None:
    assert all(fits(inputs, rules, at) for at, *_ in calls)
    for at, round_, number, _, _ in calls:
        if round_ == 1 and number == 0 and not rules.overtime:
            here = at.astimezone(ZoneInfo("America/New_York"))
            assert here.time() <= time(18, 30) or any(c[3] in OURS for c in calls), "no first round that leaves no room for the second"
    for (_, r1, n1, result, life), (_, r2, n2, _, next_life) in pairwise(calls):
        if result in OURS:
            assert (r2, n2) == (r1, n1), "our own failure spends nothing"
        elif result in MISSED and life == next_life:
            assert (r2, n2) == ((r1, n1 + 1) if n1 + 1 < inputs.numbers else (r1 + 1, 0)), "every number in order, then the next round"
    assert all(r <= 2 for _, r, *_ in calls)
    for (at, r1, _, result, life), (following, r2, _, _, next_life) in pairwise(calls):
        if r2 == r1 + 1 and result in MISSED and life == next_life:
            assert following - at >= timedelta(minutes=60)


@quick
@given(cases())
def test_a_first_round_leaves_room_for_the_second(case: tuple[Inputs, Rules, datetime]) -> None:
    inputs, rules, now = case
    windows = windows_of(inputs, rules)
    start = first_start(windows, rules, now)
    if start is None:
        return
    assert second_fits(windows, rules, start)
    second = next_allowed(windows.without_wish(), start + timedelta(minutes=60))
    assert second is not None
    assert second - start <= timedelta(minutes=90)


@quick
@given(cases(), st.integers(1, 6), st.integers(4, 30), st.integers(2, 60))
def test_first_in_first_out_and_never_above_capacity(case: tuple[Inputs, Rules, datetime], per_hour: int, per_day: int, n: int) -> None:
    inputs, rules, now = case
    book = SlotBook("America/New_York", per_hour, per_day)
    planned = [book.plan(inputs, rules, now) for _ in range(n)]
    assert None not in planned
    assert planned == sorted(planned), "who was promised earlier is called earlier"  # type: ignore[type-var]
    assert max(book.hours.values()) <= per_hour
    assert max(book.days.values()) <= per_day
    assert all(fits(inputs, rules, at) for at in planned if at)


@quick
@given(cases(), holidays)
def test_a_holiday_that_is_added_moves_the_call_and_never_onto_it(case: tuple[Inputs, Rules, datetime], more: frozenset[date]) -> None:
    inputs, rules, now = case
    planned = SlotBook("America/New_York", 60, 500).plan(inputs, rules, now)
    assert planned is not None
    calendar = replace(rules.calendar, closed_on=rules.calendar.closed_on | more)  # type: ignore[type-var, union-attr]
    changed = replace(rules, calendar=calendar)
    step = next_step(inputs, replace(Progress(), planned_at=planned, noticed_for=planned), changed, now)
    if step.kind == "call":
        assert fits(inputs, changed, step.at)
    else:
        assert step.kind in ("plan", "tell_late", "hand_over")


@quick
@given(st.sampled_from(ZONES), moments)
def test_the_callers_day_is_eight_to_twenty_one_whatever_the_clock_does(zone: str, moment: datetime) -> None:
    windows = Windows(None, (zone,), overtime=True)
    day = moment.astimezone(UTC).date()
    for start, end in spans_on(windows, day):
        for at in (start, end - timedelta(seconds=1)):
            assert EARLIEST <= at.astimezone(ZoneInfo(zone)).time() < LATEST
