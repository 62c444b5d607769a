"""The worker with everything it performs, put together from the parts of a process. Called by the services once."""

from __future__ import annotations

import random
from datetime import timedelta

from ivr.contact.senders import Senders
from ivr.runtime.callbacks.office import CallbackOffice, Parts
from ivr.runtime.jobs import Job, Jobs
from ivr.runtime.performers.breakers import Breakers, provider_of
from ivr.runtime.performers.lane import Lane
from ivr.runtime.performers.messages import MessagePerformer
from ivr.runtime.worker import POLL_S, Worker
from ivr.store.callback_rows import LINE, WORD
from ivr.store.job_leases import JobLeases
from ivr.store.promises import Promises
from ivr.store.retention import days_of, nightly_purge

WRITTEN = ("message", "notice")
"""Kinds that are written to somebody."""
NIGHTLY = timedelta(hours=24)
SHORTEST_POLL_S = 0.02


def worker_of(parts: Parts, senders: Senders) -> tuple[Worker, CallbackOffice]:
    s, promises, breakers = parts.settings, Promises(parts.db), Breakers()
    woken: list[Worker] = []
    office = CallbackOffice(parts, breakers, on_moved=lambda: woken[0].wake() if woken else None)
    messages = MessagePerformer(promises, senders, parts.clock, breakers, crash=parts.crash, rng=random.Random(), lease_s=s.lease_s,
                                listed_after_s=s.listed_after_s)
    lanes = [Lane("messages", WRITTEN, messages, provider_of, names=("sms", "email")),
             Lane("callbacks", ("callback",), office.performer, provider_of, starts=False, in_order=True),
             Lane("words", ("callback",), office.performer, provider_of, starts=False, waits_for=WORD, expires=False),
             Lane("calls", ("callback",), office.performer, provider_of, starts=False, waits_for=LINE, room=office.calls.room,
                  expires=False)]
    jobs = Jobs(JobLeases(parts.db), parts.clock, [
        Job("plan_callbacks", NIGHTLY, office.recompute.run),
        Job("drop_lost_calls", timedelta(minutes=10), office.recompute.drop_lost),
        Job("purge", NIGHTLY, nightly_purge(parts.db, days_of(s))),
    ])
    poll_s = min(POLL_S, max(SHORTEST_POLL_S, 1 / s.callback_calls_per_s))
    worker = Worker(promises, lanes, parts.clock, parts.metrics, breakers, jobs=jobs, lease_s=s.lease_s, threads=s.worker_threads,
                    batch=s.worker_batch, poll_s=poll_s, crash=parts.crash)
    woken.append(worker)
    return worker, office
