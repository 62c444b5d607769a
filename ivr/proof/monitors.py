"""What the laws remember of a call: variables that begin with `#`, and how prompts and doors change them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ivr.flow.model import Bundle
from ivr.flow.model_policy import AlwaysRule
from ivr.proof.words import steps_of

NO, YES = "no", "yes"
OFFERED = "#offered"
"""Whether the caller was given any real next step in this call."""
SENT = "#sent"
"""Whether a message was sent in this call: only then can one have been sent already."""
LIVE_AGENT = "live_agent"


def consent(channel: str) -> str:
    """Whether the caller said yes to messages by this channel."""
    return f"#consent.{channel}"


def refused(rule: AlwaysRule) -> str:
    """Whether live help was refused and no step of the rule was offered since."""
    return f"#refused.{rule.id}"


def heard(rule: AlwaysRule) -> str:
    """Whether a prompt of the rule was heard."""
    return f"#heard.{rule.id}"


class Monitors:
    """The monitors of one bundle."""

    def __init__(self, bundle: Bundle):
        self.refusals = tuple(r for r in bundle.policy.always if r.form == "refused")
        self.hearings = tuple(r for r in bundle.policy.always if r.form == "heard")
        self.steps = cache(lambda key: steps_of(bundle, key))
        self.said = cache(self._said)

    @property
    def domains(self) -> dict[str, tuple[str, ...]]:
        names = [OFFERED, SENT, consent("sms"), consent("email"), *map(refused, self.refusals), *map(heard, self.hearings)]
        return dict.fromkeys(names, (NO, YES))

    def _said(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        """What changes when these prompts are spoken."""
        changed = self.offered(frozenset[str]().union(*(self.steps(k) for k in keys)))
        return changed | {heard(r): YES for r in self.hearings if set(r.names) & set(keys)}

    def offered(self, steps: Iterable[str]) -> dict[str, str]:
        """What changes when these steps are offered; a person is a step whatever the rule names."""
        steps = frozenset(steps)
        if not steps:
            return {}
        met = [r for r in self.refusals if steps & {*r.names, LIVE_AGENT}]
        return {OFFERED: YES} | {refused(r): NO for r in met}

    def refuse(self) -> Mapping[str, str]:
        """What changes when live help is refused."""
        return {refused(r): YES for r in self.refusals}
