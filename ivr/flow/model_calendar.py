"""When the office is open: calendar.yaml with its holidays expanded. Frozen data, pure. Part of `flow.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time


@dataclass(frozen=True, slots=True)
class OpenHours:
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Calendar:
    timezone: str
    week: Mapping[int, tuple[OpenHours, ...]]
    """0 = Monday .. 6 = Sunday."""
    holidays: str = ""
    """Country code for the federal holidays of the `holidays` package, or empty."""
    closed_on: frozenset[date] = frozenset()
    """All closed dates: overrides and the holidays expanded at load, so that evaluation stays pure."""
    overrides: Mapping[date, tuple[OpenHours, ...]] = field(default_factory=dict)
