"""A breaker per provider: after so many failures in a row nobody asks it for a while, then one tries. Pure.

Without it every promise that is due would spend its own time-out on a provider that is down, and all of them would come
back at once. Refusals are no failures: a provider that refuses is alive. Called by the worker, which keeps one value per
provider.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES = 5
"""Failures in a row that open it."""
FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 60.0
"""Once the provider is back, that is noticed within a minute."""


@dataclass(frozen=True, slots=True)
class Breaker:
    failures: int = 0
    opened_at: datetime | None = None
    """Empty while it is closed."""
    pauses: int = 0
    """Times it was opened in a row."""
    probing_since: datetime | None = None
    """Half open: one is on its way to try."""

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    @property
    def pause_s(self) -> float:
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** max(0, self.pauses - 1))

    def allows(self, now: datetime) -> int | None:
        """How many may ask: None for as many as like, 0 for nobody, 1 for the one that tries."""
        if self.opened_at is None:
            return None
        waiting_since = self.probing_since or self.opened_at
        return 1 if now >= waiting_since + timedelta(seconds=self.pause_s) else 0

    def probing(self, now: datetime) -> Breaker:
        """The one that tries is on its way. If it never comes back, another goes after the same pause."""
        return replace(self, probing_since=now) if self.is_open else self

    def failed(self, now: datetime) -> Breaker:
        if self.is_open:
            return Breaker(self.failures + 1, now, self.pauses + 1)
        if self.failures + 1 < FAILURES:
            return replace(self, failures=self.failures + 1)
        return Breaker(self.failures + 1, now, self.pauses + 1)

    def succeeded(self) -> Breaker:
        return Breaker()
