"""What the estimate is made from: who came lately, and how long conversations took with all that belongs to them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

MOST_KEPT = 50
"""Last handling times of one queue and language: enough for a mean, few enough to follow the day."""
FEWEST = 8
"""With fewer than this a mean says little."""
OLDEST_S = 4 * 3600.0
ARRIVALS_S = 1800.0
"""Arrivals are counted over the last half hour."""
MOST_ARRIVALS = 2000


@dataclass(frozen=True, slots=True)
class Handling:
    seconds: float
    """From the beginning of the conversation until the agent was ready for the next one."""
    at_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    handled: Mapping[tuple[str, str], tuple[Handling, ...]] = field(default_factory=dict)
    """(queue, language) -> the last ones, the newest at the end."""
    arrived: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Queue -> instants."""

    def came(self, queue: str, now_s: float) -> Figures:
        kept = tuple(at for at in self.arrived.get(queue, ()) if now_s - at < ARRIVALS_S)
        return replace(self, arrived={**self.arrived, queue: (*kept, now_s)[-MOST_ARRIVALS:]})

    def took(self, queue: str, language: str, seconds: float, now_s: float) -> Figures:
        kept = (*self.handled.get((queue, language), ()), Handling(max(0.0, seconds), now_s))[-MOST_KEPT:]
        return replace(self, handled={**self.handled, (queue, language): kept})

    def handling_s(self, queue: str, language: str, now_s: float) -> float | None:
        """Mean handling time in this queue and language; of the queue where its language has too few; None where both have."""
        return _mean(self._fresh(now_s, queue, language)) or _mean(self._fresh(now_s, queue))

    def arrivals(self, queue: str, now_s: float) -> int:
        """How many came within the last half hour."""
        return sum(now_s - at < ARRIVALS_S for at in self.arrived.get(queue, ()))

    def _fresh(self, now_s: float, queue: str, language: str | None = None) -> list[float]:
        return [h.seconds for (q, lang), all_of in self.handled.items() if q == queue and language in (None, lang)
                for h in all_of if now_s - h.at_s < OLDEST_S]


def _mean(seconds: list[float]) -> float | None:
    return sum(seconds) / len(seconds) if len(seconds) >= FEWEST else None
