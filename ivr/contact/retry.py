"""When to try again. Pure: the random number is an argument."""

from __future__ import annotations

MAX_ATTEMPTS = 8
FIRST_S = 2.0
LONGEST_S = 900.0


def delay_s(attempt: int, random_01: float, retry_after_s: float | None = None) -> float:
    """Seconds before the next try after `attempt` tries (from 1): exponential with full jitter, never less than what
    the provider asked for."""
    ceiling = min(LONGEST_S, FIRST_S * 2 ** (attempt - 1))
    return max(retry_after_s or 0.0, 0.5 + random_01 * ceiling)
