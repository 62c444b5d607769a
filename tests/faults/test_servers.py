"""Rows 7 and 27: two real servers get every webhook at the same moment; then one after the other is restarted under load."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.testing.transport import Answer, Pairs, Transport
from tests.faults.amount import amount
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import Lived, call_for_a_text, number_of

pytestmark = [pytest.mark.faults]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("servers"), webs=2, workers=1) as running:
        yield running


class Doubled:
    """Every delivery goes to both servers at the same moment, under one token, and the two answers are compared."""

    def __init__(self, servers: list[Transport]):
        self._servers, self._pool = servers, ThreadPoolExecutor(32)
        self.pairs, self.unequal, self._lock = 0, list[tuple[str, bytes, bytes]](), threading.Lock()

    def send(self, method: str, url: str, form: Pairs, headers: dict[str, str], timeout_s: float) -> Answer:
        start = threading.Barrier(len(self._servers))

        def one(server: Transport) -> Answer:
            start.wait(30)
            return server.send(method, url, form, headers, timeout_s)

        first, second = self._pool.map(one, self._servers)
        with self._lock:
            self.pairs += 1
            if (first.status, first.body) != (second.status, second.body):
                self.unequal.append((url, first.body, second.body))
        return first


def callers(cluster: Cluster, first: int, count: int, at_once: int) -> list[Lived]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda n: call_for_a_text(cluster, number_of(n)), range(first, first + count)))


def owed(lived: list[Lived]) -> set[str]:
    return {c.number for c in lived if c.promised}


def delivered_once(cluster: Cluster, numbers: set[str]) -> bool:
    arrived = cluster.ledger.wait_until(lambda x: numbers <= {m.to for m in x.sms}, 90)
    counts = Counter(m.to for m in cluster.ledger.sms if m.to in numbers)
    return arrived and set(counts.values()) <= {1}


def test_every_webhook_twice_at_the_same_moment(cluster: Cluster) -> None:
    sender, count = cluster.carrier.sender, amount(30, 1300)
    doubled = Doubled([n.transport for n in cluster.webs if n.transport])
    sender.transport = doubled
    try:
        lived = callers(cluster, 0, count, at_once=4)
    finally:
        sender.transport = cluster.balanced
    once = delivered_once(cluster, owed(lived))
    record("duplicates", pairs=doubled.pairs, unequal=len(doubled.unequal), calls=len(lived), promised=len(owed(lived)),
           doubled_effects=sum(c > 1 for c in Counter(m.to for m in cluster.ledger.sms).values()))
    assert doubled.unequal == [], "byte for byte the same"
    assert once and len(owed(lived)) == count
    assert all(c.ended for c in lived)


def test_a_rolling_restart_under_load(cluster: Cluster) -> None:
    over, lived, lock = threading.Event(), list[Lived](), threading.Lock()
    before, tried_again = len(cluster.ledger.webhooks), cluster.balanced.tried_again

    def call_and_call(first: int) -> None:
        n = first
        while not over.is_set():
            one = call_for_a_text(cluster, number_of(n))
            with lock:
                lived.append(one)
            n += 4

    threads = [threading.Thread(target=call_and_call, args=(5000 + n,), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    codes = []
    for _ in range(amount(1, 3)):
        for node in [*cluster.webs, *cluster.workers]:
            codes.append(node.stop())
            node.start()
    over.set()
    for thread in threads:
        thread.join(60)
    hooks = cluster.ledger.webhooks[before:]
    failed = [w for w in hooks if w.status != 200]
    record("rolling", restarts=len(codes), calls=len(lived), webhooks=len(hooks), failed=len(failed), promised=len(owed(lived)),
           tried_again=cluster.balanced.tried_again - tried_again)
    assert set(codes) == {0}, "each ended well"
    assert failed == []
    assert [c for c in lived if not c.ended or not c.promised] == []
    assert delivered_once(cluster, owed(lived))
