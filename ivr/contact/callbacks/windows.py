"""When a caller may be called: the office is open, it is between 8 and 21 where the caller is, and it is the time that they
asked for. Pure.

Where a number may be in several time zones, it has to be a fit time in all of them: the stricter one wins. Everything is
worked out on local clocks and compared in UTC, so a change to or from daylight saving time moves the clock and not the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as number_zones

from ivr.flow.calendar import hours_on
from ivr.flow.model_calendar import Calendar

EARLIEST, LATEST = time(8), time(21)
"""Of the caller's own day; calls and texts that nobody is waiting for stay inside."""
SEARCH_DAYS = 400
WISHED_DAYS = 21
"""Where a time of day was asked for, this far is looked; it comes every day, or never."""
Span = tuple[datetime, datetime]
"""From and until, in UTC; the end does not belong to it."""
_UNKNOWN = "Etc/Unknown"


@dataclass(frozen=True)
class Windows:
    """What has to be true at the same time."""

    calendar: Calendar | None
    zones: tuple[str, ...]
    wish: tuple[time, time] | None = None
    """In the first zone."""
    overtime: bool = False
    """The office counts as open at any time."""

    @property
    def office_zone(self) -> str:
        return self.calendar.timezone if self.calendar else "UTC"

    def without_wish(self) -> Windows:
        return replace(self, wish=None) if self.wish else self

    def for_texts(self) -> Windows:
        """A text may come when the office is closed, and still not at night."""
        return replace(self, wish=None, overtime=True)


def next_allowed(windows: Windows, moment: datetime) -> datetime | None:
    """`moment` if it is allowed, else the next moment that is; None where there is none within a year."""
    moment = moment.astimezone(UTC)
    first = moment.astimezone(ZoneInfo(windows.office_zone)).date() - timedelta(days=1)
    for n in range(WISHED_DAYS if windows.wish else SEARCH_DAYS):
        for start, end in spans_on(windows, first + timedelta(days=n)):
            if end > moment:
                return max(start, moment)
    return None


def is_allowed(windows: Windows, moment: datetime) -> bool:
    return next_allowed(windows, moment) == moment


def spans_on(windows: Windows, day: date) -> list[Span]:
    """The allowed spans of one day of the office, in order."""
    spans = _office_spans(windows, day)
    for zone in windows.zones:
        spans = _both(spans, [_span(zone, d, EARLIEST, LATEST) for d in _around(day)])
    if windows.wish and spans:
        zone = windows.zones[0] if windows.zones else windows.office_zone
        spans = _both(spans, [_span(zone, d, *windows.wish) for d in _around(day)])
    return spans


def zones_of(numbers: Iterable[str], stored: Iterable[str] = ()) -> tuple[str, ...]:
    """Every zone that the numbers may be in, and those that are stored, without the unknown ones."""
    found = [zone for number in numbers for zone in _zones_of_number(number)]
    return tuple(z for z in dict.fromkeys((*stored, *found)) if z and z != _UNKNOWN)


@lru_cache(1024)
def _zones_of_number(number: str) -> tuple[str, ...]:
    try:
        return tuple(number_zones.time_zones_for_number(phonenumbers.parse(number)))
    except phonenumbers.NumberParseException:
        return ()


def _office_spans(windows: Windows, day: date) -> list[Span]:
    if windows.overtime or windows.calendar is None:
        return [_span(windows.office_zone, day, time(0), None)]
    return [_span(windows.office_zone, day, h.start, h.end) for h in hours_on(windows.calendar, day)]


def _span(zone: str, day: date, start: time, end: time | None) -> Span:
    """`end` None: until midnight."""
    tz = ZoneInfo(zone)
    until = datetime.combine(day + timedelta(days=1), time(0), tzinfo=tz) if end is None else datetime.combine(day, end, tzinfo=tz)
    return datetime.combine(day, start, tzinfo=tz).astimezone(UTC), until.astimezone(UTC)


def _around(day: date) -> Iterator[date]:
    """A day of the office touches three days on the other side of the world."""
    return (day + timedelta(days=n) for n in (-1, 0, 1))


def _both(some: list[Span], others: list[Span]) -> list[Span]:
    met = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return sorted(span for span in met if span[0] < span[1])
