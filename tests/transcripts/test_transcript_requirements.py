"""Requirement rows: what links to them, when they are proved, how the table reads."""

from __future__ import annotations

import dataclasses
import json

from ivr.transcripts.model import Run
from ivr.transcripts.requirement_rows import rows_in
from ivr.transcripts.requirements import links_of, strays, verdicts
from ivr.transcripts.requirements_report import json_table, text_table
from tests.transcripts.clinic import clinic, runs

YAML = """\
schema: ivr.requirements/v1
rows:
  R1: {asks: An appointment is moved in advance, source: A L70, check: [P, T], performed: "yes", by: the flow}
  R2: {asks: Officers move it, source: A L71, check: [S], performed: later, by: the agents' screens}
  R3: {asks: A callback within 30 business days, source: A L128, check: [C, F], performed: "yes", by: the worker}
"""
MOVE = 'rows: [R1]\nturns:\n  - press: "92"\n  - press: "03202026"\n  - press: "1"\nvariants: []\n'


def run(body: str = MOVE) -> Run:
    return runs(body)["as written"]


def table(*made: Run, bundle_ok: bool = True) -> dict[str, tuple[bool, tuple[str, ...]]]:
    rows, problems = rows_in(YAML.encode())
    assert problems == []
    return {v.row.id: (v.proved, v.missing) for v in verdicts(rows, links_of(clinic(), made), bundle_ok=bundle_ok)}


def test_a_row_is_proved_by_one_link_of_every_sort_that_it_asks_for() -> None:
    assert table(run()) == {"R1": (True, ()), "R2": (True, ()), "R3": (False, ("no fact names it",))}


def test_without_its_test_or_with_a_red_one_it_is_not() -> None:
    assert table()["R1"] == (False, ("no test names it",))
    red = run(MOVE.replace('  - press: "1"', "  - hear: too_late"))
    assert red.failure is not None
    assert table(red)["R1"] == (False, ("test call fails",))
    assert table(run(), red)["R1"][0] is False


def test_a_bundle_with_errors_proves_nothing() -> None:
    assert table(run(), bundle_ok=False)["R2"] == (False, ("the bundle has errors",))


def test_a_link_to_no_row_is_told() -> None:
    rows, _ = rows_in(YAML.encode())
    other = dataclasses.replace(run(), test=dataclasses.replace(run().test, rows=("R9",)))
    assert [(x.row, x.name) for x in strays(rows, links_of(clinic(), [other]))] == [("R9", "call")]


def test_the_tables() -> None:
    rows, _ = rows_in(YAML.encode())
    links = links_of(clinic(), [run()])
    found = verdicts(rows, links, bundle_ok=True)
    assert text_table(found, [], "flows/clinic") == """\
row   proved performed  what is asked, and what shows it
R1    yes    yes        An appointment is moved in advance [P T; A L70]
                        = P rule in-advance, T call
                        = performed by: the flow
R2    yes    later      Officers move it [S; A L71]
                        = S queue desk
                        = performed by: the agents' screens
R3    NO     yes        A callback within 30 business days [C F; A L128]
                        = C promise routine
                        = performed by: the worker
                        ! no fact names it  (flows/clinic/requirements.yaml:5)
3 rows: 2 proved, 2 performed
"""
    data = json.loads(json_table(found, [], "flows/clinic"))
    assert (data["ok"], data["proved"], data["performed"]) == (False, 2, 2)
    assert data["rows"][0]["links"][0] == {"sort": "P", "name": "rule in-advance", "file": "flows/clinic/policy.yaml", "line": 3,
                                           "green": True}


def test_a_bad_file_says_where() -> None:
    rows, problems = rows_in(YAML.replace("check: [S]", "check: [X]").encode())
    assert rows == ()
    assert {(p.file, p.line) for p in problems} == {("requirements.yaml", 4)}
    assert rows_in(b"")[1][0].code == "E-SCHEMA"
