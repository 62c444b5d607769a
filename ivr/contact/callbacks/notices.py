"""When the notice of a promised call goes out: so many business days before it, on a day of the office and not at the
caller's night. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.contact.callbacks.windows import SEARCH_DAYS, Windows, next_allowed
from ivr.flow.calendar import is_business_day
from ivr.flow.model_promises import Notice

_BEFORE = re.compile(r"(?:(\d+)\.\.)?(\d+) business_days?")


def days_before(notice: Notice) -> tuple[int, int]:
    """Business days, the nearest and the farthest."""
    match = _BEFORE.fullmatch(notice.before)
    if match is None:
        raise ValueError(f"{notice.before!r} is not like '1..2 business_days'")
    return int(match[1] or match[2]), int(match[2])


def notice_at(windows: Windows, notice: Notice, planned: datetime) -> datetime:
    """The moment from which the notice may go out: the far end, at the time of day of the call, moved to a fit hour."""
    here = planned.astimezone(ZoneInfo(windows.office_zone))
    day = business_days_back(windows, here.date(), days_before(notice)[1])
    moment = datetime.combine(day, here.time(), tzinfo=here.tzinfo).astimezone(UTC)
    return by_day(windows, moment)


def by_day(windows: Windows, moment: datetime) -> datetime:
    """`moment`, or the next morning of the caller: nobody is woken by a text."""
    return next_allowed(windows.for_texts(), moment) or moment


def announced_in_time(windows: Windows, notice: Notice, planned: datetime, at: datetime) -> bool:
    """Whether a notice at `at` still comes as many business days before the call as was said."""
    zone = ZoneInfo(windows.office_zone)
    latest = business_days_back(windows, planned.astimezone(zone).date(), days_before(notice)[0])
    return at.astimezone(zone).date() <= latest


def lead_until(windows: Windows, notice: Notice, now: datetime) -> datetime:
    """The first moment for which a notice of today, or of the next business day, comes in time."""
    zone = ZoneInfo(windows.office_zone)
    day, left = by_day(windows, now).astimezone(zone).date(), days_before(notice)[1]
    for _ in range(SEARCH_DAYS):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= _is_business_day(windows, day)
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def business_days_back(windows: Windows, day: date, n: int) -> date:
    """The n-th business day before `day`."""
    for _ in range(SEARCH_DAYS):
        if n <= 0:
            break
        day -= timedelta(days=1)
        n -= _is_business_day(windows, day)
    return day


def _is_business_day(windows: Windows, day: date) -> bool:
    return is_business_day(windows.calendar, day) if windows.calendar else day.weekday() < 5
