"""The table of spoken forms that the grammar was written on, the closed list of forms, and the command."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.slots import DEVELOPMENT, IDENTIFIERS, evaluate, rows_of, score
from ivr.cli.slots import slots
from ivr.dialog.slots.base import SLOTS
from ivr.dialog.slots.form import KNOWN_FORMS
from ivr.dialog.slots.receipt import KEYS, PREFIXES
from ivr.dialog.slots.yes_no import answer_of

TODAY = date(2026, 3, 10)


def test_the_development_rows_are_read_right() -> None:
    scored = [score(row) for row in rows_of(DEVELOPMENT)]
    assert len(scored) >= 1000
    assert [s.row.spoken for s in scored if s.wrong_but_valid and s.row.type in IDENTIFIERS] == []
    assert [(s.row.spoken, s.reading) for s in scored if not s.right] == []
    assert all(f.met is not False for f in evaluate(scored) if f.unit != "ms")


@pytest.mark.parametrize("name", ["spoken_forms.csv", "spoken_forms_2.csv"])
def test_forms_that_were_written_by_others_are_read_no_worse_than_before(name: str) -> None:
    scored = [score(row) for row in rows_of(DEVELOPMENT.parent / name)]
    assert len(scored) >= 600
    assert [s.row.spoken for s in scored if s.wrong_but_valid and s.row.type in IDENTIFIERS] == []
    assert sum(s.reading.value == s.row.value for s in scored) / len(scored) >= 0.98


def test_every_prefix_has_keys_of_its_own() -> None:
    keypad = {c: str(n) for n, letters in enumerate(("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), 2) for c in letters}
    assert {"".join(keypad[c] for c in p.lower()): p for p in PREFIXES} == KEYS


@pytest.mark.parametrize("form", KNOWN_FORMS)
def test_every_form_is_itself(form: str) -> None:
    assert SLOTS["form"].spoken(form, "en", TODAY).value == form
    assert SLOTS["form"].spoken(f"formulario {form.replace('-', ' ')}", "es", TODAY).value == form


def test_the_list_of_the_bundle_decides() -> None:
    own = ("I-20", "Z-7")
    assert SLOTS["form"].spoken("I-20", "en", TODAY, values=own).value == "I-20"
    assert SLOTS["form"].spoken("z seven", "en", TODAY, values=own).value == "Z-7"
    assert SLOTS["form"].spoken("I-130", "en", TODAY, values=own).problem == "unknown_form"
    assert SLOTS["form"].keyed("20", TODAY, values=own).value == "I-20"


def test_a_keyed_number_that_two_forms_bear_is_doubtful() -> None:
    reading = SLOTS["form"].keyed("600", TODAY)
    assert (reading.status, reading.value, reading.other) == ("ambiguous", "N-600", "I-600")


@pytest.mark.parametrize(("first", "second", "value"), [
    ("A 210 555", "123", "A210555123"), ("A 210 555", "210 555 123", "A210555123"), ("A 210", "5 5 5 1 2 3", "A210555123")])
def test_an_alien_number_in_two_parts(first: str, second: str, value: str) -> None:
    part = SLOTS["a_number"].spoken(first, "en", TODAY)
    assert part.status == "incomplete"
    assert SLOTS["a_number"].spoken(second, "en", TODAY, heard=part.heard).value == value


@pytest.mark.parametrize(("kind", "parts", "value"), [
    ("phone", ("305 555", "0143"), "+13055550143"), ("date", ("march", "the fifth"), "2026-03-05"),
    ("date", ("the fifth", "of march 1985"), "1985-03-05"), ("email", ("maria dot lopez", "at gmail dot com"), "maria.lopez@gmail.com"),
    ("email", ("maria at gmail", "dot com"), "maria@gmail.com")])
def test_values_in_two_parts(kind: str, parts: tuple[str, str], value: str) -> None:
    heard = SLOTS[kind].spoken(parts[0], "en", TODAY).heard
    assert heard
    assert SLOTS[kind].spoken(parts[1], "en", TODAY, heard=heard).value == value


def test_the_words_of_a_bundle_are_added() -> None:
    assert answer_of("roger that", "en") is None
    assert answer_of("roger that", "en", yes=["Roger that!"]) == "yes"
    assert answer_of("beats me", "en", yes=["beats"], unsure=["beats me"]) is None


def parse(*options: str, stdin: str) -> list[str]:
    done = CliRunner().invoke(slots, ["parse", *options], input=stdin, standalone_mode=False)
    assert done.exception is None, done.exception
    return done.stdout.splitlines()


def test_the_command_reads_line_by_line() -> None:
    lines = [json.loads(line) for line in parse("--type", "receipt", "--lang", "es", "--json",
                                                stdin="y o e cero nueve doce treinta y cuatro cincuenta y seis setenta y ocho\n\nIOE 09\n")]
    assert lines[0] == {"spoken": "y o e cero nueve doce treinta y cuatro cincuenta y seis setenta y ocho", "value": "IOE0912345678",
                        "status": "ok", "problem": None}
    assert (lines[1]["status"], lines[1]["value"]) == ("none", None)
    assert lines[2] == {"spoken": "IOE 09", "value": None, "status": "incomplete", "problem": "too_short", "heard": "IOE09"}


def test_the_command_takes_a_day_and_a_list(tmp_path: Path) -> None:
    options = ("--type", "date", "--lang", "en", "--today", "2026-03-10", "--json")
    assert json.loads(parse(*options, stdin="next Tuesday\n")[0])["value"] == "2026-03-17"
    (tmp_path / "forms.txt").write_text("# ours\nI-20\n")
    options = ("--type", "form", "--lang", "en", "--forms", str(tmp_path / "forms.txt"), "--json")
    assert [json.loads(line)["value"] for line in parse(*options, stdin="i twenty\nI-130\n")] == ["I-20", None]


@pytest.mark.parametrize("options", [("--today", "soon"), ("--forms", "empty.txt")])
def test_misuse_is_told(options: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("\n")
    done = CliRunner().invoke(slots, ["parse", "--type", "date", "--lang", "en", *options], input="x\n")
    assert done.exit_code == 2
    assert "expected" in done.output
