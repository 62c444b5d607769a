"""What `ivr test` prints: golden texts of failures, the summary, the JSON. `REGENERATE_GOLDEN=1` writes the files anew."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest

from ivr.flow.mark import Mark
from ivr.transcripts.coverage import coverage_of
from ivr.transcripts.model import Run
from ivr.transcripts.report import json_report, text_report
from ivr.transcripts.suite import Outcome, Wanted, run_all
from tests.transcripts.clinic import ROOT, TableModel, clinic, runs, transcript

GOLDEN = ROOT / "tests/golden/transcripts"
MOVE = """\
turns:
  - hear: [welcome, why]
  - say: {en: move my appointment, es: cambiar mi cita}
  - hear: ask_day
  - press: "03202026"
  - hear: {read_back: day}
  - press: "1"
"""
FAILING = {
    "not_heard": (MOVE + "  - hear: too_late\n  - press: \"1\"\n", ("as written",)),
    "wrong_end": (MOVE + "expect: {end: done, queue: none, promise: routine, vars: {when: past}, says: officer}\n", ("as written",)),
    "wrong_slot": (MOVE.replace("read_back: day", "read_back: cell"), ("as written",)),
    "over_too_soon": ("turns:\n  - hangup: true\n  - say: {en: hello, es: hola}\n", ("as written",)),
    "variant": ("turns:\n  - say: {en: when are you open, es: a qué hora abren}\n  - hear: hours\n  - press: \"1\"\n  - hear: goodbye\n"
                "variants: [{closed_hours: {expect: {end: transfer}}}, low_confidence]\n", ()),
    "twice_not_heard": ("language: es\nturns:\n  - say: bla\n    heard_as: {confidence: 0.3}\n  - hear: reprompt_1\n  - silence: true\n"
                        "  - not_hear: silence_2\n", ("as written",)),
}


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("REGENERATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def outcome(body: str, variants: tuple[str, ...] = (), languages: tuple[str, ...] = ()) -> Outcome:
    made = run_all(clinic(), TableModel(), [transcript(body)], Wanted(variants, languages))
    return Outcome(made, (), 0.04)


@pytest.mark.parametrize("name", sorted(FAILING))
def test_a_failure_can_be_read(name: str) -> None:
    body, variants = FAILING[name]
    result = outcome(body, variants, () if "language" in body else ("en",))
    assert not result.ok
    golden(f"{name}.txt", text_report(result, coverage_of(clinic(), result.runs), "flows/clinic", {}))


def test_the_json_has_everything_a_program_needs() -> None:
    result = outcome(*FAILING["not_heard"], ("es",))
    data = json.loads(json_report(result, coverage_of(clinic(), result.runs), "flows/clinic"))
    assert {k: data[k] for k in ("ok", "runs", "failed", "seconds")} == {"ok": False, "runs": 1, "failed": 1, "seconds": 0.04}
    assert data["failures"] == [{
        "test": "call", "variant": "as written", "language": "es", "title": "a call", "file": "flows/clinic/tests/call.yaml", "line": 11,
        "turn": 7, "message": '"too_late" is not heard here', "expected": ["too_late"],
        "heard": ["transfer_announce: Le comunico ahora. No cuelgue, por favor.", "goodbye: Gracias por llamar. Hasta luego."]}]
    assert data["coverage"]["nodes"]["covered"] == 0
    assert data["coverage"]["nodes"]["missing"][0] == {"file": "flows/clinic/main.yaml", "line": 11, "what": "welcome"}


# -- coverage -----------------------------------------------------------------------------------------------------------

def test_coverage_is_what_the_calls_came_by() -> None:
    made = runs(MOVE)["as written"]
    found = coverage_of(clinic(), [made])
    assert made.visited == {("main", n) for n in ("welcome", "why", "ask_day", "is_future", "desk", "goodbye")}
    assert made.exits == {("main", "welcome", "done"), ("main", "why", "directions"), ("main", "ask_day", "ok"),
                          ("main", "is_future", "future"), ("main", "desk", "connected")}
    assert (found.nodes.covered, found.nodes.total) == (6, 13)
    missing = {m.what: m.mark.line for m in found.outcomes.missing}
    assert missing["why silence"] == 14
    assert "why directions" not in missing


def test_looking_ahead_is_no_visit() -> None:
    """The variant `keys_only` searches the engine for its way; what it only looked at was not called."""
    made = runs(MOVE, "keys_only")["keys_only"]
    assert ("main", "keys", "move") in made.exits
    assert ("main", "keys", "hours") not in made.exits
    assert ("main", "hours") not in made.visited


def test_only_good_runs_count_and_only_what_can_be_reached() -> None:
    run = runs(MOVE)["as written"]
    bad = runs(FAILING["not_heard"][0])["as written"]
    assert coverage_of(clinic(), [bad]).outcomes.covered == 0
    some = coverage_of(clinic(), [run], reachable={("main", "why", "directions"), ("main", "why", "other")})
    assert (some.outcomes.covered, some.outcomes.total) == (1, 2)


def test_rows_without_a_test() -> None:
    run = runs("rows: [R1]\n" + MOVE)["as written"]
    rows = [("R1", Mark("requirements.yaml", 3)), ("R2", Mark("requirements.yaml", 4))]
    part = coverage_of(clinic(), [run], rows).rows
    assert (part.covered, [m.what for m in part.missing]) == (1, ["R2"])


def test_a_suite_with_an_unreadable_test_is_not_ok() -> None:
    from ivr.errors import Problem

    good = outcome(MOVE + "variants: []\n")
    assert good.ok
    assert not dataclasses.replace(good, problems=(Problem("tests/x.yaml", 1, 1, "E-REF", "no"),)).ok


def test_runs_show_no_words_when_they_are_printed() -> None:
    run: Run = runs(MOVE)["as written"]
    assert "move my appointment" not in repr(run.lines)


def test_the_benchmark_counts_by_two_hundred_runs() -> None:
    from benchmarks.transcripts import evaluate

    table = {f.what: f for f in evaluate([4.0, 2.0, 3.0], 400, 3000, 0.5)}
    assert (table["200 runs, median round"].value, table["200 runs, median round"].met) == (1.5, True)
    assert table["200 runs, slowest round"].value == 2.0
    assert table["an answer of a caller"].value == 1.0


def test_after_many_failures_the_rest_is_one_line_each() -> None:
    result = outcome(FAILING["not_heard"][0].replace("too_late", "hours"))
    many = dataclasses.replace(result, runs=result.failed * 5)
    text = text_report(many, coverage_of(clinic(), many.runs), "flows/clinic", {})
    assert len(many.failed) == 10
    assert text.count("> ") == 8
    assert text.count('FAIL  call · as written · es  flows/clinic/tests/call.yaml:11: "hours" is not heard here') == 1
