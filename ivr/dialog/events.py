"""Everything that can happen in a call, in the past tense. Pure data: no clock, no I/O.

The rim makes events (webhooks, the media socket, a test), `engine.step` consumes them, the store keeps them numbered:
a session is the fold over them. `EVENTS` maps the wire name of each to its class; `to_json`/`from_json` are the only
encoding, used for the event log and for replay.

`turn` on an answer is the number of the `Listen` it answers. An answer to an older turn is late and changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ivr.sensitive import Sensitive


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. `type` is the wire name."""

    type: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True)
class CallStarted(Event):
    type: ClassVar[str] = "call_started"
    call_id: str
    line: str = "main"
    """Name of the line in `bundle.yaml`; an unknown number is `main`."""
    channel: str = "voice"
    """voice | tty | chat | sms"""
    caller_number: Sensitive | None = None
    """E.164, or None when the caller hides it (Twilio's `+266696687` and kin count as hidden)."""
    textable: bool = False
    """The rim judged the number able to get a text (valid, not premium, of the country we text)."""
    language: str | None = None
    """Set when the line or the caller already chose one; otherwise the flow asks."""


@dataclass(frozen=True, slots=True)
class CalledBack(Event):
    """Somebody whom we had promised a call has answered it and wants to be put through: their call begins where others are handed
    over, and no flow takes it."""

    type: ClassVar[str] = "called_back"
    call_id: str
    """Of the call that we made."""
    language: str
    queue: str
    """Chosen by whoever asks; the policy is asked once more whether it may be."""
    policy: str
    """Entry under which the call was promised."""
    promise: str
    """Name in callbacks.yaml."""
    key: str
    """Of the promise in the ledger."""
    attempt_id: str
    """Of this call among those that were made to keep the promise."""
    reference: str
    promised_in: str
    """The call in which it was promised."""
    caller_number: Sensitive | None = None
    """The number that was called."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Those of that call as they were then: what the policy is asked about."""
    context: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the promise hands on; may be about the caller."""
    place_since: str = ""
    """ISO instant since which they have waited, where their place in the line was kept; empty for none."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of an utterance: an intent and its calibrated probability 0-1."""

    intent: str
    probability: float


@dataclass(frozen=True, slots=True)
class Classification:
    """What an intent model makes of an utterance."""

    ranking: tuple[Hypothesis, ...]
    """By falling probability; the probabilities sum to 1."""
    decision: str
    """accept | confirm | reject, by the thresholds learnt with the model."""
    offered: tuple[str, ...] = ()
    """For `confirm`: the intents that the question names, one or two that are about as likely."""


@dataclass(frozen=True, slots=True)
class SpeechHeard(Event):
    type: ClassVar[str] = "speech_heard"
    turn: int
    text: Sensitive
    confidence: float = 1.0
    """The recogniser's confidence 0-1."""
    ranking: tuple[Hypothesis, ...] = ()
    """Intents by falling probability. Put in by the runtime (the intent model is an effect), kept for replay."""
    language: str | None = None
    """Language the utterance was recognised in."""
    decision: str = ""
    """accept | confirm | reject by the model's learnt thresholds; empty where none were learnt."""
    offered: tuple[str, ...] = ()
    """For `confirm`: the one or two intents to ask about."""


@dataclass(frozen=True, slots=True)
class DigitsReceived(Event):
    type: ClassVar[str] = "digits_received"
    turn: int
    digits: Sensitive
    """Keys pressed, without the finishing `#`; a lone `*`, `0` or `#` is a command."""


@dataclass(frozen=True, slots=True)
class NoInput(Event):
    """The wait of turn `turn` ended with nothing heard."""

    type: ClassVar[str] = "no_input"
    turn: int


@dataclass(frozen=True, slots=True)
class ContactGiven(Event):
    """The caller typed an address on the phone page (or `/email` in the terminal) at any moment of the call."""

    type: ClassVar[str] = "contact_given"
    kind: str
    """email | phone"""
    value: Sensitive


@dataclass(frozen=True, slots=True)
class LookupDone(Event):
    type: ClassVar[str] = "lookup_done"
    lookup_id: str
    result: str
    """One of the lookup's declared values, or `timeout`, or `error`."""
    found: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Slot -> value, for the slots that the lookup was to fill; may be about the caller."""


@dataclass(frozen=True, slots=True)
class EffectRecorded(Event):
    """A promised effect (message, callback, service request) is on durable storage: now it may be spoken."""

    type: ClassVar[str] = "effect_recorded"
    key: str
    reference: str = ""
    due_by: str = ""
    """ISO instant by which the promise falls due; empty for a message."""
    link: str = field(default="", repr=False)
    """Where a promised call can be looked at, changed and called off; for the email that confirms it."""


@dataclass(frozen=True, slots=True)
class EffectFailed(Event):
    """The effect could not be written (or may not be performed): it must not be promised."""

    type: ClassVar[str] = "effect_failed"
    key: str
    reason: str = "store"
    """store | refused (opted out, blocked number) | policy"""


@dataclass(frozen=True, slots=True)
class QueueEnded(Event):
    """A transfer is over. `outcome` is one of the transfer kind's outcomes."""

    type: ClassVar[str] = "queue_ended"
    queue: str
    outcome: str
    """connected | closed | wait_too_long | failed | left"""


@dataclass(frozen=True, slots=True)
class StreamLost(Event):
    """The audio path broke while the call goes on: say the current question again, it does not count as a try."""

    type: ClassVar[str] = "stream_lost"


@dataclass(frozen=True, slots=True)
class TtyDetected(Event):
    """Baudot was recognised on the voice line: the session continues as text."""

    type: ClassVar[str] = "tty_detected"


@dataclass(frozen=True, slots=True)
class CallEnded(Event):
    type: ClassVar[str] = "call_ended"
    reason: str = "hangup"
    """hangup (the caller) | completed (we ended it) | failed | busy | no_answer | canceled | drained"""


EVENTS: dict[str, type[Event]] = {c.type: c for c in Event.__subclasses__()}
_SENSITIVE = {"caller_number", "text", "digits", "value"}


def to_json(event: Event) -> dict[str, Any]:
    """Plain dict with `type`; sensitive fields are revealed: the result is for storage, never for a log."""
    out: dict[str, Any] = {"type": event.type}
    for f in dataclasses.fields(event):
        value = getattr(event, f.name)
        if f.name == "ranking":
            value = [[h.intent, h.probability] for h in value]
        elif isinstance(value, Sensitive):
            value = value.reveal()
        out[f.name] = value
    return out


def from_json(data: dict[str, Any]) -> Event:
    """Inverse of `to_json`. Unknown types raise KeyError; unknown fields are ignored: an older program may read newer logs."""
    cls = EVENTS[data["type"]]
    known = {f.name for f in dataclasses.fields(cls)}
    kwargs = {k: v for k, v in data.items() if k in known}
    for name in _SENSITIVE & kwargs.keys():
        if kwargs[name] is not None:
            kwargs[name] = Sensitive(kwargs[name])
    if "ranking" in kwargs:
        kwargs["ranking"] = tuple(Hypothesis(i, p) for i, p in kwargs["ranking"])
    if "offered" in kwargs:
        kwargs["offered"] = tuple(kwargs["offered"])
    return cls(**kwargs)
