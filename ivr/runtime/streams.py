"""How many media streams this process carries, and which calls do better without one."""

from __future__ import annotations

import threading
from collections import OrderedDict

MAX_LOST = 2
"""Streams a call may lose before it goes on by keys and the carrier's recogniser."""
REMEMBERED = 10_000


class Streams:
    """Admission control. Thread-safe: webhooks ask, the media socket reports."""

    def __init__(self, limit: int):
        self.limit = limit
        self.draining = False
        self._lock = threading.Lock()
        self._open: set[str] = set()
        self._lost: OrderedDict[str, int] = OrderedDict()

    def may_open(self, call_id: str) -> bool:
        with self._lock:
            return (not self.draining and len(self._open) < self.limit and self._lost.get(call_id, 0) < MAX_LOST)

    def is_open(self, call_id: str) -> bool:
        with self._lock:
            return call_id in self._open

    def opened(self, call_id: str) -> bool:
        """False when the call has a stream already: one socket a call."""
        with self._lock:
            if call_id in self._open:
                return False
            self._open.add(call_id)
            return True

    def closed(self, call_id: str) -> None:
        with self._lock:
            self._open.discard(call_id)

    def lost(self, call_id: str, times: int = 1) -> None:
        """The call's stream broke; `times=MAX_LOST` when there is no use in trying again (no recogniser)."""
        with self._lock:
            self._lost[call_id] = self._lost.get(call_id, 0) + times
            while len(self._lost) > REMEMBERED:
                self._lost.popitem(last=False)

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._open)
