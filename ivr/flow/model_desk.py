"""What a bundle says to staff: articles of what they know, and what they may send on to officers. Pure. Part of `flow.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flow.mark import Mark


@dataclass(frozen=True, slots=True)
class Article:
    """What staff of the first tier know about one intent, in one language. Facts stand in its texts as `{fact.NAME}`."""

    intent: str
    title: str
    say: str
    """What the caller is told."""
    do: str
    """What staff do for the caller; empty where there is nothing to do."""
    limits: str
    """What staff may neither say nor do."""
    link: str
    """Fact with the address that helps on; empty for none."""
    mark: Mark

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for text in (self.title, self.say, self.do, self.limits) if text)


@dataclass(frozen=True, slots=True)
class Escalation:
    """One way to send a caller's matter on: the promise that is made, and what it says of it to the policy."""

    urgency: str
    """urgent | routine"""
    promise: str
    policy: str
    """Entry that must be true, with the variables of `set`, when it is made and again when the call is answered."""
    queue: str
    """Who calls back: this queue, or one of a higher tier."""
    within: str
    """Fact with how long it may take."""
    say: str
    """Prompt that staff read to the caller."""
    set: Mapping[str, str]
    """Variables as staff know them: what they judged, and the caller cannot say."""
    mark: Mark
    rows: tuple[str, ...] = ()
