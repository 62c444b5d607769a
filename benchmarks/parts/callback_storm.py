"""So many promised calls, all planned for nine o'clock, lived through in virtual time: the product's worker, placing and webhooks,
the emulated carrier, a clock that is moved by hand.

Every callee answers, presses the key that connects, and the call holds its line for some seconds of virtual time; every tenth
holds it ten times as long, so that in turn the calls a second and the lines are what there is too little of.
"""

from __future__ import annotations

import random
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from ivr.contact.callbacks.model import Progress
from ivr.dialog import actions as act
from ivr.runtime.effects import row_for
from ivr.sensitive import Sensitive
from ivr.store.callback_rows import LINE
from ivr.store.promises import Promises
from ivr.testing.callee import Callee
from tests.rim.promised_call import VARIABLES
from tests.rim.site import Site, site

NINE = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)
LINES, PER_S, HOLDS_S = 40, 5.0, (2.0, 7.0)
STEP_S = 1 / PER_S
PER_COMMIT = 500


def storm(folder: Path, count: int) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    with site(folder, callback_lines=LINES, callback_calls_per_s=PER_S) as office:
        numbers = promise(office, count)
        office.clock.time = NINE
        office.carrier.callees.anybody = Callee("human", "1")
        begun = time.monotonic()
        most, begun_at, order = live(office, count)
        took_s = time.monotonic() - begun
    gaps = [(b - a).total_seconds() for a, b in pairwise(begun_at)]
    seconds = (begun_at[-1] - begun_at[0]).total_seconds()
    return {"calls": len(order), "out_of_order": sum(a != b for a, b in zip(order, numbers, strict=True)), "most_lines": most,
            "most_in_a_second": most_in_a_second(begun_at), "least_gap_s": min(gaps), "virtual_s": seconds,
            "per_virtual_s": len(order) / seconds, "real_s": took_s}


def promise(office: Site, count: int) -> list[str]:
    """The numbers, in the order of the promises, which were made a second apart on the day before and planned for nine."""
    promises, rows = Promises(office.services.db), office.services.callbacks.performer._rows
    now, numbers = NINE - timedelta(days=1), [f"+1{202 + n // 8000:03d}555{1000 + n % 8000:04d}" for n in range(count)]
    progress = Progress(planned_at=NINE, noticed_for=NINE).as_json()
    for start in range(0, count, PER_COMMIT):
        with office.services.db.write() as connection:
            for n in range(start, min(count, start + PER_COMMIT)):
                now += timedelta(seconds=1)
                action = act.MakePromise(
                    f"callback:CA{n:05}:node:1", "callback", "routine", "reschedule_biometrics", "bio-advance", "en",
                    numbers=(Sensitive(numbers[n]),), email=None, context={"language": "en"},
                    due_by=(NINE + timedelta(days=20)).isoformat(), policy="callback", variables=VARIABLES["routine"], urgent=False)
                promises.insert(connection, row_for(action, f"CA{n:05}", now), now)
                row = rows.row(connection, action.key)
                assert row is not None
                rows.put(connection, row, "waiting", now, note="planned", progress=progress, wake_at=NINE, due_at=NINE, planned_at=NINE,
                         waits_for=LINE)
    return numbers


def live(office: Site, count: int) -> tuple[int, list[datetime], list[str]]:
    """Most lines at once, when each call began, and to whom."""
    dice, most, seen = random.Random(9), 0, 0
    begun_at: list[datetime] = []
    order: list[str] = []
    busy: deque[tuple[datetime, Any]] = deque()
    while len(order) < count or busy:
        office.services.worker.work_once()
        now, calls = office.clock.now(), office.ledger.calls
        for entry in calls[seen:]:
            if entry.direction == "outbound-api":
                begun_at.append(entry.at.astimezone(UTC))
                order.append(entry.to)
                hold_s = dice.uniform(*HOLDS_S) * (10 if len(order) % 10 == 0 else 1)
                busy.append((now + timedelta(seconds=hold_s), office.carrier.calls[entry.sid]))
        seen = len(calls)
        most = max(most, len(busy))
        over = [each for each in busy if each[0] <= now]
        for each in over:
            office.carrier.callees.play(each[1])
            busy.remove(each)
        office.clock.advance(STEP_S)
    return most, begun_at, order


def most_in_a_second(moments: list[datetime]) -> int:
    """The most calls that began within any one second."""
    most, first = 0, 0
    for last, at in enumerate(moments):
        while moments[first] <= at - timedelta(seconds=1):
            first += 1
        most = max(most, last - first + 1)
    return most
