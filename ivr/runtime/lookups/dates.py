"""Predicates that compare a date with today at the office, or with a waiting time of facts.yaml."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ivr.flow.calendar import add_business_days
from ivr.flow.model import Bundle
from ivr.runtime.lookups.registry import Asked, lookup

_WAIT = re.compile(r"(\d{1,3}) business days?")
RECEIPT_WAIT_FACT = "receipt_notice_wait"
"""Fact that says after how many business days a receipt notice is late: the words and the rule stay the same."""


def first_date(asked: Asked) -> date | None:
    """The first input that is a date."""
    for value in asked.inputs.values():
        try:
            return date.fromisoformat(value)
        except ValueError:
            continue
    return None


@lookup("date_vs_today", "future", "past", "unknown")
def date_vs_today(asked: Asked) -> str:
    """The first input against today at the office. Today itself is past: it is too late to move an appointment in
    advance."""
    day = first_date(asked)
    if day is None:
        return "unknown"
    return "future" if day > asked.today else "past"


@lookup("receipt_notice_age", "late", "waiting", "unknown")
def receipt_notice_age(asked: Asked) -> str:
    """Whether more business days than the fact says have passed since the day of filing."""
    filed_on, wait = first_date(asked), _business_days(asked.bundle, RECEIPT_WAIT_FACT)
    if filed_on is None or wait is None or filed_on > asked.today:
        return "unknown"
    return "late" if asked.now > add_business_days(asked.bundle.calendar, _noon(asked.bundle, filed_on), wait) else "waiting"


def _business_days(bundle: Bundle, fact: str) -> int | None:
    match = _WAIT.search(bundle.facts[fact].value) if fact in bundle.facts else None
    return int(match[1]) if match else None


def _noon(bundle: Bundle, day: date) -> datetime:
    zone = ZoneInfo(bundle.calendar.timezone) if bundle.calendar else UTC
    return datetime.combine(day, time(12), tzinfo=zone)
