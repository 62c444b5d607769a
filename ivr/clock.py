"""The clock as an argument. The pure core never reads one; the rim is handed one of these."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds that never jump, for durations only."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()


class ShiftedClock:
    """Runs at normal speed from a chosen moment: what `IVR_NOW` and `ivr call --at` use."""

    def __init__(self, start: datetime):
        if start.tzinfo is None:
            raise ValueError("start needs an offset, such as 2026-03-10T10:05:00-05:00")
        self._start = start.astimezone(UTC)
        self._zero = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._zero)

    def monotonic_s(self) -> float:
        return time.monotonic()
