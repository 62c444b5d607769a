"""`kill -9` of servers and workers at random while promised calls are made: nobody is forgotten and nobody called twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ivr.contact.callbacks.rounds import PAUSE_AFTER_OURS
from ivr.testing.callee import Callee
from tests.faults.amount import SEED, amount, dice
from tests.faults.backroom import Backroom, backroom
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import Killer, eastern_number
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.faults]
CALLBACKS, KILLS = amount(30, 400), amount(5, 150)
AT_REST = frozenset({"done", "cancelled", "unreached", "waiting"})
"""Nothing is under way: `waiting` is for the pause behind a call that could not be placed, or for the second round of who was cut off."""


def dialled(cluster: Cluster) -> Counter[str]:
    return Counter(c.to for c in cluster.ledger.calls if c.direction == "outbound-api")


def _over(cluster: Cluster, room: Backroom, keys: dict[str, str]) -> bool:
    """Everybody was called."""
    calls = dialled(cluster)
    return all(calls[n] and room.state(k) in AT_REST for k, n in keys.items())


@pytest.mark.timeout(1500)
def test_random_kills_while_promised_calls_are_made(tmp_path: Path) -> None:
    throw = dice("callback kills")
    settings = {"IVR_LISTED_AFTER_S": "1", "IVR_CALLBACK_CALLS_PER_S": "10", "IVR_CALLBACK_PER_HOUR": "5000",
                "IVR_CALLBACK_PER_DAY": "5000"}
    with Cluster(tmp_path, webs=2, workers=2, **settings) as cluster, backroom(cluster) as room:
        cluster.carrier.callees.at_once = True
        keys = {}
        for n in range(CALLBACKS):
            number = eastern_number(n)
            cluster.carrier.callees.will(number, Callee("human", throw.choice(("1", "1", "9"))))
            keys[room.promise_callback(number, f"CA{n}")] = number
        with Killer(cluster.nodes, SEED, (1.0, 4.0)) as killer:
            wait_until(lambda: killer.killed.total() >= KILLS or _over(cluster, room, keys), amount(90, 900), every_s=0.5)
        wait_until(lambda: all(room.state(k) in AT_REST for k in keys), amount(120, 600), every_s=0.5)
        cluster.later(PAUSE_AFTER_OURS)
        for worker in cluster.workers:
            worker.stop()
            worker.start()
        wait_until(lambda: _over(cluster, room, keys), amount(120, 600), every_s=0.5)
        cluster.carrier.callees.settle()
        calls, states = dialled(cluster), Counter(room.state(k) for k in keys)
        doubled = [n for n, count in calls.items() if count > 1]
        record("callback_kills", callbacks=CALLBACKS, forgotten=CALLBACKS - len(calls), doubled=len(doubled),
               second_round=states["waiting"], **{f"killed_{name}": count for name, count in killer.killed.items()})
        assert _over(cluster, room, keys), (SEED, states, calls)
        assert len(calls) == CALLBACKS and doubled == [], f"seed {SEED}"
        assert sum(killer.killed.values()) >= 2
