"""Periodic jobs of the installation, run by one worker at a time under a lease in the database.

A job is a name, a period and a function; whoever runs it first moves its next time on. A job that dies with its worker is
taken over when the lease ends, so each must be harmless when it is run again. Registered where the services are built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.clock import Clock
from ivr.ops import logs
from ivr.store.job_leases import JobLeases

CHECK_S = 5.0
"""How often a worker looks whether a job is due."""
LEASE_S = 300.0
log = logs.get("jobs")


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    every: timedelta
    run: Callable[[datetime], str]
    """Handed the moment; gives one line for the log, empty for nothing worth telling."""


class Jobs:
    def __init__(self, leases: JobLeases, clock: Clock, jobs: Sequence[Job] = ()):
        self._leases, self._clock, self._jobs = leases, clock, list(jobs)
        self._next_look_s = 0.0

    def add(self, job: Job) -> None:
        self._jobs.append(job)

    def run_due(self, owner: str) -> None:
        if self._clock.monotonic_s() < self._next_look_s:
            return
        self._next_look_s = self._clock.monotonic_s() + CHECK_S
        now = self._clock.now()
        for job in self._jobs:
            if self._leases.take(job.name, owner, now, LEASE_S):
                self._run(job, owner, now)

    def _run(self, job: Job, owner: str, now: datetime) -> None:
        try:
            note = job.run(now)
        except Exception as error:
            # One job that fails must not keep the others, or the promises, from being done.
            log.error("job failed", job=job.name, exc_info=error)
            note = f"failed: {type(error).__name__}"
        if note:
            log.info("job done", job=job.name, note=note)
        self._leases.done(job.name, owner, now + job.every, note)
