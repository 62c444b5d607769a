"""Row 28: the machine is lost. Its backup is restored on an empty one, which takes calls; what fell due meanwhile is held."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from ivr.store.schema import calls, events
from tests.faults.amount import amount
from tests.faults.backroom import Backroom, backroom
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import call_for_a_text, number_of
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.faults]
CALLS, OWED = amount(1000, 100_000), 5


def many_calls(room: Backroom, like: str) -> None:
    """The past: copies of one call under other names."""
    with room.db.write() as connection:
        row = dict(connection.execute(sa.select(calls).where(calls.c.call_id == like)).mappings().one())
        log = [dict(r) for r in connection.execute(sa.select(events).where(events.c.call_id == like)).mappings()]
        for first in range(0, CALLS, 1000):
            names = [f"CAold{n:08}" for n in range(first, min(first + 1000, CALLS))]
            connection.execute(calls.insert(), [row | {"call_id": name} for name in names])
            connection.execute(events.insert(), [each | {"call_id": name} for name in names for each in log])


def test_a_backup_is_restored_on_an_empty_machine(tmp_path: Path) -> None:
    with Cluster(tmp_path / "lost", webs=1, workers=0) as cluster:
        lived = [call_for_a_text(cluster, number_of(n)) for n in range(OWED)]
        assert all(c.promised for c in lived), "promised, and no worker runs to send them"
        live = cluster.carrier.call(from_=number_of(100))
        live.say("where is my case")
        with backroom(cluster) as room:
            many_calls(room, next(iter(cluster.carrier.calls)))
        begun = time.monotonic()
        cluster.ivr("backup", str(tmp_path / "backup"))
        backup_s = time.monotonic() - begun
        cluster.webs[0].kill()
        _move(cluster, tmp_path)
        begun = time.monotonic()
        told = json.loads(cluster.ivr("restore", str(tmp_path / "backup"), "--json"))
        restored_s = time.monotonic() - begun
        cluster.webs[0].start(IVR_WORKER="embedded")
        live.say("yes")
        back_s = time.monotonic() - begun
        assert "text is on its way" in live.heard_text, "a call that lasted goes on where it was"
        assert wait_until(lambda: {m.to for m in cluster.ledger.sms} == {number_of(100)}), "what is promised now is kept now"
        held = json.loads(cluster.ivr("promises", "list", "--state", "held", "--json"))
        record("restore", calls=CALLS, rows=told["rows"], held=told["held"], sent_unasked=len(cluster.ledger.sms) - 1,
               backup_s=round(backup_s, 1), restore_s=round(restored_s, 1), until_calls_s=round(back_s, 1))
        assert told["held"] == OWED and len(_rows(held)) == OWED
        assert len(cluster.ledger.sms) == 1, "nothing fires by itself"
        for row in _rows(held):
            cluster.ivr("promises", "release", row["key"])
        assert wait_until(lambda: len(cluster.ledger.sms) == OWED + 1), "what a person released is kept"


def _rows(listed: object) -> list[dict[str, str]]:
    return listed["promises"] if isinstance(listed, dict) else listed  # type: ignore[return-value]


def _move(cluster: Cluster, folder: Path) -> None:
    """To a machine where nothing is but the keys, which are kept elsewhere."""
    there = folder / "new"
    there.mkdir()
    (there / "intents").symlink_to((folder / "lost" / "intents").resolve())
    cluster.env |= {"IVR_VAR_DIR": str(there), "IVR_DATA_KEYS": (folder / "lost" / "data.key").read_text().strip()}
