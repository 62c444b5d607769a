"""Row 23: ten thousand promised calls due at nine, in virtual time. Paced by lines and calls a second, in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.contact.callbacks.model import Progress
from ivr.testing.callee import Callee
from ivr.testing.emulated_call import EmulatedCall
from tests.faults.amount import amount, dice
from tests.faults.figures import record
from tests.faults.storm import eastern_number
from tests.rim.promised_call import promise_call
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]
CALLS = amount(80, 10_000)
LINES, PER_S, TICK_S = 60, 10.0, 0.1
NINE = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)


def due_at_nine(office: Site) -> list[str]:
    """The numbers, in the order in which they were promised a call."""
    rows = office.services.callbacks.performer._rows
    progress = Progress(planned_at=NINE, noticed_for=NINE).as_json()
    for n in range(CALLS):
        key = promise_call(office, numbers=[eastern_number(n)], call_id=f"CA{n:05}", texts=False, email=None)
        office.clock.advance(1)
        with office.services.db.write() as connection:
            rows.put(connection, rows.row(connection, key), "waiting", office.clock.now(), note="test", progress=progress, wake_at=NINE,
                     due_at=NINE, planned_at=NINE)
    office.clock.time = NINE
    return [eastern_number(n) for n in range(CALLS)]


class Lines:
    """The calls under way; each takes as long as the dice say."""

    def __init__(self, office: Site):
        self._office, self._dice, self._seen = office, dice("callback storm"), 0
        self._talking: list[tuple[datetime, EmulatedCall]] = []
        self.most = 0

    def look(self) -> None:
        now = self._office.clock.now()
        everybody = list(self._office.carrier.calls.values())
        for call in everybody[self._seen:]:
            self._talking.append((now + timedelta(seconds=self._dice.uniform(2, 8)), call))
        self._seen = len(everybody)
        self.most = max(self.most, len(self._talking))
        over = [call for until, call in self._talking if until <= now]
        self._talking = [(until, call) for until, call in self._talking if until > now]
        for call in over:
            self._office.carrier.callees.play(call)

    @property
    def idle(self) -> bool:
        return not self._talking


@pytest.mark.timeout(1800)
def test_a_storm_at_nine(tmp_path: Path) -> None:
    with site(tmp_path, callback_lines=LINES, callback_calls_per_s=PER_S, callback_per_hour=CALLS, callback_per_day=CALLS) as office:
        numbers = due_at_nine(office)
        office.carrier.callees.anybody = Callee("human", "1")
        lines = Lines(office)
        while len(office.carrier.calls) < CALLS or not lines.idle:
            office.work()
            lines.look()
            office.clock.advance(TICK_S)
            assert office.clock.now() < NINE + timedelta(hours=4)
        calls = [c for c in office.ledger.calls if c.direction == "outbound-api"]
        gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(calls)]
        took_s = (calls[-1].at - calls[0].at).total_seconds()
        record("callback_storm", calls=len(calls), lines=LINES, calls_per_s=PER_S, most_at_once=lines.most, shortest_gap_s=min(gaps),
               out_of_order=sum(c.to != n for c, n in zip(calls, numbers, strict=True)), took_s=took_s, per_s=round(len(calls) / took_s, 2))
        assert [c.to for c in calls] == numbers, "first in, first out, each once"
        assert lines.most <= LINES
        assert min(gaps) >= 1 / PER_S - 0.001
        assert {row["state"] for row in office.promises("callback")} == {"done"}
