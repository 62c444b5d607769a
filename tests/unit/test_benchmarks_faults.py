"""How the table of faults is told. No fault is made here."""

from __future__ import annotations

from benchmarks import faults
from benchmarks.parts.fault_rows import ROWS, broken, told

RECORDED = [
    {"name": "storm", "calls": 1000, "lost": 0, "doubled": 0, "stuck": 0, "killed_web": 12},
    {"name": "point_web", "point": "before_commit", "nth": 1, "lease_s": 30, "recovered_s": 3.5, "lost": 0, "doubled": 0},
    {"name": "point_web", "point": "after_commit", "nth": 2, "lease_s": 30, "recovered_s": 4.25, "lost": 1, "doubled": 0},
    {"name": "point_worker", "point": "after_sending_mark", "nth": 1, "lease_s": 30, "recovered_s": 31, "lost": 0, "doubled": 0},
]


def test_a_row_is_told_in_one_line() -> None:
    assert told(ROWS[0], RECORDED) == ("1,000 calls, 0 lost, 0 doubled, 0 stuck, 12 killed web; "
                                       "2 runs, lease 30 s, recovered 4.25 s, 1 lost, 0 doubled")
    assert told(ROWS[1], RECORDED) == ""
    assert broken(ROWS[0], RECORDED) == 1


def test_the_table_says_what_was_missed() -> None:
    table = {f.what: f for f in faults.evaluate(RECORDED, 0, 7, 60)}
    assert table["lost, doubled, stuck, unwritten or corrupt, in all rows"].met is False
    assert table["rows of the table measured"].met is False
    assert table["fault tests failed"].met is True
    assert table["a killed worker's promise is kept after, longest"].value == 31
    assert {row["row"] for row in faults.lines(RECORDED)} == {r.number for r in ROWS}
    assert faults.lines(RECORDED)[1]["measured"] == "not measured"


def test_every_row_has_a_name_of_its_own() -> None:
    names = [name for row in ROWS for name in row.names]
    assert len(names) == len(set(names))
