"""The next step of a promised call, worked out from what it was promised with and what has happened. Pure.

One round tries every number in order. No first round begins where the second could not follow in its time: before the
office closes, inside the caller's own day. Called by the worker once a step, and by whoever wants to know what comes next.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.contact.callbacks.model import MAX_OURS, OURS, Inputs, Progress, Rules, Step
from ivr.contact.callbacks.notices import announced_in_time, by_day, lead_until, notice_at
from ivr.contact.callbacks.windows import SEARCH_DAYS, Windows, is_allowed, next_allowed, spans_on

WISH_DAYS = 14
"""A wish that cannot be fulfilled within so many days is none."""
PAUSE_AFTER_OURS = timedelta(minutes=15)


def windows_of(inputs: Inputs, rules: Rules) -> Windows:
    return Windows(rules.calendar, inputs.zones, inputs.window, rules.overtime and rules.rounds.overtime == "switch")


def next_step(inputs: Inputs, progress: Progress, rules: Rules, now: datetime) -> Step:
    """What is to be done next. Never in the past: what should have happened earlier is due now, if now is a fit time."""
    if len(progress.attempts) >= MAX_OURS and all(a.result in OURS for a in progress.attempts[-MAX_OURS:]):
        return Step("hand_over", now, why="the call could not be made")
    if progress.round == 0 and rules.in_line:
        return _until_the_turn(inputs, progress, rules, now)
    if progress.round == 0:
        return _before_the_call(inputs, progress, rules, now)
    return _within_rounds(inputs, progress, rules, now)


def _before_the_call(inputs: Inputs, progress: Progress, rules: Rules, now: datetime) -> Step:
    windows, planned = windows_of(inputs, rules), progress.planned_at
    if planned is None:
        return Step("plan", now)
    start = first_start(windows, rules, max(planned, now))
    if start is None:
        return Step("hand_over", now, why="there is no time at which this caller may be called")
    if start > planned and _local_day(windows, start) != _local_day(windows, planned):
        return Step("plan", now, why="the planned time is no time for calls any more")
    if planned > inputs.due_by and not progress.late_told:
        return Step("tell_late", by_day(windows, now))
    if rules.notice and progress.noticed_for is None:
        at = by_day(windows, max(now, notice_at(windows, rules.notice, planned)))
        if not announced_in_time(windows, rules.notice, planned, at):
            return Step("plan", now, why="there is no time left for the notice")
        return Step("notice", at)
    ahead = start - timedelta(minutes=rules.text_ahead_min)
    if rules.text_ahead_min and progress.ahead_for is None and start > now:
        return Step("text_ahead", by_day(windows, max(ahead, now)))
    return Step("call", start, 1, 0)


def _until_the_turn(inputs: Inputs, progress: Progress, rules: Rules, now: datetime) -> Step:
    """Called when it is their turn, at any hour at which they may be called: whoever has waited is not put off because the second
    round would fall on the next day. A turn that never came is late at the deadline, and they are called all the same."""
    windows = windows_of(inputs, rules)
    if progress.planned_at is None and now < inputs.due_by:
        return Step("turn", inputs.due_by)
    if now > inputs.due_by and not progress.late_told and not progress.postponed:
        return Step("tell_late", by_day(windows, now))
    moment = max(progress.planned_at or now, now)
    # A wish that no hour of the office can fulfil is let go, as for every call.
    return _call(windows if next_allowed(windows, moment) else windows.without_wish(), moment, 1, 0, now)


def may_be_called(inputs: Inputs, rules: Rules, now: datetime) -> bool:
    """Whether it is an hour of the office and of the caller, and the one that they asked for if there is such a one."""
    windows = windows_of(inputs, rules)
    return is_allowed(windows if next_allowed(windows, now) else windows.without_wish(), now)


def another_day(inputs: Inputs, rules: Rules, now: datetime) -> datetime | None:
    """The first moment of a later day of the office at which the caller may be called."""
    windows = windows_of(inputs, rules)
    zone = ZoneInfo(windows.office_zone)
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(0), tzinfo=zone)
    return next_allowed(windows, tomorrow.astimezone(UTC))


def _within_rounds(inputs: Inputs, progress: Progress, rules: Rules, now: datetime) -> Step:
    # The second round was announced for a time: what the caller wished for does not move it.
    windows, current = windows_of(inputs, rules).without_wish(), progress.round
    last = progress.attempts[-1]
    ended = last.ended or last.at
    left = sorted(set(range(inputs.numbers)) - progress.tried(current))
    if left:
        pause = PAUSE_AFTER_OURS if last.result in OURS else timedelta(0)
        return _call(windows, max(now, ended + pause), current, left[0], now)
    if current >= rules.rounds.max:
        return Step("close", now)
    if progress.second_told < current and rules.rounds.voicemail:
        return Step("tell_second", now, current)
    return _call(windows, max(now, ended + timedelta(minutes=rules.rounds.next_after_min[0])), current + 1, 0, now)


def _call(windows: Windows, moment: datetime, round_: int, number: int, now: datetime) -> Step:
    at = next_allowed(windows, moment)
    if at is None:
        return Step("hand_over", now, why="there is no time at which this caller may be called")
    return Step("call", at, round_, number)


def first_start(windows: Windows, rules: Rules, moment: datetime) -> datetime | None:
    """`moment` if a first round may begin then, else the next moment at which one may. A wish that no hour of the office can
    fulfil (the evening of a caller three zones to the west) is let go: a call at another time is better than none."""
    found = _first_start(windows, rules, moment)
    return found if found or not windows.wish else _first_start(windows.without_wish(), rules, moment)


def _first_start(windows: Windows, rules: Rules, moment: datetime) -> datetime | None:
    until = moment + timedelta(days=WISH_DAYS) if windows.wish else None
    for _ in range(SEARCH_DAYS):
        start = next_allowed(windows, moment)
        if start is None or (until and start > until):
            return None
        if _early_enough(windows, rules, start) and second_fits(windows, rules, start):
            return start
        # Later on the same day it fits even less; the next day, or the next span of this one, begins anew.
        moment = _next_span(windows, start)
    return None


def second_fits(windows: Windows, rules: Rules, start: datetime) -> bool:
    """Whether a round that begins at `start` leaves time for the next one, as it is announced."""
    near, far = (timedelta(minutes=m) for m in rules.rounds.next_after_min)
    if rules.rounds.max < 2:
        return True
    second = next_allowed(windows.without_wish(), start + near)
    return second is not None and second <= start + max(near, far)


def earliest_start(inputs: Inputs, rules: Rules, now: datetime) -> datetime:
    """Before this nothing is planned: the notice has to come first."""
    return lead_until(windows_of(inputs, rules), rules.notice, now) if rules.notice else now


def _early_enough(windows: Windows, rules: Rules, start: datetime) -> bool:
    latest = rules.rounds.last_start
    return latest is None or windows.overtime or start.astimezone(ZoneInfo(windows.office_zone)).time() <= latest


def _next_span(windows: Windows, start: datetime) -> datetime:
    """The beginning of the next allowed span behind the one that holds `start`."""
    day = _local_day(windows, start)
    midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=ZoneInfo(windows.office_zone))
    later = [s for s, _ in spans_on(windows, day) if s > start]
    return later[0] if later else midnight.astimezone(UTC)


def _local_day(windows: Windows, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(windows.office_zone)).date()
