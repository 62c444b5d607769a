"""Questions to other systems, asked beside the turn: whoever waits for one must not hold up others.

A question is asked once under its key, however often a turn is worked out again, and is answered by its value or by `timeout`.
One with a fixed moment is answered at that moment and at no other: earlier nobody learns that it is known, and what becomes
known later is a timeout, so the time tells nothing about the answer. Few threads wait for answers; everybody else comes back.
Called by `runtime.turn_lookups`; `ready` is for the rims that look again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from ivr.clock import Clock

TIMEOUT, ERROR = "timeout", "error"
KEEP_S = 60.0
"""So long a repetition gets the same answer."""
QUEUED = 4
"""Questions under way for each thread, above which a new one is not even begun."""
Found = tuple[str, Mapping[str, str]]
Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Pending:
    asked_at: float
    give_up_at: float
    fixed_at: float | None = None
    done: threading.Event = field(default_factory=threading.Event)
    found: Found = (ERROR, {})
    done_at: float = float("inf")

    def answer(self, now: float) -> Found | None:
        """The value, `timeout`, or None while it is not to be known."""
        due = self.give_up_at if self.fixed_at is None else self.fixed_at
        if self.done_at <= due and (self.fixed_at is None or now >= self.fixed_at):
            return self.found
        return (TIMEOUT, {}) if now >= due else None

    @property
    def over_at(self) -> float:
        """When an answer is certain."""
        return self.give_up_at if self.fixed_at is None else self.fixed_at


class SlowLookups:
    def __init__(self, clock: Clock, threads: int = 8, seats: int = 4, executor: Executor | None = None):
        """`seats`: how many threads of callers may wait for answers at once."""
        self._clock, self._threads = clock, threads
        self._executor = executor or ThreadPoolExecutor(threads, thread_name_prefix="lookup")
        self._seats = threading.BoundedSemaphore(seats)
        self._lock = threading.Lock()
        self._pending: dict[Key, Pending] = {}
        self._under_way = 0

    def ask(self, key: Key, run: Callable[[], Found], *, give_up_s: float, fixed_s: float | None = None) -> Pending:
        """The question under this key, begun if it is new."""
        now = self._clock.monotonic_s()
        with self._lock:
            self._forget(now)
            known = self._pending.get(key)
            if known is not None:
                return known
            pending = self._pending[key] = Pending(now, now + give_up_s, None if fixed_s is None else now + fixed_s)
            crowded = self._under_way >= self._threads * QUEUED
            self._under_way += not crowded
        if crowded:
            self._settle(pending, (ERROR, {}))
        else:
            self._executor.submit(self._run, pending, run)
        return pending

    def wait(self, pending: Pending, until: float | None) -> Found | None:
        """The answer if it comes before `until`; None waits to the end, and gives up where too many wait already."""
        last = pending.over_at if until is None else until
        now = self._clock.monotonic_s()
        answer = pending.answer(now)
        known_sooner = pending.fixed_at is None or pending.fixed_at <= last
        if answer is None and known_sooner and last > now and self._seats.acquire(blocking=False):
            try:
                if pending.fixed_at is None:
                    pending.done.wait(last - now)
                else:
                    threading.Event().wait(pending.fixed_at - now)
            finally:
                self._seats.release()
            answer = pending.answer(self._clock.monotonic_s())
        return (TIMEOUT, {}) if answer is None and until is None else answer

    def ready(self, lookup_id: str) -> bool:
        """Whether looking again is worth it; also for a question that another process began."""
        now = self._clock.monotonic_s()
        with self._lock:
            return all(p.answer(now) is not None for (name, _), p in self._pending.items() if name == lookup_id)

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _run(self, pending: Pending, run: Callable[[], Found]) -> None:
        found: Found = (ERROR, {})
        try:
            # Whoever waited in the queue for so long is not there to hear it.
            found = run() if self._clock.monotonic_s() < pending.over_at else (TIMEOUT, {})
        finally:
            with self._lock:
                self._under_way -= 1
            self._settle(pending, found)

    def _settle(self, pending: Pending, found: Found) -> None:
        pending.found, pending.done_at = found, self._clock.monotonic_s()
        pending.done.set()

    def _forget(self, now: float) -> None:
        for key in [k for k, p in self._pending.items() if now >= p.over_at + KEEP_S]:
            del self._pending[key]
