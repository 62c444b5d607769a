"""Instants as the clock on the office wall shows them, for pages of staff: callers were told days by it, and their evening is the next
day in UTC. Pure. Called by the pages."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from ivr.flow.model import Bundle


def zone_of(bundle: Bundle) -> tzinfo:
    """UTC where a bundle has no calendar."""
    return ZoneInfo(bundle.calendar.timezone) if bundle.calendar else UTC


def time_there(at: datetime, zone: tzinfo, locale: str) -> str:
    """With the name of the zone: whoever reads it may sit in another one."""
    here = at.astimezone(zone)
    return f"{format_datetime(here, format='medium', locale=locale)} {here:%Z}"


def day_there(at: datetime, zone: tzinfo, locale: str) -> str:
    return format_date(at.astimezone(zone), format="medium", locale=locale)
