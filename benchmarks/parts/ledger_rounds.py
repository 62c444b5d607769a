"""One measured round of a ledger or a queue: so many processes write, or perform what was written, on a database of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.parts import our_promises, their_queue
from benchmarks.parts.crew import Crew
from benchmarks.parts.server_process import ROOT
from ivr.store.db import Database
from tests.contract import servers

OURS, THEIRS = "benchmarks.parts.our_ledger", "benchmarks.parts.their_queue"
THREADS = 4
"""Promises or jobs that one process has in hand at the same time; the product's own default."""
LOOK_S = 0.03
GIVE_UP_S = 300.0


class Rest:
    """The pretended REST interface, and what it saw."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "benchmarks.parts.rest_process"], cwd=ROOT, text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = str(self._say(None)["url"])

    def seen(self) -> dict[str, int]:
        return self._say("seen\n")

    def _say(self, line: str | None) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        if line:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


@contextmanager
def our_database(store: str, folder: Path) -> Iterator[str]:
    """A URL with our tables and nothing in them."""
    if store == "sqlite":
        path = folder / f"ledger-{time.monotonic_ns()}.db"
        Database(f"sqlite:///{path}").close()
        yield f"sqlite:///{path}"
        return
    url = servers.postgresql().new_database()
    try:
        yield url
    finally:
        servers.postgresql().drop(url)


@contextmanager
def their_database() -> Iterator[str]:
    url = servers.postgresql().new_database(empty=True)
    try:
        their_queue.prepare_schema(url)
        yield url
    finally:
        servers.postgresql().drop(url)


def written_per_s(store: str, members: int, count: int, folder: Path, turn: Path | None = None) -> float:
    """`store`: sqlite, postgresql, or procrastinate. With `turn`, each promise in its turn's transaction."""
    job: dict[str, Any] = {"does": "write", "threads": THREADS, "count": count // members, "turn": str(turn or ""), "group": 1}
    with their_database() if store == "procrastinate" else our_database(store, folder) as url, \
            Crew(THEIRS if store == "procrastinate" else OURS, members, database=url, **job) as crew:
        begun = crew.go()
        done = sum(r["written"] for r in crew.results())
        return done / (time.monotonic() - begun)


def performed_per_s(store: str, members: int, count: int, folder: Path, rest: str = "") -> float:
    if store == "procrastinate":
        with their_database() as url:
            their_queue.fill(url, count)
            with psycopg.connect(url, autocommit=True) as looking, \
                    Crew(THEIRS, members, does="perform", database=url, threads=THREADS) as crew:
                return count / emptied(crew.go(), lambda: their_queue.left(looking))
    with our_database(store, folder) as url:
        db = Database(url)
        try:
            job = {"does": "perform", "database": url, "folder": str(folder), "rest": rest, "lease_s": 30.0, "listed_after_s": 30.0}
            with Crew(OURS, members, **job) as crew:
                our_promises.fill(db, count)
                return count / emptied(crew.go(), lambda: our_promises.left(db))
        finally:
            db.close()


def emptied(begun: float, left: Callable[[], int], down_to: int = 0) -> float:
    """Seconds from `begun` until no more than so many are left."""
    while left() > down_to:
        if time.monotonic() - begun > GIVE_UP_S:
            raise SystemExit(f"error: {left()} are still not done after {GIVE_UP_S:.0f} s")
        time.sleep(LOOK_S)
    return time.monotonic() - begun
