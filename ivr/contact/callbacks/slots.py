"""First in, first out over the hours of the office: the first hour that still has room, for one promised call after the
other. Pure; the book is thrown away after use.

Urgent calls are given their hour by what is urgent alone: they push routine ones back when the hour comes, and are never
planned later because of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.contact.callbacks.model import Inputs, Rules
from ivr.contact.callbacks.rounds import earliest_start, first_start, windows_of
from ivr.contact.callbacks.windows import SEARCH_DAYS, Windows

HOUR = timedelta(hours=1)


@dataclass
class SlotBook:
    """How many calls are planned into each hour and day so far."""

    zone: str
    per_hour: int
    per_day: int
    hours: Counter[datetime] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    _from: dict[Windows | tuple[object, ...], datetime] = field(default_factory=dict)

    def take(self, planned: Iterable[datetime]) -> None:
        for each in planned:
            self.hours[_hour(each)] += 1
            self.days[self._day(each)] += 1

    def plan(self, inputs: Inputs, rules: Rules, now: datetime, not_before: datetime | None = None) -> datetime | None:
        """The next moment with room, taken from now on; None where the caller may never be called."""
        windows = windows_of(inputs, rules)
        begin = max(earliest_start(inputs, rules, now), not_before or now, now)
        # Everything before was full for such a caller already.
        known = (windows.zones, windows.wish, windows.overtime, begin)
        moment = self._from.get(known, begin)
        for _ in range(SEARCH_DAYS * 24):
            start = first_start(windows, rules, moment)
            if start is None:
                return None
            spread = self._place_in(start)
            if spread is not None and first_start(windows, rules, spread) == spread:
                self._from[known] = start
                self.take([spread])
                return spread
            moment = self._next(start)
        return None

    def _place_in(self, start: datetime) -> datetime | None:
        """The moment of the next free place of that hour, not before `start`; None where hour or day are full."""
        hour = _hour(start)
        if self.days[self._day(start)] >= self.per_day or self.hours[hour] >= self.per_hour:
            return None
        return max(start, hour + HOUR * (self.hours[hour] / self.per_hour))

    def _next(self, start: datetime) -> datetime:
        if self.days[self._day(start)] < self.per_day:
            return _hour(start) + HOUR
        zone = ZoneInfo(self.zone)
        return datetime.combine(self._day(start) + timedelta(days=1), datetime.min.time(), tzinfo=zone).astimezone(UTC)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
