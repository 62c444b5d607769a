"""`kill -9` of servers and workers at random while callers are promised texts: none lost, none doubled, nobody stuck.

Small here; `make faults` makes a thousand calls. A failure prints the seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.amount import SEED, amount
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import Killer, storm

pytestmark = [pytest.mark.faults]
CALLS = amount(100, 1000)


@pytest.mark.timeout(1500)
def test_random_kills_during_many_calls(tmp_path: Path) -> None:
    with Cluster(tmp_path, webs=2, workers=2) as cluster:
        with Killer(cluster.nodes, SEED) as killer:
            lived = storm(cluster, CALLS, at_once=6)
        promised = {c.number for c in lived if c.promised}
        arrived = cluster.ledger.wait_until(lambda x: promised <= {m.to for m in x.sms}, 90)
        texts = Counter(m.to for m in cluster.ledger.sms)
        lost = sorted(promised - set(texts))
        doubled = sorted(n for n, count in texts.items() if count > 1)
        stuck = [c for c in lived if not c.ended]
        record("storm", calls=len(lived), promised=len(promised), lost=len(lost), doubled=len(doubled), stuck=len(stuck),
               **{f"killed_{name}": count for name, count in killer.killed.items()})
        print(f"seed {SEED}: {len(lived)} calls, {len(promised)} promised, killed {dict(killer.killed)}")
        assert arrived and not lost, f"seed {SEED}: promised and never sent: {len(lost)}"
        assert not doubled, f"seed {SEED}: sent more than once: {len(doubled)}"
        assert not stuck
        assert len(promised) > CALLS * 0.9, [c.heard_last for c in lived if not c.promised][:3]
        assert sum(killer.killed.values()) >= 3
