"""Performs promises: claim a batch with a lease, perform in threads, finish in groups.

Everything that went wrong for certain is tried again, with full jitter and never sooner than the provider asked; anything
uncertain is reconciled with the provider first. A worker that dies loses nothing: its lease runs out and the row is found
in `sending`. Lanes are claimed apart, so a slow provider or a storm of calls holds up nobody else. Runs as a thread of the
server or as `ivr worker`; several may run at once.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from ivr.clock import Clock
from ivr.errors import Unavailable
from ivr.ids import new_token
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.jobs import Jobs
from ivr.runtime.performers.breakers import Breakers
from ivr.runtime.performers.lane import Lane
from ivr.store.promises import Claimed, Finish, Promises

POLL_S = 1.0
EXPIRE_EVERY_S = 1.0
log = logs.get("worker")


class Worker:
    def __init__(self, promises: Promises, lanes: Sequence[Lane], clock: Clock, metrics: Metrics, breakers: Breakers, *,
                 jobs: Jobs | None = None, lease_s: float = 30.0, threads: int = 4, batch: int = 20,
                 poll_s: float = POLL_S, crash: CrashPoints | None = None):
        """`threads` perform at the same time; up to `batch` promises of each lane are held at a time."""
        self._poll_s = poll_s
        self._promises, self._lanes, self._clock, self._metrics = promises, lanes, clock, metrics
        self._breakers, self._jobs, self._lease_s, self._batch = breakers, jobs, lease_s, batch
        self._crash = crash or CrashPoints()
        self.owner = new_token()[:16]
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="promises")
        self._one_by_one = ThreadPoolExecutor(1, thread_name_prefix="steps")
        self._landed: queue.SimpleQueue[tuple[Lane, Claimed, Finish | None]] = queue.SimpleQueue()
        self._flying = {lane.name: 0 for lane in lanes}
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._expire_at_s = float("-inf")

    # -- as a thread of the server, or of `ivr worker` ----------------------------------------------------------

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Finish what is being sent and end."""
        self.request_stop()
        if self._thread:
            self._thread.join(timeout_s)
        for pool in (self._pool, self._one_by_one):
            pool.shutdown(wait=False, cancel_futures=True)

    def request_stop(self) -> None:
        """Safe in a signal handler."""
        self._stop.set()
        self._wake.set()

    def run(self) -> None:
        self._guarded(self._adopt)
        while not self._stop.is_set():
            self._wake.clear()
            busy = self._guarded(self._round)
            if not busy and not self._stop.is_set():
                self._wake.wait(self._poll_s)
        while sum(self._flying.values()):
            self._guarded(lambda: self._land(wait=True))

    def _guarded(self, step: object) -> int:
        try:
            return step() or 0  # type: ignore[operator]
        except Unavailable:
            log.error("store unavailable, worker waits", exc_info=True)
            return 0

    def _adopt(self) -> int:
        adopted = self._promises.adopt(self._clock.now())
        if adopted:
            log.info("promises of an older program taken over", count=adopted)
        return 0

    # -- rounds -------------------------------------------------------------------------------------------------

    def work_once(self) -> int:
        """Claim what is due, perform it and wait for all of it; how many there were."""
        if self._jobs:
            self._jobs.run_due(self.owner)
        taken = self._take()
        while sum(self._flying.values()):
            self._land(wait=True)
        return taken

    def _round(self) -> int:
        """One turn of the loop: write down what came back, take as much as there is room for."""
        if self._jobs:
            self._jobs.run_due(self.owner)
        return self._land(wait=False) + self._take()

    def _take(self) -> int:
        now, taken = self._clock.now(), 0
        look = self._clock.monotonic_s() >= self._expire_at_s
        if look:
            self._expire_at_s = self._clock.monotonic_s() + EXPIRE_EVERY_S
        for lane in self._lanes:
            if self._stop.is_set():
                break
            if lane.expires and look:
                self._expire(lane, now)
            taken += self._take_from(lane, now)
        return taken

    def _take_from(self, lane: Lane, now: datetime) -> int:
        free = self._batch - self._flying[lane.name]
        if 2 * free < self._batch:
            return 0  # in handfuls: a claim is a transaction, for one row as for many
        room = min(free, lane.room(now)) if lane.room else free
        if room <= 0:
            return 0
        shut = self._breakers.shut(lane.names, now)
        probes = tuple(n for n in lane.names if n not in shut and self._breakers.allows(n, now) == 1)
        claimed: list[Claimed] = []
        for name in probes:
            one = self._promises.claim(self.owner, now, self._lease_s, 1, lane.kinds, start=lane.starts, only=(name,),
                                       waits_for=lane.waits_for)
            if one:
                self._breakers.probing(name, now)
            claimed += one
        claimed += self._promises.claim(self.owner, now, self._lease_s, room, lane.kinds, start=lane.starts, skip=(*shut, *probes),
                                        waits_for=lane.waits_for)
        until = self._clock.monotonic_s() + self._lease_s
        for each in claimed:
            self._flying[lane.name] += 1
            (self._one_by_one if lane.in_order else self._pool).submit(self._perform, lane, each, until)
        return len(claimed)

    def _perform(self, lane: Lane, each: Claimed, until: float) -> None:
        finish: Finish | None = None
        try:
            if not self._stop.is_set():
                finish = lane.performer.perform(each, lambda: until - self._clock.monotonic_s())
            elif lane.starts and each.state not in ("unknown", "sending"):
                finish = Finish(each, "retry", "the worker stopped", due_at=self._clock.now(), untried=True)
        except Unavailable:
            log.error("store unavailable in the middle of a promise", key=each.key, exc_info=True)
        except Exception as error:
            log.error("promise cannot be performed", key=each.key, exc_info=error)
            finish = Finish(each, "failed", type(error).__name__)
        self._landed.put((lane, each, finish))
        self._wake.set()

    def _land(self, *, wait: bool) -> int:
        """Write down what came back, all of it in one commit: while one is written, the next ones gather."""
        group: list[tuple[Lane, Claimed, Finish | None]] = []
        if wait:
            group.append(self._landed.get())
        while not self._landed.empty():
            group.append(self._landed.get())
        finishes = [f for _, _, f in group if f is not None]
        if finishes:
            self._crash.reached("before_finish")
        try:
            taken_over = self._promises.finish_all(finishes, self._clock.now())
        except Unavailable:
            for each in group:
                self._landed.put(each)  # what was done is known here only: it is written down as soon as that goes again
            raise
        for lane, _, _ in group:
            self._flying[lane.name] -= 1
        for claimed in taken_over:
            log.warning("promise was taken over", key=claimed.key)
        for each in finishes:
            self._metrics.effects.labels(each.claimed.kind, each.state).inc()
            (log.error if each.state in ("failed", "expired") else log.info)(
                "promise", key=each.claimed.key, state=each.state, why=each.note)
        return len(group)

    def _expire(self, lane: Lane, now: datetime) -> None:
        for key, kind in self._promises.expire(now, lane.kinds):
            self._metrics.effects.labels(kind, "expired").inc()
            log.error("promise was not kept in time", key=key, kind=kind)
