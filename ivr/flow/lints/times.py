"""What is promised fits into the hours of the calendar. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.wording import place_in
from ivr.flow.model import Bundle

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?:\d+h\.\.)?(\d+)h")
_NOTICE = re.compile(r"(?:(\d+)\.\.)?(\d+) business_days?")


def rounds_after_closing(bundle: Bundle) -> Iterator[Problem]:
    """A first round at the last moment leaves time for the second one before the office closes, on every working day.

    Dates with hours of their own are not examined: on a short day the calls begin earlier.
    """
    rounds, calendar = bundle.rounds, bundle.calendar
    if rounds is None or rounds.last_start is None or calendar is None:
        return
    latest = rounds.last_start.hour * 60 + rounds.last_start.minute + rounds.next_after_min[1]
    for day, hours in sorted(calendar.week.items()):
        if hours and latest > hours[-1].end.hour * 60 + hours[-1].end.minute:
            yield problem(place_in(bundle, "callbacks.yaml", "rounds", "last_start"), "E-TIME",
                          f"a second round can begin at {latest // 60}:{latest % 60:02}, after closing at {hours[-1].end:%H:%M} "
                          f"on {_DAYS[day]}",
                          consequence="A caller who missed the first call would wait in vain for the second.",
                          hint="write an earlier last_start, or a shorter next_round_after")
            return


def impossible_notices(bundle: Bundle) -> Iterator[Problem]:
    """A notice that must go out before the promise itself was made."""
    for name, spec in bundle.promises.items():
        match = _NOTICE.fullmatch(spec.notice.before) if spec.notice else None
        if match is None:
            continue
        near, far = int(match[1] or match[2]), int(match[2])
        due = _HOURS.fullmatch(spec.due_within)
        if near > far:
            yield problem(place_in(bundle, "callbacks.yaml", "promises", name, "notice", "before"), "E-TIME",
                          f"\"{match.group()}\" runs backwards", hint=f"write {far}..{near} business_days")
        elif due and int(due[1]) <= far * 24:
            yield problem(place_in(bundle, "callbacks.yaml", "promises", name, "notice", "before"), "E-TIME",
                          f'promise "{name}" is kept within {due[1]} hours, too soon for a notice {match.group()} before',
                          consequence="The caller would be called before the notice comes.", hint="remove the notice, or promise it later")


def never_open(bundle: Bundle) -> Iterator[Problem]:
    calendar = bundle.calendar
    if calendar is not None and not any(calendar.week.values()):
        yield problem(place_in(bundle, "calendar.yaml", "week"), "E-TIME", "the week has no opening hours at all",
                      consequence="Nobody could ever reach a person, and no business day would ever come.",
                      hint='write the hours of a day, such as mon: "08:00-20:00"')
