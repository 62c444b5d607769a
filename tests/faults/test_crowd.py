"""Row 22: more callers at the same moment than there are lines. Those within the limit are served; the rest hear so at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.testing.emulated_call import EmulatedCall
from tests.faults.amount import amount
from tests.faults.cluster import Cluster
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.faults]
CALLERS, LINES = amount(50, 1000), amount(30, 700)
BUSY = "All our lines are busy"


def test_more_callers_than_lines(tmp_path: Path) -> None:
    with Cluster(tmp_path, webs=1, workers=0, IVR_MAX_CALLS=str(LINES), IVR_TEXTS_MINUTE="5000") as cluster:
        def ring(n: int) -> tuple[EmulatedCall, float]:
            begun = time.monotonic()
            return cluster.carrier.call(from_=number_of(n)), time.monotonic() - begun

        with ThreadPoolExecutor(amount(16, 48)) as pool:
            rung = list(pool.map(ring, range(CALLERS)))
            admitted = [call for call, _ in rung if call.gathering]
            refused = [(call, s) for call, s in rung if call.ended]
            asked = list(pool.map(_ask, admitted))
        waits = sorted(s for _, s in refused)
        record("crowd", callers=CALLERS, lines=LINES, admitted=len(admitted), refused=len(refused), answered=sum(asked),
               refused_p99_s=round(waits[int(0.99 * (len(waits) - 1))], 3),
               admitted_longest_s=round(max(s for c, s in rung if c.gathering), 3))
        assert len(admitted) == LINES and len(admitted) + len(refused) == CALLERS
        assert all(asked), "nobody who was let in is let down"
        for call, _ in refused:
            assert BUSY in call.heard_text and "8 a.m. to 8 p.m." in call.heard_text and "dot gov" in call.heard_text.lower()
            assert "ocupadas" in call.heard_text and call.ended == "hangup" and not call.errors, "never silence"
        for call in admitted[:5]:
            call.hangup()
        assert wait_until(lambda: bool(ring(CALLERS + 1)[0].gathering)), "a line that is free is given again"


def _ask(call: EmulatedCall) -> bool:
    call.say("when are you open")
    return "24 hours a day" in call.heard_text and not call.errors
