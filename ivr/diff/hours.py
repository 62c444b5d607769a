"""When the office is open. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diff.change import Change, Pair, comparer
from ivr.flow.mark import Mark
from ivr.flow.model_calendar import Calendar, OpenHours

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SUBJECT = (("bundle", "calendar"),)
_MARK = Mark("calendar.yaml")


@comparer
def calendar(pair: Pair) -> Iterator[Change]:
    a, b = pair.a.calendar, pair.b.calendar
    if a is None and b is None:
        return
    if a is None or b is None:
        text = "the lines are open by the calendar instead of always" if a is None else "the lines are always open instead of by a calendar"
        yield Change("hours", text, _SUBJECT, mark=_MARK)
    else:
        yield from _compared(a, b)


def _compared(a: Calendar, b: Calendar) -> Iterator[Change]:
    for n, day in enumerate(_DAYS):
        if a.week.get(n, ()) != b.week.get(n, ()):
            yield Change("hours", f"{{at}} now {_span(b.week.get(n, ()))} instead of {_span(a.week.get(n, ()))}", _SUBJECT, (day,), _MARK)
    for date in sorted(a.overrides.keys() | b.overrides.keys()):
        was, now = a.overrides.get(date), b.overrides.get(date)
        if was != now:
            yield Change("hours", f"{date} now {_exception(now)} instead of {_exception(was)}", _SUBJECT, mark=_MARK)
    if a.timezone != b.timezone:
        yield Change("hours", f"the clock is that of {b.timezone} instead of {a.timezone}", _SUBJECT, mark=_MARK)
    if a.holidays != b.holidays:
        yield Change("hours", f"holidays are those of {b.holidays or 'no country'} instead of {a.holidays or 'no country'}", _SUBJECT,
                     mark=_MARK)


def _span(hours: tuple[OpenHours, ...]) -> str:
    return ", ".join(f"{h.start:%H:%M}-{h.end:%H:%M}" for h in hours) or "closed"


def _exception(hours: tuple[OpenHours, ...] | None) -> str:
    return "as every week" if hours is None else _span(hours)
