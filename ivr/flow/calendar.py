"""Opening hours, business days and deadlines of a bundle's calendar. Pure: the moment is an argument.

All arithmetic that a caller hears ("within 30 business days", "we open Monday at eight") is done here, in the zone of
the office, so that daylight saving time moves the clock and not the promise. Called by guards and promises.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.flow.model_calendar import Calendar, OpenHours

_SEARCH_DAYS = 400
"""How far ahead an opening is looked for; a calendar with none in a year has none."""
MAX_BUSINESS_DAYS = 400
_BUSINESS = re.compile(r"(?:(\d{1,3})\.\.)?(\d{1,3}) business_days?")
_HOURS = re.compile(r"(?:(\d{1,4})h\.\.)?(\d{1,4})h")


def local(calendar: Calendar | None, now: datetime) -> datetime:
    """`now` as the clock on the office wall shows it; UTC where a bundle has no calendar."""
    return now.astimezone(ZoneInfo(calendar.timezone) if calendar else UTC)


def hours_on(calendar: Calendar, day: date) -> tuple[OpenHours, ...]:
    """Opening hours of one local day: an override wins over a holiday, a holiday over the week."""
    if day in calendar.overrides:
        return calendar.overrides[day]
    if day in calendar.closed_on:
        return ()
    return calendar.week.get(day.weekday(), ())


def is_open(calendar: Calendar | None, now: datetime) -> bool:
    """Whether the office is open; a bundle without a calendar is always open."""
    if calendar is None:
        return True
    here = local(calendar, now)
    return any(h.start <= here.time() < h.end for h in hours_on(calendar, here.date()))


def is_business_day(calendar: Calendar, day: date) -> bool:
    return bool(hours_on(calendar, day))


def next_opening(calendar: Calendar, now: datetime) -> datetime | None:
    """The next moment at which the office opens (UTC), or None when it does not open within a year."""
    here = local(calendar, now)
    for n in range(_SEARCH_DAYS):
        day = here.date() + timedelta(days=n)
        for hours in hours_on(calendar, day):
            start = _at(calendar, day, hours.start)
            if start > now:
                return start
    return None


def add_business_days(calendar: Calendar | None, now: datetime, n: int) -> datetime:
    """The end of opening hours on the n-th business day after today (UTC). Today never counts."""
    here = local(calendar, now)
    if calendar is None:
        return _plain_weekdays(here, n)
    day, left = here.date(), n
    for _ in range(_SEARCH_DAYS * 2):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= is_business_day(calendar, day)
    open_hours = hours_on(calendar, day)
    return _at(calendar, day, open_hours[-1].end if open_hours else here.time())


def due_by(calendar: Calendar | None, spec: str, now: datetime) -> datetime:
    """The latest moment at which a promise may be kept: the far end of `30 business_days` or `24h..72h`.

    In the zone of the office, so that its date is the one to be spoken: 8 p.m. in New York is tomorrow in UTC.
    """
    days = _BUSINESS.fullmatch(spec)
    if days:
        return local(calendar, add_business_days(calendar, now, int(days.group(2))))
    span = _HOURS.fullmatch(spec)
    if not span:
        raise ValueError(f"{spec!r} is neither '30 business_days' nor '24h..72h'")
    return local(calendar, now.astimezone(UTC) + timedelta(hours=int(span.group(2))))


def is_due_spec(spec: str) -> bool:
    """Whether `due_by` understands `spec` and its range runs forward."""
    match = _BUSINESS.fullmatch(spec) or _HOURS.fullmatch(spec)
    if not match or int(match.group(2)) < 1 or int(match.group(1) or 0) > int(match.group(2)):
        return False
    return not (_BUSINESS.fullmatch(spec) and int(match.group(2)) > MAX_BUSINESS_DAYS)


def _at(calendar: Calendar, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(calendar.timezone)).astimezone(UTC)


def _plain_weekdays(here: datetime, n: int) -> datetime:
    while n > 0:
        here += timedelta(days=1)
        n -= here.weekday() < 5
    return here.astimezone(UTC)
