"""`ivr new`: what it writes has no problem, passes its own tests, is laid out, and never lies over anything that was there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.author.layout import laid_out
from ivr.author.scaffold import LANGUAGES, scaffold, wishes
from ivr.cli.main import main
from ivr.cli.new import _files
from ivr.errors import ConfigProblem
from ivr.flow.load import load_bundle
from ivr.proof.examine import examine

Capture = pytest.CaptureFixture[str]
TODAY = date(2026, 3, 10)


@pytest.mark.parametrize("languages", ["en,es", "es,en", "en", "es"])
def test_a_new_bundle_has_no_problem_and_passes_its_tests(languages: str, tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "flows" / "city_library"
    assert main(["new", "city_library", "--dir", str(tmp_path / "flows"), "--languages", languages]) == 0
    assert main(["check", str(folder)]) == 0
    assert f"no problems in {folder}" in capsys.readouterr().out
    assert main(["test", str(folder)]) == 0
    assert re.search(r"\d\d runs of 3 tests in .*, 0 failed", capsys.readouterr().out)
    assert main(["fmt", "--check", str(folder)]) == 0
    assert load_bundle(folder).languages == tuple(languages.split(","))
    assert load_bundle(folder).title[languages[:2]] == "City Library"


def test_it_shows_what_there_is(tmp_path: Path) -> None:
    assert main(["new", "clinic", "--dir", str(tmp_path), "--title", "Clínica Größe & Söhne"]) == 0
    bundle = load_bundle(tmp_path / "clinic")
    assert bundle.policy.entries and bundle.policy.never and bundle.policy.always
    assert bundle.facts and bundle.calendar and bundle.queues and bundle.promises
    assert bundle.prompts["en"]["stop_confirmed"].variants["sms"].startswith("Clinica Größe & Söhne:")
    assert (tmp_path / "clinic" / "README.md").read_text().startswith("# Clínica Größe & Söhne\n")
    assert {n.kind for n in bundle.flows["main"].nodes.values()} >= {"say", "ask", "menu", "collect", "transfer", "promise", "send", "end"}


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "Missing argument"), (["Upper"], "small letters"), (["../x"], "small letters"), (["a" * 41], "at most 40"),
    (["x", "--languages", "fr"], "choose among en, es"), (["x", "--languages", "en,en"], "each once"), (["x", "--languages", ""], "choose"),
    (["x", "--title", "Pier 39"], "words of letters"), (["x", "--title", 'a"b'], "words of letters"), (["x", "--title", "{a}"], "letters"),
])
def test_misuse_is_two_and_writes_nothing(arguments: list[str], said: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["new", *arguments, "--dir", str(tmp_path / "flows")]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine").mkdir()
    assert main(["new", "mine", "--dir", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    assert main(["new", "mine", "--dir", str(tmp_path / "file" / "below")]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_words_of_a_language_go_with_it() -> None:
    templates = {"a.yaml": "x:\n  en: one  #if en\n  es: uno  #if es\n  none: 0  #unless es\nt: ${title}\n", "p/es.yaml": "e: 1\n"}
    english = scaffold(templates, wishes("x", "Title", ["en"], TODAY))
    assert english == {"a.yaml": b"x:\n  en: one\n  none: 0\nt: Title\n"}
    both = scaffold(templates, wishes("x", "Title", ["en", "es"], TODAY))
    assert both["a.yaml"] == b"x:\n  en: one\n  es: uno\nt: Title\n"
    assert both["p/es.yaml"] == b"e: 1\n"


titles = st.lists(st.text("abcdefghñéßABC", min_size=1, max_size=12), min_size=1, max_size=4).map(" ".join)


@given(titles, st.permutations(LANGUAGES), st.integers(1, 2))
@settings(max_examples=25, deadline=None)
def test_any_title_that_is_taken_makes_a_bundle_that_loads(title: str, languages: list[str], count: int) -> None:
    try:
        wanted = wishes("x", title, languages[:count], date(2026, 9, 1))
    except ConfigProblem:
        return
    files = {n: d for n, d in _files(wanted).items() if n.endswith(".yaml") and not n.startswith("tests/")}
    found = examine(files).problems
    assert all(p.code in ("W-UX", "W-FACT-STALE", "E-CHANNEL") for p in found), found  # a title of capitals, or too long for a text
    assert all(laid_out(data, name) == data for name, data in files.items())
