"""How much may go to one number, one block of numbers, and in all. Pure: which counters one message or promise raises.

A thousand adjacent numbers are one block, and blocks overlap by half, so that any run of up to 500 adjacent numbers lies in
one of them whole: whoever pumps texts through a range of numbers that they earn on is stopped by that block's counter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivr.sensitive import Sensitive

BLOCK = 1000
REPLIES_HOUR = 3
"""Automatic replies to one number in an hour: two machines that answer each other stop soon."""
MACHINE_WORDS = 12
"""Characters from which the same text over and over is taken for a machine's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most in a window; settings of the same names."""

    texts_number_hour: int = 6
    texts_number_day: int = 15
    texts_block_hour: int = 10
    texts_block_day: int = 20
    texts_minute: int = 300
    texts_hour: int = 3000
    emails_address_day: int = 15
    callbacks_number_day: int = 4
    callbacks_block_day: int = 20
    callback_changes_day: int = 5
    answers_number_hour: int = 30
    answers_block_hour: int = 150


@dataclass(frozen=True, slots=True)
class Counter:
    scope: str
    """channel.subject.window, such as sms.block.hour: also the reason in metrics."""
    subject: Sensitive
    """The number, block or address; empty for everything together."""
    window: datetime
    """When the window began."""
    expires_at: datetime
    limit: int


def for_text(number: str, now: datetime, limits: Limits) -> list[Counter]:
    low, high = blocks(number)
    return [
        _counter("sms.number.hour", number, now, limits.texts_number_hour),
        _counter("sms.number.day", number, now, limits.texts_number_day),
        _counter("sms.block.hour", low, now, limits.texts_block_hour),
        _counter("sms.block.hour", high, now, limits.texts_block_hour),
        _counter("sms.block.day", low, now, limits.texts_block_day),
        _counter("sms.block.day", high, now, limits.texts_block_day),
        _counter("sms.all.minute", "", now, limits.texts_minute),
        _counter("sms.all.hour", "", now, limits.texts_hour),
    ]


def for_email(address: str, now: datetime, limits: Limits) -> list[Counter]:
    return [_counter("email.address.day", address.lower(), now, limits.emails_address_day)]


def for_callback(numbers: tuple[str, ...], now: datetime, limits: Limits) -> list[Counter]:
    out = [_counter("callback.number.day", n, now, limits.callbacks_number_day) for n in dict.fromkeys(numbers)]
    ranges = dict.fromkeys(b for n in numbers for b in blocks(n))
    return out + [_counter("callback.block.day", b, now, limits.callbacks_block_day) for b in ranges]


def for_change(key: str, now: datetime, limits: Limits) -> list[Counter]:
    """Changes of one promised call: each is told by text and email, to numbers that may be somebody else's."""
    return [_counter("callback.change.day", key, now, limits.callback_changes_day)]


def for_auto_reply(number: str, now: datetime) -> list[Counter]:
    return [_counter("sms.reply.hour", number, now, REPLIES_HOUR)]


def for_answer(number: str, now: datetime, limits: Limits) -> list[Counter]:
    """Answers in a conversation by text, which the other side began: two machines that answer each other stop here. They do not
    count against the texts that we send of our own accord, but everybody's counters hold for both."""
    low, high = blocks(number)
    return [
        _counter("sms.answer.hour", number, now, limits.answers_number_hour),
        _counter("sms.answer.block.hour", low, now, limits.answers_block_hour),
        _counter("sms.answer.block.hour", high, now, limits.answers_block_hour),
        _counter("sms.all.minute", "", now, limits.texts_minute),
        _counter("sms.all.hour", "", now, limits.texts_hour),
    ]


def for_same_words(number: str, words: str, now: datetime) -> list[Counter]:
    """The same words again and again are a machine's; short ones are a person's yes, no and 1."""
    if len(words) < MACHINE_WORDS:
        return []
    return [_counter("sms.same.hour", f"{number} {words}", now, REPLIES_HOUR)]


def blocks(number: str) -> tuple[str, str]:
    """The two overlapping blocks that a number lies in, by name."""
    value = int("".join(c for c in number if c in "0123456789") or "0")
    return f"a{value // BLOCK}", f"b{(value + BLOCK // 2) // BLOCK}"


_LENGTH = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _counter(scope: str, subject: str, now: datetime, limit: int) -> Counter:
    length = _LENGTH[scope.rpartition(".")[2]]
    begun = _EPOCH + (now - _EPOCH) // length * length
    return Counter(scope, Sensitive(subject), begun, begun + 2 * length, limit)
