"""Twilio's webhooks as typed values, one frozen dataclass each. Pure: pairs in, value or `MalformedRequest` out.

Fields come and go at Twilio without notice, so nothing here checks for an exact set: each parser asks for what it
cannot do without and ignores the rest. Must never raise anything but `MalformedRequest`; messages never quote a
value, since values are phone numbers and words of callers. Called by the webhook routes after the signature check.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ivr.errors import MalformedRequest
from ivr.sensitive import Sensitive
from ivr.telephony.form_fields import MAX_VALUE_BYTES, Fields, Pairs

CALL_STATUSES = frozenset({"queued", "initiated", "ringing", "in-progress", "answered", "completed", "busy", "failed",
                           "no-answer", "canceled"})
TERMINAL_STATUSES = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
MESSAGE_STATUSES = frozenset({"accepted", "scheduled", "queued", "sending", "sent", "receiving", "received",
                              "delivered", "undelivered", "failed", "read", "canceled", "partially_delivered"})
QUEUE_RESULTS = frozenset({"bridged", "bridging-in-process", "hangup", "leave", "redirected", "redirected-from-bridged",
                           "queue-full", "error", "system-error"})

HIDDEN_CALLERS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253", "anonymous", "restricted",
                            "unknown", "unavailable", "private", "blocked"})
"""What Twilio puts in place of a number that the caller hides: words spelled on a keypad (266696687 is ANONYMOUS)."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_KEYS = re.compile(r"[0-9*#A-Da-d]{0,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """A call reached its voice URL (or an outbound call was answered)."""

    call_sid: str
    from_: Sensitive | None
    """E.164; None when hidden, or when it is not a telephone number (a SIP address, a browser client)."""
    to: str
    """The number called, as Twilio sent it."""
    account_sid: str = ""
    status: str = ""
    direction: str = "inbound"
    """inbound | outbound-api | outbound-dial"""
    country: str = ""
    """ISO country of the caller by Twilio's judgement, e.g. US."""
    verstat: str = ""
    """StirVerstat, e.g. `TN-Validation-Passed-A`. At best a hint: caller ID is not authentication."""


@dataclass(frozen=True, slots=True)
class GatherResult:
    call_sid: str
    speech: Sensitive | None = None
    """What Twilio's recogniser understood; None when nothing was spoken."""
    confidence: float | None = None
    """0-1; None when Twilio does not say. Several of its models always send 0.0, so 0.0 counts as not said."""
    digits: Sensitive | None = None
    """Keys without the finishing key; a finishing key pressed alone arrives as that key."""

    @property
    def empty(self) -> bool:
        return not self.speech and not self.digits


@dataclass(frozen=True, slots=True)
class CallStatus:
    """A status callback. Their order is not guaranteed: apply by `sequence_number`, terminal states never go back."""

    call_sid: str
    status: str
    sequence_number: int | None = None
    timestamp: datetime | None = None
    duration_s: int | None = None
    sip_code: int | None = None

    @property
    def terminal(self) -> bool:
        return self.status in TERMINAL_STATUSES


@dataclass(frozen=True, slots=True)
class InboundMessage:
    message_sid: str
    from_: Sensitive
    to: str
    body: Sensitive
    opt_out_type: str | None = None
    """stop | start | help when Twilio's Advanced Opt-Out recognised the word (and has answered by itself)."""


@dataclass(frozen=True, slots=True)
class MessageStatus:
    message_sid: str
    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class QueueResult:
    """The action callback of `<Enqueue>`: the call has left the queue."""

    call_sid: str
    result: str
    queue_sid: str = ""
    waited_s: int | None = None


@dataclass(frozen=True, slots=True)
class QueueWait:
    """The waitUrl request, once per round of the waiting room."""

    call_sid: str
    position: int | None = None
    """1 is next to be answered."""
    size: int | None = None
    waited_s: int | None = None
    average_s: int | None = None
    max_size: int | None = None
    queue_sid: str = ""


def voice_started(pairs: Pairs) -> VoiceStarted:
    f = Fields(pairs)
    return VoiceStarted(call_sid=f.required("CallSid"), from_=number(f.text("From", "Caller")),
                        to=f.text("To", "Called"), account_sid=f.text("AccountSid"),
                        status=f.text("CallStatus").lower(), direction=f.text("Direction").lower() or "inbound",
                        country=f.text("FromCountry", "CallerCountry"), verstat=f.text("StirVerstat"))


def gather_result(pairs: Pairs) -> GatherResult:
    f = Fields(pairs)
    speech = f.text("SpeechResult", limit=MAX_VALUE_BYTES).strip()
    digits = f.text("Digits").strip() or _lone_key(f.text("FinishedOnKey"))
    if not _KEYS.fullmatch(digits):
        raise MalformedRequest("field Digits holds something else than keys, expected at most 64 of 0-9 * #")
    return GatherResult(call_sid=f.required("CallSid"), speech=Sensitive(speech) if speech else None,
                        confidence=_confidence(f.text("Confidence")), digits=Sensitive(digits) if digits else None)


def call_status(pairs: Pairs) -> CallStatus:
    f = Fields(pairs)
    return CallStatus(call_sid=f.required("CallSid"), status=f.one_of("CallStatus", CALL_STATUSES),
                      sequence_number=f.number("SequenceNumber"), timestamp=_instant(f.text("Timestamp")),
                      duration_s=f.number("CallDuration"), sip_code=f.number("SipResponseCode"))


def inbound_message(pairs: Pairs) -> InboundMessage:
    f = Fields(pairs)
    kind = f.text("OptOutType").strip().lower()
    return InboundMessage(message_sid=f.required("MessageSid", "SmsMessageSid", "SmsSid"),
                          from_=Sensitive(f.required("From")), to=f.text("To"),
                          body=Sensitive(f.text("Body", limit=MAX_VALUE_BYTES)),
                          opt_out_type=kind if kind in ("stop", "start", "help") else None)


def message_status(pairs: Pairs) -> MessageStatus:
    f = Fields(pairs)
    name = "MessageStatus" if f.text("MessageStatus") else "SmsStatus"
    return MessageStatus(message_sid=f.required("MessageSid", "SmsSid"), status=f.one_of(name, MESSAGE_STATUSES),
                         error_code=f.number("ErrorCode"))


def queue_result(pairs: Pairs) -> QueueResult:
    f = Fields(pairs)
    return QueueResult(call_sid=f.required("CallSid"), result=f.one_of("QueueResult", QUEUE_RESULTS),
                       queue_sid=f.text("QueueSid"), waited_s=f.number("QueueTime"))


def queue_wait(pairs: Pairs) -> QueueWait:
    f = Fields(pairs)
    return QueueWait(call_sid=f.required("CallSid"), position=f.number("QueuePosition"),
                     size=f.number("CurrentQueueSize"), waited_s=f.number("QueueTime"),
                     average_s=f.number("AvgQueueTime"), max_size=f.number("MaxQueueSize"),
                     queue_sid=f.text("QueueSid"))


def number(value: str) -> Sensitive | None:
    """An E.164 number, or None for a hidden caller and for anything that is not a telephone number."""
    value = value.strip()
    if value.lstrip("+").lower() in HIDDEN_CALLERS or not _E164.fullmatch(value):
        return None
    return Sensitive(value)


def _lone_key(text: str) -> str:
    """The finishing key, when that is all there was; the field also carries words such as `timeout`."""
    return text if len(text) == 1 and text in "0123456789*#" else ""


def _confidence(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value <= 1 else None


def _instant(text: str) -> datetime | None:
    """An RFC 2822 date; None when absent or unreadable, since the sequence number decides the order anyway."""
    try:
        when = parsedate_to_datetime(text) if text else None
        if when is None:
            return None
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
