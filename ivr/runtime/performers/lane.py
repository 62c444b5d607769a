"""What the worker needs to know of a kind of promise: which rows, how many at a time, and who performs one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.store.promises import Claimed, Finish

LeftS = Callable[[], float]
"""Seconds that the lease still lasts, by a clock that never jumps."""


class Performer(Protocol):
    """Performs one claimed promise, in a thread of the worker's. Must not raise: what goes wrong is a Finish too."""

    def perform(self, each: Claimed, left_s: LeftS) -> Finish | None:
        """What became of it; None where that is written down already, or where it was taken over."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Promises of one sort are claimed apart from the others, so that a storm of one never holds up another."""

    name: str
    kinds: tuple[str, ...]
    performer: Performer
    provider_of: Callable[[str], str]
    """Channel or promise name -> provider, for the breaker."""
    waits_for: str = ""
    """Takes promises whose next step needs that: `line`."""
    room: Callable[[datetime], int] | None = None
    """How many may be taken now; None for as many as a worker holds."""
    names: tuple[str, ...] = ()
    """Names that have a breaker in front of them."""
    starts: bool = True
    """Claiming marks as `sending` at once: right where performing is nothing but asking a provider."""
    in_order: bool = False
    """One after the other, in the order in which they were claimed: for steps that only write and whose order is a promise."""
    expires: bool = True
    """Past its deadline it ends by itself."""
