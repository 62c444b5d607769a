"""Row 6: the database is locked or away while callers talk. Calls end well or go on; what was not written was not promised."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.contract.servers import PostgresServer
from tests.faults.amount import SEED, amount, dice
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import Lived, both_work, storm, while_they_call

pytestmark = [pytest.mark.faults]
CALLS = amount(30, 400)
LISTED_AFTER_S = "6"
"""Longer than the provider, which runs in this process, can be late with what it took while everything waits."""


def judge(name: str, cluster: Cluster, lived: list[Lived], times: int) -> None:
    owed = {c.number for c in lived if c.promised}
    arrived = cluster.ledger.wait_until(lambda x: owed <= {m.to for m in x.sms}, 120)
    texts = Counter(m.to for m in cluster.ledger.sms)
    unwritten = len(owed - set(texts))
    record("database", trouble=name, times=times, calls=len(lived), promised=len(owed), spoken_but_unwritten=unwritten,
           doubled=sum(count > 1 for count in texts.values()), told_otherwise=len(lived) - len(owed))
    assert arrived and unwritten == 0, (f"seed {SEED}: spoken and never written", [list(w.log)[-12:] for w in cluster.workers])
    twice = {n for n, count in texts.items() if count > 1}
    assert not twice, [(m.sid, m.body, m.sent_at if hasattr(m, "sent_at") else "") for m in cluster.ledger.sms if m.to in twice]
    assert all(c.ended for c in lived), "nobody is left hanging"
    assert times >= 1


def test_sqlite_is_locked_by_somebody_else(tmp_path: Path) -> None:
    throw = dice("sqlite")
    with Cluster(tmp_path, webs=1, workers=1) as cluster:
        def lock() -> None:
            connection = sqlite3.connect(tmp_path / "ivr.db", isolation_level=None, timeout=20)
            connection.execute("BEGIN EXCLUSIVE")
            threading.Event().wait(throw.choice((0.3, 1.0, 6.0)))  # within and beyond what a turn waits
            connection.execute("ROLLBACK")
            connection.close()

        both_work(cluster)
        lived, times = while_they_call(lambda: storm(cluster, CALLS, 4), lock, lambda: throw.uniform(0.2, 1.0))
        judge("SQLite locked", cluster, lived, times)
        assert storm(cluster, 1, 1)[0].ended == "hangup", "and all is well behind it"


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_postgresql_goes_away(tmp_path: Path, how: str) -> None:
    server, throw = PostgresServer(), dice(how)
    try:
        with Cluster(tmp_path, webs=1, workers=1, IVR_DATABASE_URL=server.new_database(), IVR_LISTED_AFTER_S=LISTED_AFTER_S) as cluster:
            def away() -> None:
                if how == "killed":
                    server.kill()
                    threading.Event().wait(throw.choice((0.1, 2.0)))
                    server.start()
                else:
                    server.freeze()
                    threading.Event().wait(throw.choice((0.5, 5.0)))
                    server.thaw()

            both_work(cluster)
            lived, times = while_they_call(lambda: storm(cluster, CALLS, 4), away, lambda: throw.uniform(0.2, 1.0))
            judge(f"PostgreSQL {how}", cluster, lived, times)
            assert storm(cluster, 1, 1)[0].ended == "hangup", "and all is well behind it"
    finally:
        server.thaw()
        server.close()
