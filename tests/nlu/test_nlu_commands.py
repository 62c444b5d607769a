"""`ivr nlu`: evaluation, gates, lint, bench and classify as an administrator runs them."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli.nlu import nlu
from ivr.flow.model import Bundle
from ivr.nlu import gates
from ivr.nlu.confusion_page import as_csv, as_html
from ivr.nlu.lint import findings
from tests.nlu.conftest import Stand

ROOT = Path(__file__).parents[2]
STARTER = str(ROOT / "flows" / "starter")


def run(tmp_path: Path, *arguments: str, text: str | None = None) -> Result:
    own = () if arguments[0] == "bench" else ("--cache-dir", str(tmp_path / "kept"))
    return CliRunner().invoke(nlu, [*arguments, "--words-only", *own], input=text, standalone_mode=False)


def said(result: Result) -> Any:
    assert result.exception is None, result.output
    return json.loads(result.stdout)


def written(path: Path, rows: list[tuple[str, str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "intent"), *rows])
    return str(path)


PETS = [(f"{verb} my {pet} {when}", label)
        for label, verb in (("feed", "please feed"), ("walk", "take a walk with"), ("wash", "wash and dry"))
        for pet in ("dog", "cat", "horse", "parrot") for when in ("today", "now", "tomorrow", "at noon", "again")]


def test_bench_prints_the_figures_that_were_agreed(tmp_path: Path):
    train = written(tmp_path / "train.csv", [*PETS[::2], ("what time is it", "_oos"), ("sing a song", "_oos")])
    test = written(tmp_path / "test.csv", PETS[1::2])
    far = written(tmp_path / "far.csv", [("book a flight", "_oos"), ("tax refund", "_oos")])
    found = said(run(tmp_path, "bench", "--train", train, "--test", test, "--oos", far, "--json"))
    assert set(found) == {"accuracy", "ece", "train_s", "p50_ms", "p99_ms", "three_way", "oos"}
    assert set(found["three_way"]) == {"in_scope", far} and set(found["oos"]) == {far}
    assert sum(found["three_way"]["in_scope"].values()) == pytest.approx(1, abs=0.001)
    assert set(found["three_way"][far]) == {"accept", "confirm", "reject"}
    assert set(found["oos"][far]) == {"auroc", "recall_at_95_accept"}
    assert found["accuracy"] >= 0.9


@pytest.mark.parametrize(("content", "needle"), [("a,b\n1,2\n", "expected text,intent"), ("text,intent\nhello,one\n", "fewer than two")])
def test_bench_says_what_is_wrong_with_a_file(tmp_path: Path, content: str, needle: str):
    (tmp_path / "x.csv").write_text(content)
    result = run(tmp_path, "bench", "--train", str(tmp_path / "x.csv"), "--test", str(tmp_path / "x.csv"))
    assert needle in str(result.exception)


def test_classify_answers_line_by_line(tmp_path: Path):
    text = "when are you open\n\nyes\nmain menu\nxylophone zebra quark\n"
    result = run(tmp_path, "classify", STARTER, "--lang", "en", "--json", text=text)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["text"] for r in rows] == [t for t in text.splitlines() if t]
    assert all(set(r) == {"text", "intent", "decision", "confidence", "alternatives", "ms"} for r in rows)
    assert rows[0]["intent"] == "opening_hours" and rows[0]["decision"] in ("accept", "confirm")
    assert [r["intent"] for r in rows[1:3]] == ["yes", "cmd_main_menu"]
    assert all(a["intent"] and 0 <= a["confidence"] <= 1 for r in rows for a in r["alternatives"])
    assert all(r["intent"] == "out_of_scope" for r in rows if r["decision"] == "reject")


def test_eval_writes_the_matrix_and_tells_what_changed(tmp_path: Path):
    arguments = ("eval", STARTER, "--cv", "3", "--out", str(tmp_path / "out"), "--json")
    found = said(run(tmp_path, *arguments))
    assert set(found["languages"]) == {"en", "es"} and 0.3 < found["accuracy"] <= 1 and found["changed"] == []
    rows = list(csv.reader((tmp_path / "out" / "confusion.csv").open()))
    assert len(rows) == len(rows[0]) and sum(int(n) for row in rows[1:] for n in row[1:]) == found["phrases"]
    page = (tmp_path / "out" / "confusion.html").read_text()
    assert "<table" in page and not re.search(r"https?://|<script", page)
    report = tmp_path / "out" / "eval.json"
    report.write_text(json.dumps({**json.loads(report.read_text()), "accuracy": 0.01}))
    changed = said(run(tmp_path, *arguments))["changed"]
    assert [c["figure"] for c in changed] == ["accuracy"] and changed[0]["before"] == 0.01


def test_eval_of_other_phrases_with_noise_and_one_language(tmp_path: Path):
    rows = written(tmp_path / "held.csv", [("at what time do you open", "opening_hours"), ("how is the weather", "_oos")])
    found = said(run(tmp_path, "eval", STARTER, "--holdout", rows, "--noise", "0.3", "--lang", "en", "--oos", rows, "--out",
                     str(tmp_path / "o"), "--json"))
    assert found["phrases"] == 2 and list(found["languages"]) == ["en"] and "held.csv" in found["oos"]


def test_a_gate_that_is_not_kept_fails(tmp_path: Path):
    gate = tmp_path / "gates.yaml"
    gate.write_text("at_least: {accuracy: 1.01, no.such.figure: 1}\nat_most: {ece: 1}\n")
    runner = run(tmp_path, "eval", STARTER, "--cv", "2", "--gate", str(gate), "--out", str(tmp_path / "o"))
    assert runner.return_value == 1
    assert "the gate asks for at least 1.01" in runner.stderr and "no.such.figure was not measured" in runner.stderr


@pytest.mark.parametrize("text", ["", "- 1", "at_least: 3", "atleast: {accuracy: 1}", "at_most: {ece: low}", "a: [", "\x00"])
def test_a_broken_gate_file_is_one_sentence(tmp_path: Path, text: str):
    (tmp_path / "g.yaml").write_text(text)
    with pytest.raises(Exception, match=r"g\.yaml is no"):
        gates.read(tmp_path / "g.yaml")


def test_lint_of_a_small_bundle_warns_and_fails_only_when_strict(tmp_path: Path):
    result = run(tmp_path, "lint", STARTER, "--json")
    found = json.loads(result.stdout)
    assert {f["kind"] for f in found["findings"]} == {"thin"} and found["errors"] == 0 and result.return_value == 0
    assert run(tmp_path, "lint", STARTER, "--strict").return_value == 1


def test_lint_finds_what_teaches_two_things_at_once(starter: Bundle, stand: Stand):
    hours, way = starter.intents["opening_hours"], starter.intents["directions"]
    phrase = hours.phrases["en"][0]
    edited = replace(starter, intents={
        "opening_hours": replace(hours, phrases={
            "en": (*hours.phrases["en"], phrase.upper() + "!", "is it far to the library from the station")}),
        "directions": replace(way, phrases={
            **way.phrases, "en": (*way.phrases["en"], phrase, "from the station is it far to the library")})})
    for encoder in (None, stand):
        found = findings(edited, encoder)
        assert [f.is_error for f in found] == sorted((f.is_error for f in found), reverse=True)
        kinds = {(f.kind, f.is_error) for f in found}
        assert {("duplicate", True), ("duplicate", False), ("one-language", True), ("thin", False)} <= kinds
        assert any(f.kind == "near-duplicate" and "far" in f.says for f in found)


def test_the_page_escapes_what_it_shows():
    report = {"accuracy": 1, "macro_f1": 1, "ece": 0,
              "worst_pairs": [{"intent": "<b>", "taken_for": "&", "times": 1, "phrases": ["<script>"]}]}
    page = as_html("<title>", ["<b>"], [[1]], report)
    assert "<script>" not in page and "<b>" not in page
    assert as_csv(["a,b", "c"], [[1, 2], [3, 4]]) == 'meant,"a,b",c\n"a,b",1,2\nc,3,4\n'
