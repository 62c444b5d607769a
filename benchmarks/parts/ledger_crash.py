"""`kill -9` of one of two workers in the middle of its work: how long until everything it held is done all the same.

Ours with its lease, asking a REST interface that outlives the worker; Procrastinate with the recovery task that its users write,
looking every few seconds with a heartbeat time-out as long as our lease; and Procrastinate as it comes, which has none. All
three wait at the same time, each on a database of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.parts import our_promises, their_queue
from benchmarks.parts.crew import Crew
from benchmarks.parts.ledger_rounds import OURS, THEIRS, THREADS, Rest, emptied, our_database, their_database
from ivr.store.db import Database

LOOK_EVERY_S = 5
TAKES_S = 0.05
"""A job of theirs, so that some are under way when the worker dies."""


@dataclass(frozen=True)
class Crash:
    recovered_s: float
    """From the kill until nothing is left; for what never recovers, how long was waited."""
    held: int
    """Promises or jobs that were not done when the worker died."""
    wrong: int
    """Lost or doubled effects, or jobs that are stuck."""


def crashes(folder: Path, quick: bool) -> dict[str, Crash]:
    """`ours`, `tuned`, `plain`."""
    lease_s, count = (3.0, 120) if quick else (30.0, 600)
    heart = {"update_heartbeat_interval": lease_s / 3, "stalled_worker_timeout": lease_s}
    looks = {"look_every_s": 1 if quick else LOOK_EVERY_S, "stalled_after_s": lease_s, **heart}
    with ThreadPoolExecutor(3) as pool:
        futures = {"ours": pool.submit(ours, folder, count, lease_s), "tuned": pool.submit(theirs, count, lease_s, **looks),
                   "plain": pool.submit(theirs, count, lease_s)}
        return {name: each.result() for name, each in futures.items()}


def ours(folder: Path, count: int, lease_s: float) -> Crash:
    rest = Rest()
    try:
        with our_database("postgresql", folder) as url:
            db = Database(url)
            job = {"does": "perform", "database": url, "folder": str(folder), "rest": rest.url}
            with Crew(OURS, 2, lease_s=lease_s, listed_after_s=lease_s, **job) as crew:
                our_promises.fill(db, count)
                took_s, held = _killed(crew, count, lambda: our_promises.left(db), 10 * lease_s)
            db.close()
        seen = rest.seen()
        return Crash(took_s, held, seen["doubled"] + abs(count - seen["taken"]))
    finally:
        rest.close()


def theirs(count: int, lease_s: float, **settings: Any) -> Crash:
    with their_database() as url:
        their_queue.fill(url, count, TAKES_S)
        with psycopg.connect(url, autocommit=True) as looking, \
                Crew(THEIRS, 2, does="perform", database=url, threads=THREADS, **settings) as crew:
            took_s, held = _killed(crew, count, lambda: their_queue.left(looking), (10 if settings else 2) * lease_s)
            return Crash(took_s, held, their_queue.left(looking))


def _killed(crew: Crew, count: int, left: Callable[[], int], wait_s: float) -> tuple[float, int]:
    """Seconds from the kill until all is done, or until nobody waits any more; and how many were not done at the kill."""
    emptied(crew.go(), left, down_to=count * 2 // 3)
    killed_at = crew.kill(0)
    held = left()
    while left() and time.monotonic() < killed_at + wait_s:
        time.sleep(0.05)
    return time.monotonic() - killed_at, held
