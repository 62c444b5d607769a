"""`kill -9` at every named crash point, in real processes over one database. The carrier's ledger is the judge.

Every point that the program names has a scenario, or this fails. A second server (and the worker's successor) finish what
the dead one began; the first one is started anew with the next point.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.amount import FULL, amount, dice
from tests.faults.backroom import Backroom, backroom
from tests.faults.cluster import Cluster
from tests.faults.crash_points import SCENARIOS, Scenario, Scene, named_in_the_program
from tests.faults.figures import record
from tests.faults.storm import eastern_number

pytestmark = [pytest.mark.faults]
LEASE_S = amount(2, 30)
"""`make faults` measures the recovery with the lease as it is by default; here a shorter one does."""


def test_every_point_of_the_program_has_a_scenario() -> None:
    assert named_in_the_program() == set(SCENARIOS), "a point without a fault test, or a fault test without its point"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backroom]:
    """web1 and a worker stay; web0 is there to be killed, and so is the worker where it is the worker's turn."""
    settings = {"IVR_LEASE_S": str(LEASE_S), "IVR_LISTED_AFTER_S": "1", "IVR_CALLBACK_CALLS_PER_S": "5"}
    cluster = Cluster(tmp_path_factory.mktemp("points"), webs=2, workers=1, **settings)
    cluster.balanced.first_only = True
    cluster.carrier.callees.at_once = True
    cluster.webs[1].start()
    try:
        with backroom(cluster) as opened:
            yield opened
    finally:
        cluster.__exit__()


def _cases() -> list[tuple[str, int]]:
    throw = dice("crash points")
    return [(name, nth) for name, s in SCENARIOS.items() for nth in (s.nth if FULL else (throw.choice(s.nth),))]


@pytest.mark.parametrize(("point", "nth"), _cases())
def test_a_kill_at_a_named_point(room: Backroom, point: str, nth: int) -> None:
    scenario, cluster = SCENARIOS[point], room.cluster
    scene = Scene(cluster, room, eastern_number(500 + list(SCENARIOS).index(point) * 4 + nth))
    recovered_s = _kill_at(f"{point}:{nth}", scenario, scene)
    scenario.outcome(scene)
    took_s = recovered_s()
    cluster.carrier.callees.settle()
    record(f"point_{scenario.who}", point=point, nth=nth, lease_s=LEASE_S, recovered_s=round(took_s, 1), lost=0, doubled=0)


def _kill_at(point: str, scenario: Scenario, scene: Scene) -> Callable[[], float]:
    """A clock that began when the process died."""
    cluster = scene.cluster
    worker, web = cluster.workers[0], cluster.webs[0]
    if scenario.who == "worker":
        worker.stop()
        worker.start(IVR_CRASH_AT=point)
        scenario.begin(scene)
        worker.wait_died()
        died_at = time.monotonic()
        worker.start()
    else:
        if not worker.alive:
            worker.start()
        web.start(IVR_CRASH_AT=point)
        scenario.begin(scene)
        web.wait_died()
        died_at = time.monotonic()
    return lambda: time.monotonic() - died_at

