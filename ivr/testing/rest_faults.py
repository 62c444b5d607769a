"""What goes wrong with requests to the REST fake: lined up by a test, taken by `rest_fake` once a request that has an effect."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable

from ivr.testing.rest_answers import WORDS


class RestFaults:
    """What goes wrong next. A fault is one of the names below or a Twilio error code.

    `429` (with Retry-After), `500` (nothing done), `500_but_sent`, `timeout` (no answer, nothing done),
    `timeout_after_send`, `drop` (the connection is closed without an answer, nothing done).
    """

    NAMES = frozenset({"429", "500", "500_but_sent", "timeout", "timeout_after_send", "drop"})

    def __init__(self) -> None:
        self._by_number: dict[str, deque[str | int]] = defaultdict(deque)
        self._next: deque[str | int] = deque()
        self._lock = threading.Lock()
        self.retry_after_s = 1
        self.seen: list[str | int] = []
        """Faults that have happened."""

    def for_number(self, number: str, *faults: str | int) -> None:
        self._check(faults)
        self._by_number[number].extend(faults)

    def next(self, *faults: str | int) -> None:
        """For the next requests that have an effect, whoever they are for."""
        self._check(faults)
        self._next.extend(faults)

    def take(self, number: str) -> str | int:
        with self._lock:
            line = self._by_number[number] or self._next
            if not line:
                return ""
            self.seen.append(line[0])
            return line.popleft()

    @classmethod
    def _check(cls, faults: Iterable[str | int]) -> None:
        for fault in faults:
            if not (fault in cls.NAMES or fault in WORDS):
                raise ValueError(f"unknown fault {fault!r}, expected one of {sorted(cls.NAMES)} or an error code")
