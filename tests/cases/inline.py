"""Lookups that are worked out at once, so that a test in virtual time depends on no thread."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

from ivr.runtime.slow_lookups import SlowLookups
from tests.rim.site import Site


class Inline(Executor):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def inline(office: Site) -> None:
    """For a site whose clock is moved by the carrier's pauses and by nothing else."""
    slow = SlowLookups(office.clock, executor=Inline())
    office.services.slow.close()
    office.services.slow = office.services.turns.steps.lookups.slow = slow
