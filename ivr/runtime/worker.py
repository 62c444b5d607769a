"""Performs promised messages: claim with a lease, write `sending` down, ask the provider, write the result down.

    due/retry -> sending -> done
                         -> retry (certain failure that may pass)   -> failed (for good)
                         -> unknown (it may have gone out)           -> reconciled with the provider before any resend

Any number of workers may run; one process's worker wakes at once when a turn in the same process promised something.
"""

from __future__ import annotations

import random
import threading
from datetime import timedelta

from ivr.clock import Clock
from ivr.contact import retry
from ivr.contact.senders import Senders
from ivr.errors import Conflict, Unavailable
from ivr.ids import new_token
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.store.promises import Claimed, Promises

POLL_S = 1.0
log = logs.get("worker")


class Worker:
    def __init__(self, promises: Promises, senders: Senders, clock: Clock, metrics: Metrics, *, lease_s: float = 30.0,
                 crash: CrashPoints | None = None, rng: random.Random | None = None):
        self._promises, self._senders, self._clock, self._metrics = promises, senders, clock, metrics
        self._lease_s, self._crash, self._rng = lease_s, crash or CrashPoints(), rng or random.Random()
        self._owner = new_token()[:16]
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

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

    def request_stop(self) -> None:
        """Safe in a signal handler."""
        self._stop.set()
        self._wake.set()

    def run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                busy = self.work_once()
            except Unavailable:
                log.error("store unavailable, worker waits", exc_info=True)
                busy = 0
            if not busy and not self._stop.is_set():
                self._wake.wait(POLL_S)

    # -- one round ----------------------------------------------------------------------------------------------

    def work_once(self) -> int:
        """Claim what is due and perform it; how many were claimed."""
        claimed = self._promises.claim(self._owner, self._clock.now(), self._lease_s)
        for each in claimed:
            if self._stop.is_set():
                break
            try:
                self._perform(each)
            except Conflict:
                log.warning("promise was taken over", key=each.key)
        return len(claimed)

    def _perform(self, each: Claimed) -> None:
        now = self._clock.now()
        sender = self._senders.get(each.name)
        if each.not_after < now:
            return self._finish(each, "expired", "not delivered in time")
        uncertain = each.state in ("unknown", "sending")
        self._promises.start(each, now)
        if sender is None:
            return self._later(each, Unavailable(f"no sender for {each.name}", code="no_sender"))
        self._crash.reached("after_sending_mark")
        try:
            provider_id = sender.find(each.key, each.payload, each.created_at) if uncertain else None
            if provider_id is None:
                provider_id = sender.send(each.key, each.payload)
                self._crash.reached("after_send_before_mark")
        except Unavailable as error:
            return self._failed(each, error)
        except Exception as error:
            # A poison row is parked, the others flow.
            log.error("promise cannot be performed", key=each.key, exc_info=error)
            return self._finish(each, "failed", type(error).__name__)
        self._finish(each, "done", "", provider_id)

    def _failed(self, each: Claimed, error: Unavailable) -> None:
        if error.code == "21610" and "to" in each.payload:
            self._promises.opt_out(each.payload["to"], "sms", "provider", self._clock.now())
        if error.uncertain:
            self._later(each, error, "unknown")
        elif error.retryable:
            self._later(each, error)
        else:
            self._finish(each, "failed", error.code)

    def _later(self, each: Claimed, error: Unavailable, state: str = "retry") -> None:
        if state == "unknown" and each.attempt + 1 >= retry.MAX_UNCERTAIN:
            return self._finish(each, "failed", f"gave up: {error.code}")
        wait = retry.delay_s(each.attempt + 1, self._rng.random(), error.retry_after_s)
        now = self._clock.now()
        self._promises.finish(each, state, now, note=error.code, due_at=now + timedelta(seconds=wait))
        self._metrics.effects.labels(each.kind, state).inc()
        log.warning("promise waits", key=each.key, state=state, why=error.code, wait_s=round(wait, 1))

    def _finish(self, each: Claimed, state: str, note: str, provider_id: str | None = None) -> None:
        self._promises.finish(each, state, self._clock.now(), note=note, provider_id=provider_id)
        self._metrics.effects.labels(each.kind, state).inc()
        (log.info if state == "done" else log.error)("promise", key=each.key, state=state, why=note)
