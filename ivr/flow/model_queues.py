"""What queues.yaml says of one queue, beside its name and tier: aims, urgency, words of the wait. Pure. Part of `flow.model`."""

from __future__ import annotations

from dataclasses import dataclass

KEEPS_PLACE = frozenset({"left", "wait_too_long"})
"""Outcomes of a transfer behind which the place in line can be kept: the caller has waited, and nobody has taken them."""


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    share: float
    within_s: int


@dataclass(frozen=True, slots=True)
class Priority:
    rules: tuple[str, ...]
    """Rules of the policy by which a caller is urgent."""
    ahead_s: int
    """Served as if they had come so much earlier."""


@dataclass(frozen=True, slots=True)
class WaitWords:
    """Prompt keys; empty: nothing is said."""

    soon: str = ""
    about: str = ""
    more_than: str = ""
    tips: tuple[str, ...] = ()
    leave: str = ""
    offer: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for key in (self.soon, self.about, self.more_than, *self.tips, self.leave, self.offer) if key)
