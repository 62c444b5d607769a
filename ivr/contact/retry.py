"""When to try again. Pure: the random number is an argument."""

from __future__ import annotations

MAX_UNCERTAIN = 8
"""Tries after which something that may or may not have gone out, and cannot be looked for, is given to people. Anything else
that may pass is tried until the promise is no longer worth keeping (`not_after`): a provider that is down for an hour loses
nothing."""
FIRST_S = 2.0
LONGEST_S = 240.0
"""Once the other side is back, what waited is on its way within minutes."""


def delay_s(attempt: int, random_01: float, retry_after_s: float | None = None) -> float:
    """Seconds before the next try after `attempt` tries (from 1): exponential with full jitter, never less than what
    the provider asked for."""
    ceiling = min(LONGEST_S, FIRST_S * 2 ** (attempt - 1))
    return max(retry_after_s or 0.0, 0.5 + random_01 * ceiling)


def settle_s(since_tried_s: float, listed_after_s: float) -> float:
    """Seconds to wait until a provider's listing that does not show an effect can be believed. 0: it can be now. Listings
    lag behind: an effect that is not in it yet may still be on its way there."""
    return max(0.0, listed_after_s - since_tried_s)
