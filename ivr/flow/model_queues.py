"""What queues.yaml says: the queues with their aims, urgency and words of the wait. Frozen data, pure. Part of `flow.model`."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.flow.mark import NOWHERE, Mark

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


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    tier: int
    languages: tuple[str, ...] = ()
    max_wait_s: int = 1800
    mark: Mark = NOWHERE
    rows: tuple[str, ...] = ()
    service_level: ServiceLevel | None = None
    skills: tuple[str, ...] = ()
    priority: Priority | None = None
    handling_s: int = 480
    """Mean, until there are live figures."""
    callback_offer_above_s: int | None = None
    wait: WaitWords = field(default_factory=WaitWords)

    def ahead_s(self, policy_rule: str) -> float:
        """Head start of a caller whom this rule let through."""
        return float(self.priority.ahead_s) if self.priority and policy_rule in self.priority.rules else 0.0
