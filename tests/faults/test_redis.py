"""Rows 4 and 5: Redis is restarted, flushed, slow, silent or gone while callers talk. They go on, and it is taken up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.contract.servers import RedisServer
from tests.faults.amount import SEED, amount, dice
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import Lived, both_work, call_for_a_text, number_of, storm, while_they_call
from tests.faults.tcp_proxy import TcpProxy
from tests.faults.timed import Timed, p99
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.faults]
HUNG_S = 14.0
"""What a carrier waits for an answer."""


class Office:
    def __init__(self, cluster: Cluster, redis: RedisServer, proxy: TcpProxy):
        self.cluster, self.redis, self.proxy, self.first = cluster, redis, proxy, 0
        self.timed = Timed(cluster.balanced)
        cluster.carrier.sender.transport = self.timed

    def callers(self, count: int, at_once: int) -> list[Lived]:
        """`count` callers whom nobody has heard of."""
        self.first += count
        first = self.first - count
        return storm(self.cluster, count, at_once, lambda c, number: call_for_a_text(c, number_of(first + _index(number))))

    def shared(self) -> set[str]:
        """What the servers say of it."""
        urls = [n.transport._base for n in self.cluster.webs if n.transport]
        return {requests.get(f"{url}/readyz", timeout=10).json()["shared"] for url in urls}

    def kept(self, lived: list[Lived]) -> bool:
        owed = {c.number for c in lived if c.promised}
        self.cluster.ledger.wait_until(lambda x: owed <= {m.to for m in x.sms}, 90)
        counts = Counter(m.to for m in self.cluster.ledger.sms)
        wrong = {n: counts[n] for n in owed if counts[n] != 1}
        assert not wrong, f"{len(wrong)} of {len(owed)} texts not sent once, such as {list(wrong.items())[:3]}"
        return True


_NUMBERS = {number_of(n): n for n in range(20_000)}


def _index(number: str) -> int:
    return _NUMBERS[number]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    redis = RedisServer(appendonly=True)
    try:
        with TcpProxy(("127.0.0.1", redis.port)) as proxy:
            url = f"redis://127.0.0.1:{proxy.port}/0"
            with Cluster(tmp_path_factory.mktemp("redis"), webs=2, workers=1, IVR_REDIS_URL=url) as cluster:
                both_work(cluster)
                yield Office(cluster, redis, proxy)
    finally:
        redis.close()


def test_restarts_and_flushes_during_live_calls(office: Office) -> None:
    throw, done = dice("redis"), Counter[str]()

    def trouble() -> None:
        kind = throw.choice(("restart", "flush"))
        if kind == "restart":
            office.redis.stop()
            office.redis.start()
        else:
            office.redis.flush()
        done[kind] += 1

    lived, times = while_they_call(lambda: office.callers(amount(60, 1000), 6), trouble, lambda: throw.uniform(0.1, 0.6))
    went_on = sum(c.promised and c.ended == "hangup" for c in lived)
    kept = office.kept(lived)
    record("redis_restart", calls=len(lived), went_on=went_on, restarts=done["restart"], flushes=done["flush"],
           promises_lost=0 if kept else 1)
    assert went_on >= 0.99 * len(lived), f"seed {SEED}"
    assert kept and times >= 2


def slow(office: Office) -> None:
    office.proxy.network.latency_s = 2.0


def silent(office: Office) -> None:
    office.proxy.network.black_hole = True


def gone(office: Office) -> None:
    office.proxy.network.refuses = True
    office.proxy.drop_all()


@pytest.mark.parametrize("trouble", [slow, silent, gone])
def test_calls_go_on_without_redis_and_come_back_to_it(office: Office, trouble: Callable[[Office], None]) -> None:
    network = office.proxy.network
    office.timed.take()
    before = office.callers(amount(6, 60), 3)
    normal = office.timed.take()
    trouble(office)
    try:
        during = office.callers(amount(12, 300), 3)
        troubled = office.timed.take()
        noticed = wait_until(lambda: "degraded" in office.shared(), 20)
    finally:
        network.latency_s, network.black_hole, network.refuses = 0.0, False, False
    back = wait_until(lambda: office.shared() == {"ok"}, 30)
    after = office.callers(amount(6, 60), 3)
    record("redis_trouble", trouble=trouble.__name__, calls=len(during), went_on=sum(c.promised for c in during),
           p99_s=round(p99(troubled), 3), longest_s=round(troubled[-1], 3), p99_before_s=round(p99(normal), 3),
           p99_after_s=round(p99(office.timed.take()), 3))
    assert all(c.promised and c.ended == "hangup" for c in [*before, *during, *after])
    assert troubled[-1] < HUNG_S
    assert noticed and back, "it is said, and it is over when it is over"
    assert office.kept([*before, *during, *after])
