"""Texts and emails: reconcile what is uncertain, send, and say what became of it.

A row is on disk as `sending` before this is called. Nothing that may have gone out is sent again before the provider was
asked for it, and its listing had time to show it. Called by the worker, in several threads.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from ivr.clock import Clock
from ivr.contact import retry
from ivr.contact.senders import Sender, Senders
from ivr.errors import Conflict, Unavailable
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.runtime.performers.breakers import Breakers
from ivr.runtime.performers.lane import LeftS
from ivr.store.promises import UNCERTAIN, Claimed, Finish, Promises

LISTED = frozenset({"sms"})
"""Channels whose provider can be asked what went out. A mail server cannot: there the Message-ID makes a second copy harmless."""
SEND_NEEDS_S = 15.0
"""Time-outs of a provider: less of the lease than this, and another worker could begin while we still wait."""
log = logs.get("messages")


class MessagePerformer:
    def __init__(self, promises: Promises, senders: Senders, clock: Clock, breakers: Breakers, *, crash: CrashPoints,
                 rng: random.Random, lease_s: float, listed_after_s: float):
        """`senders` have the last gate in front of them; `listed_after_s`: how late a provider's listing may be."""
        self.senders = senders
        self._promises, self._clock, self._breakers = promises, clock, breakers
        self._crash, self._rng = crash, rng
        self._needs_s, self._listed_after_s = min(SEND_NEEDS_S, lease_s / 2), listed_after_s

    def perform(self, each: Claimed, left_s: LeftS) -> Finish | None:
        now = self._clock.now()
        sender = self.senders.get(each.name)
        if sender is None:
            return self._later(each, Unavailable(f"no sender for {each.name}", code="no_sender"), now)
        self._crash.reached("after_sending_mark")
        try:
            return self._reconciled(each, sender, now) or self._sent(each, sender, left_s, now)
        except Unavailable as error:
            self._breakers.failed(each.name, error, self._clock.now())
            return self._failed(each, error)
        except Conflict:
            return None
        except Exception as error:
            # A poison row is parked, the others flow.
            log.error("promise cannot be performed", key=each.key, exc_info=error)
            return Finish(each, "failed", type(error).__name__)

    def _reconciled(self, each: Claimed, sender: Sender, now: datetime) -> Finish | None:
        """What is known of an earlier try; None when it is certain that nothing went out."""
        if each.state not in UNCERTAIN:
            return None
        tried_at = each.started_at or each.created_at
        found = sender.find(each.key, each.payload, min(tried_at, each.created_at))
        if found is not None:
            # An empty listing says nothing about sending, which may fail all the time while lists are answered.
            self._breakers.succeeded(each.name)
            return Finish(each, "done", "found at the provider", provider_id=found)
        wait_s = retry.settle_s((now - tried_at).total_seconds(), self._listed_after_s) if each.name in LISTED else 0.0
        if wait_s > 0:
            return Finish(each, "unknown", "not listed yet", due_at=now + timedelta(seconds=wait_s), untried=True)
        return Finish(each, "expired", "not in time") if each.not_after < now else None

    def _sent(self, each: Claimed, sender: Sender, left_s: LeftS, now: datetime) -> Finish:
        if left_s() < self._needs_s:
            return Finish(each, "retry", "no time left in the lease", due_at=now, untried=True)
        if each.state in UNCERTAIN:
            self._promises.mark_tried(each, now)
        provider_id = sender.send(each.key, each.payload)
        self._crash.reached("after_send_before_mark")
        self._breakers.succeeded(each.name)
        return Finish(each, "done", provider_id=provider_id)

    def _failed(self, each: Claimed, error: Unavailable) -> Finish:
        now = self._clock.now()
        if error.uncertain:
            return self._later(each, error, now, "unknown")
        return self._later(each, error, now) if error.retryable else Finish(each, "failed", error.code)

    def _later(self, each: Claimed, error: Unavailable, now: datetime, state: str = "retry") -> Finish:
        # Where the provider can be asked, each try begins with the certainty that the one before did nothing: an hour of its
        # failures costs an hour and no promise. Where it cannot, every try may be one copy more.
        if state == "unknown" and each.name not in LISTED and each.attempt + 1 >= retry.MAX_UNCERTAIN:
            return Finish(each, "failed", f"gave up: {error.code}")
        if each.state in UNCERTAIN and state == "retry":
            state = "unknown"  # the listing could not be read: still uncertain
        wait_s = retry.delay_s(each.attempt + 1, self._rng.random(), error.retry_after_s)
        log.warning("promise waits", key=each.key, state=state, why=error.code, wait_s=round(wait_s, 1))
        return Finish(each, state, error.code, due_at=now + timedelta(seconds=wait_s))
