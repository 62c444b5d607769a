"""The arithmetic of the benchmark of promises, and that its crew of processes begins, answers and ends. Nothing here is timed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import promises
from benchmarks.parts import ledger_rounds
from benchmarks.parts.callback_storm import PER_S, most_in_a_second, storm
from benchmarks.parts.promised_turn import number_of
from ivr.contact.caps import blocks


def test_ratios_are_taken_within_a_round() -> None:
    rounds = [{"written.postgresql.1": a, "written.procrastinate.1": b, "performed.postgresql.1": 10.0, "performed.procrastinate.1": 20.0}
              for a, b in ((100.0, 50.0), (10.0, 10.0), (300.0, 100.0))]
    table = {f.what: f for f in promises.evaluate({"rates": rounds})}
    ratio = table["promises written alone, 1 process: ours on PostgreSQL / Procrastinate"]
    assert (ratio.value, ratio.met) == (2.0, True)
    assert table["performed, sender answers at once, 1 process: ours on PostgreSQL / Procrastinate"].met is False
    assert table["promises written alone, 1 process: ours, PostgreSQL"].value == 100


def test_a_part_alone_gives_its_own_rows() -> None:
    crash = {name: {"recovered_s": 31.0, "held": 40, "wrong": wrong} for name, wrong in (("ours", 0), ("tuned", 0), ("plain", 4))}
    table = promises.evaluate({"crash": crash})
    assert [f.met for f in table] == [True, True, None, None]
    assert table[-1].value == 4


def test_most_calls_in_a_second() -> None:
    start = datetime(2026, 3, 12, 13, tzinfo=UTC)
    assert most_in_a_second([start + timedelta(seconds=s) for s in (0, 0.5, 0.9, 1.0, 1.6)]) == 3


def test_callers_of_turns_share_no_block_by_chance() -> None:
    numbers = [number_of(n) for n in range(2000)]
    assert len(set(numbers)) == 2000
    assert len({b for n in numbers for b in blocks(n)}) == 4000


def test_a_small_storm_keeps_its_order(tmp_path: Path) -> None:
    found = storm(tmp_path / "storm", 8)
    assert (found["calls"], found["out_of_order"]) == (8, 0)
    assert found["most_in_a_second"] <= PER_S


@pytest.mark.timeout(240)
def test_a_crew_writes_and_performs(tmp_path: Path) -> None:
    assert ledger_rounds.written_per_s("sqlite", 1, 8, tmp_path) > 0
    assert ledger_rounds.performed_per_s("sqlite", 1, 8, tmp_path) > 0
