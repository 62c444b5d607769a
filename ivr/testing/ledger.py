"""The judge of every test with the fake carrier: what really went out, to whom, how often, and when.

Written by the emulator (REST fake, carrier, mail sink), never by the product, except that tests may copy the
product's own promise rows in with `promise`. Safe to use from several threads. Numbers and texts are kept in the
clear: it lives in tests and demos only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Sms:
    to: str
    from_: str
    body: str
    sid: str
    at: datetime
    via: str = "rest"
    """rest | twiml | carrier (the carrier's own answer to STOP)"""


@dataclass(frozen=True, slots=True)
class Email:
    to: str
    subject: str
    body: str
    message_id: str
    at: datetime
    sender: str = ""
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    queue: str
    call: str
    at: datetime
    result: str = ""
    """bridged | hangup | leave | redirected | queue-full; empty while the caller waits."""


@dataclass(frozen=True, slots=True)
class CallRow:
    sid: str
    to: str
    from_: str
    direction: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DialRow:
    """A `<Dial>` to anything but a queue: a person's telephone would have rung."""

    call: str
    kind: str
    target: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery of one webhook. Repeats have the same token and a higher attempt."""

    kind: str
    url: str
    token: str
    attempt: int
    status: int
    """HTTP status; 0 when no answer was taken (time-out, refused connection)."""
    params: tuple[tuple[str, str], ...]
    answer: bytes = field(repr=False)
    at: datetime


class Ledger:
    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self.now = now
        self._rows: dict[str, list[Any]] = {name: [] for name in
                                            ("sms", "emails", "queue", "calls", "dials", "webhooks", "promises")}
        self._changed = threading.Condition(threading.RLock())

    def add(self, table: str, row: Any) -> None:
        with self._changed:
            self._rows[table].append(row)
            self._changed.notify_all()

    def queue_result(self, call: str, result: str) -> None:
        """Close the call's open queue entry."""
        with self._changed:
            for i, row in enumerate(self._rows["queue"]):
                if row.call == call and not row.result:
                    self._rows["queue"][i] = QueueEntry(row.queue, row.call, row.at, result)
            self._changed.notify_all()

    def promise(self, row: Mapping[str, Any]) -> None:
        """A promise the product reports; compared with what was done about it."""
        self.add("promises", dict(row))

    def rows(self, table: str) -> list[Any]:
        with self._changed:
            return list(self._rows[table])

    @property
    def sms(self) -> list[Sms]:
        return self.rows("sms")

    @property
    def emails(self) -> list[Email]:
        return self.rows("emails")

    @property
    def queue(self) -> list[QueueEntry]:
        return self.rows("queue")

    @property
    def calls(self) -> list[CallRow]:
        return self.rows("calls")

    @property
    def dials(self) -> list[DialRow]:
        return self.rows("dials")

    @property
    def webhooks(self) -> list[Webhook]:
        return self.rows("webhooks")

    @property
    def promises(self) -> list[dict[str, Any]]:
        return self.rows("promises")

    def wait_until(self, predicate: Callable[[Ledger], bool], timeout_s: float = 5.0) -> bool:
        """Block until `predicate` holds; it is tried on each new row. False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self), timeout_s)

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        """Plain data for a report or an answer: instants are ISO text, answers and raw mails are left out."""
        with self._changed:
            return {name: [_plain(row) for row in rows] for name, rows in self._rows.items()}


def _plain(row: Any) -> dict[str, Any]:
    data = dict(row) if isinstance(row, dict) else asdict(row)
    out = {}
    for key, value in data.items():
        if isinstance(value, bytes):
            continue
        out["from" if key == "from_" else key] = value.isoformat() if isinstance(value, datetime) else value
    return out
