"""What the engine asks the rim to do, in the imperative. Pure data.

A turn's actions are in order: any number of `Say`, `SendMessage`, `MakePromise`, `Lookup`, and at most one action that
waits or ends (`Listen`, `Transfer`, `Hangup`), always last. `SendMessage`, `MakePromise` and `Lookup` are answered by
events (`EffectRecorded`, `EffectFailed`, `LookupDone`) before anything after them is spoken.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ivr.sensitive import Sensitive


@dataclass(frozen=True, slots=True)
class Action:
    type: ClassVar[str] = "action"


@dataclass(frozen=True, slots=True)
class Say(Action):
    type: ClassVar[str] = "say"
    key: str
    """Prompt key, for logs, tests and recordings."""
    text: str = field(repr=False)
    """Words to speak, placeholders already filled in. May hold personal data: not for logs."""
    language: str
    sensitive: bool = False
    """The text was filled with a sensitive value: never cached on disk under a readable name, never logged."""
    barge_in: bool = True
    static: bool = True
    """No placeholder was filled: the audio can be rendered ahead of time and cached."""


@dataclass(frozen=True, slots=True)
class Listen(Action):
    """Wait for the caller. Ends with SpeechHeard, DigitsReceived or NoInput of the same `turn`."""

    type: ClassVar[str] = "listen"
    turn: int
    language: str
    timeout_s: float = 6.0
    """Silence after the prompt has ended before NoInput."""
    speech: bool = True
    expect: str = "text"
    """Form expected of speech: text | yes_no | digits | date | receipt | phone | email | form | a_number."""
    hints: tuple[str, ...] = ()
    """Phrases likely here, for recognisers that take them."""
    max_digits: int = 1
    """Keys that complete the input at once; 1 for a menu."""
    finish_on_key: str = "#"
    inter_digit_s: float = 3.0
    end_silence_ms: int = 600
    """Silence that ends an utterance: 500-600 in menus, 1000-1200 for numbers."""
    barge_in: bool = True
    ranked: bool = True
    """The intent model is asked about what is said; not for yes and no, dates and numbers."""


@dataclass(frozen=True, slots=True)
class Lookup(Action):
    """Ask a named predicate. Answered by `LookupDone` within `timeout_s`."""

    type: ClassVar[str] = "lookup"
    lookup_id: str
    name: str
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)
    values: tuple[str, ...] = ()
    timeout_s: float = 8.0
    fills: tuple[str, ...] = ()
    """Slots that the answer may fill."""


@dataclass(frozen=True, slots=True)
class SendMessage(Action):
    """Write a message down durably; the worker sends it. Answered by EffectRecorded or EffectFailed."""

    type: ClassVar[str] = "send_message"
    key: str
    """Unique for ever: `message:{call}:{node}:{n}:{channel}`."""
    channel: str
    """sms | email"""
    to: Sensitive
    message: str
    """Message key in the prompts."""
    text: str = field(repr=False)
    subject: str = ""
    language: str = "en"
    email: Sensitive | None = None
    """Where a text goes instead when the carrier cannot deliver it: an address the caller gave in this call."""
    email_subject: str = ""
    email_text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RecordConsent(Action):
    """Keep what the caller answered to "may we write to you there", or that they want no more of it. Written in the
    transaction of the turn; asks nothing of the engine."""

    type: ClassVar[str] = "record_consent"
    channel: str
    """sms | email"""
    address: Sensitive
    answer: str
    """yes | no | revoked"""
    wording: str
    """Prompt key of the question; empty for a revocation, which nobody asked for."""
    language: str


@dataclass(frozen=True, slots=True)
class MakePromise(Action):
    """Write a callback or a service request down durably. Answered by EffectRecorded or EffectFailed."""

    type: ClassVar[str] = "make_promise"
    key: str
    """Unique for ever: `callback:{call}:{node}:{n}` or `service_request:...`."""
    kind: str
    """callback | service_request"""
    name: str
    """Promise name in callbacks.yaml, e.g. `routine`, `urgent`."""
    reason: str
    policy_rule: str
    """Id of the policy rule that was true; never empty."""
    language: str
    numbers: tuple[Sensitive, ...] = ()
    email: Sensitive | None = None
    context: Mapping[str, str] = field(default_factory=dict, repr=False)
    due_by: str = ""
    """ISO instant, worked out by the engine from callbacks.yaml and the calendar."""
    policy: str = ""
    """Policy entry that was true; asked again when the promised call is answered."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The call's finite variables as they were, which is what the policy is asked about then."""
    urgent: bool = False
    """Promised within hours, not within business days."""
    place: Mapping[str, Any] = field(default_factory=dict)
    """The place in line that is kept: `queue`, `since` (ISO instant, UTC) and, of the urgent, `ahead_s`. Empty for none."""


@dataclass(frozen=True, slots=True)
class Transfer(Action):
    """Hand the caller to a queue. Emitted only where the policy is true; ends with QueueEnded."""

    type: ClassVar[str] = "transfer"
    queue: str
    policy: str
    policy_rule: str
    language: str
    context: Mapping[str, str] = field(default_factory=dict, repr=False)
    waiting: str = "queue_wait"
    """Prompt key of the waiting room; the rim renders it on each round with the position."""


@dataclass(frozen=True, slots=True)
class ReportRefusal(Action):
    """The policy was false at a door that the flow led to: a fault of the flow, for staff to see. The caller goes on by
    `failed`. Asks nothing of the rim but to log and to count."""

    type: ClassVar[str] = "report_refusal"
    node: str
    policy: str


@dataclass(frozen=True, slots=True)
class Hangup(Action):
    type: ClassVar[str] = "hangup"
    outcome: str
    """The `end` node's outcome code, e.g. `self_service`, `safe_landing`."""


ACTIONS: dict[str, type[Action]] = {c.type: c for c in Action.__subclasses__()}


def to_json(action: Action) -> dict[str, Any]:
    """Plain dict with `type`; sensitive fields revealed: for storage only."""
    out: dict[str, Any] = {"type": action.type}
    for f in dataclasses.fields(action):
        out[f.name] = _plain(getattr(action, f.name))
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return value.reveal()
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return value


def from_json(data: dict[str, Any]) -> Action:
    cls = ACTIONS[data["type"]]
    known = {f.name for f in dataclasses.fields(cls)}
    kwargs: dict[str, Any] = {k: v for k, v in data.items() if k in known}
    for name in ("hints", "values", "fills"):
        if name in kwargs:
            kwargs[name] = tuple(kwargs[name])
    if "numbers" in kwargs:
        kwargs["numbers"] = tuple(Sensitive(n) for n in kwargs["numbers"])
    for name in ("to", "email", "address"):
        if kwargs.get(name) is not None:
            kwargs[name] = Sensitive(kwargs[name])
    return cls(**kwargs)
