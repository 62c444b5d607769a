"""Counts of a fuzz run: what became of each sentence, by intent and by kind of damage, and how bad it may be at worst. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ivr.dialog.decision import ACCEPT, CONFIRM, REJECT


@dataclass(frozen=True, slots=True)
class Outcome:
    """One damaged sentence and what was made of it."""

    intent: str
    """What was meant."""
    kind: str
    """How it was damaged: homophones, deletions, code_switching, spoken."""
    language: str
    understood: str
    decision: str
    offered: tuple[str, ...] = ()

    @property
    def taken(self) -> bool:
        """Taken at once, and rightly; what is out of scope is rightly not taken."""
        if self.intent.startswith("_"):
            return self.decision == REJECT
        return self.decision == ACCEPT and self.understood == self.intent

    @property
    def right(self) -> bool:
        """Taken rightly, or asked about rightly."""
        return self.taken or (self.decision == CONFIRM and self.intent in (self.offered or (self.understood,)))


@dataclass(frozen=True, slots=True)
class Share:
    name: str
    n: int
    accepted_right: int
    right_or_confirmed: int
    accepted_wrong: int


@dataclass(frozen=True, slots=True)
class FalseTransfers:
    """Sentences that mean nothing of the kind, taken at once for an intent that may lead to a person."""

    n: int
    found: int
    at_most: float
    """Upper end of the 95 % interval of the rate (one-sided, Clopper-Pearson), a fraction."""


def shares(outcomes: Iterable[Outcome], by: str) -> list[Share]:
    """One line a value of `by` (an attribute of Outcome), in the order of the names."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(getattr(outcome, by), []).append(outcome)
    return [Share(name, len(g), sum(o.taken for o in g), sum(o.right for o in g),
                  sum(o.decision == ACCEPT and o.understood != o.intent for o in g)) for name, g in sorted(groups.items())]


def false_transfers(outcomes: Iterable[Outcome], costly: frozenset[str]) -> FalseTransfers:
    from scipy.stats import beta

    tried = [o for o in outcomes if o.intent not in costly]
    found = sum(o.decision == ACCEPT and o.understood in costly for o in tried)
    bound = 1.0 if found >= len(tried) else float(beta.ppf(0.95, found + 1, len(tried) - found))
    return FalseTransfers(len(tried), found, bound)


def as_json(outcomes: list[Outcome], costly: frozenset[str]) -> dict:
    return {"by_kind": [asdict(s) for s in shares(outcomes, "kind")], "by_language": [asdict(s) for s in shares(outcomes, "language")],
            "by_intent": [asdict(s) for s in shares(outcomes, "intent")], "false_transfers": asdict(false_transfers(outcomes, costly))}
