"""One difference, and the registry of those who look for them. Pure data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ivr.diff.callers import Callers
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.proof.case import Case

GROUPS = {
    "person": "Who reaches a person, and what is promised", "led": "Where callers are led", "heard": "What callers hear",
    "sent": "What is sent", "understood": "What is understood", "hours": "Hours", "other": "Other",
}
"""In the order in which they are read."""
Subject = tuple[str, ...]
"""The part of a bundle that a change is about, such as ("node", "main", "why")."""


@dataclass(frozen=True, slots=True)
class Change:
    group: str
    text: str
    """One sentence. `{at}` stands for the places of several changes that are otherwise the same."""
    subjects: tuple[Subject, ...]
    at: tuple[str, ...] = ()
    mark: Mark | None = None
    """Its place in the new bundle, or in the old one for something that is gone."""


@dataclass(slots=True)
class Side:
    """One of the two bundles, with what is not part of its calls."""

    bundle: Bundle
    tests: Mapping[str, object] = field(default_factory=dict)
    """File name -> what it says."""
    requirements: Mapping[str, object] = field(default_factory=dict)
    """Row -> what it says."""
    case: Case | None = None
    """What was searched; None when it was too large."""


@dataclass
class Pair:
    old: Side
    new: Side

    @property
    def a(self) -> Bundle:
        return self.old.bundle

    @property
    def b(self) -> Bundle:
        return self.new.bundle

    @cached_property
    def callers(self) -> Callers:
        """Who they are, in the new bundle."""
        return Callers(self.b, self.new.case)

    @cached_property
    def old_callers(self) -> Callers:
        return Callers(self.a, self.old.case)


Comparer = Callable[[Pair], Iterator[Change]]
COMPARERS: list[Comparer] = []


def comparer(function: Comparer) -> Comparer:
    """Decorator: this function is asked for changes."""
    COMPARERS.append(function)
    return function
