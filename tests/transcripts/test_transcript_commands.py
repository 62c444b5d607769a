"""`ivr test`, `ivr requirements` and `ivr call --record` as commands: exit codes and output."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.cli.main import main
from tests.transcripts.clinic import clinic_files

HEAD = "schema: ivr.test/v1\ntest: Opening hours\nat: 2026-03-10T10:05:00 America/New_York\nvariants: []\n"
GOOD = HEAD + "rows: [R1]\nturns:\n  - hear: why\n  - press: \"9\"\n  - hear: keys\n  - press: \"1\"\n  - hear: hours\n"
BAD = GOOD.replace("hear: hours", "hear: too_late")
ROWS = 'schema: ivr.requirements/v1\nrows:\n  R1: {asks: Opening hours, check: [T, F], performed: "yes", by: the flow}\n'
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_VAR_DIR", str(tmp_path / "var"))
    bundle = tmp_path / "clinic"
    for name, data in clinic_files().items():
        path = bundle / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (bundle / "tests").mkdir()
    (bundle / "tests/hours.yaml").write_text(GOOD)
    return bundle


@pytest.fixture
def ivr(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([a.replace("BUNDLE", str(folder)) for a in arguments])
        out, err = capsys.readouterr()
        return code, out, err
    return run


def test_green(ivr: Command) -> None:
    code, out, _ = ivr("test", "BUNDLE")
    assert code == 0
    assert out.startswith("2 runs of 1 test in ")
    assert "2 passed, 0 failed" in out
    assert "main.yaml:14 why directions" in out
    assert out.endswith("--coverage lists them\n")


def test_red(ivr: Command, folder: Path) -> None:
    (folder / "tests/other.yaml").write_text(BAD)
    code, out, _ = ivr("test", "BUNDLE", "--lang", "en")
    assert code == 1
    assert f'{folder}/tests/other.yaml:11: "too_late" is not heard here' in out
    assert "2 runs of 2 tests" in out
    assert ivr("test", "BUNDLE", "hours")[0] == 0
    assert ivr("test", "BUNDLE", "tests/other.yaml")[0] == 1


def test_json(ivr: Command, folder: Path) -> None:
    (folder / "tests/other.yaml").write_text(BAD)
    code, out, _ = ivr("test", "BUNDLE", "--json", "--variant", "written")
    data = json.loads(out)
    assert code == 1
    assert (data["ok"], data["runs"], data["failed"], len(data["failures"])) == (False, 4, 2, 2)
    assert set(data["coverage"]) == {"nodes", "outcomes", "rows"}


def test_coverage_can_be_required(ivr: Command) -> None:
    assert ivr("test", "BUNDLE", "--require-coverage")[0] == 1


def test_a_test_that_cannot_be_read_is_shown_like_any_other_problem(ivr: Command, folder: Path) -> None:
    (folder / "tests/typo.yaml").write_text(GOOD.replace("hear: keys", "hear: kays"))
    code, out, _ = ivr("test", "BUNDLE")
    assert code == 1
    assert f'{folder}/tests/typo.yaml:9:11: error[E-REF]: there is no prompt "kays" in this bundle' in out
    assert 'did you mean "keys"?' in out


@pytest.mark.parametrize("arguments", [("test", "nowhere"), ("test", "BUNDLE", "--variant", "whispered"), ("requirements", "nowhere"),
                                       ("requirements", "BUNDLE")])
def test_misuse(ivr: Command, arguments: tuple[str, ...]) -> None:
    code, out, err = ivr(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_an_unknown_name_is_told_with_the_nearest_one(ivr: Command) -> None:
    code, _, err = ivr("test", "BUNDLE", "hour")
    assert code == 1
    assert 'did you mean "hours"?' in err


def test_a_bundle_that_does_not_load(ivr: Command, folder: Path) -> None:
    (folder / "main.yaml").write_text("start: [")
    for command in ("test", "requirements"):
        code, out, err = ivr(command, "BUNDLE")
        assert (code, out) == (1, "")
        assert "error[E-YAML]" in err


def test_requirements(ivr: Command, folder: Path) -> None:
    (folder / "requirements.yaml").write_text(ROWS)
    code, out, _ = ivr("requirements", "BUNDLE")
    assert code == 1
    assert "= P rule in-advance, T hours" in out
    assert "! no fact names it" in out
    (folder / "requirements.yaml").write_text(ROWS.replace("[T, F]", "[T]"))
    data = json.loads(ivr("requirements", "BUNDLE", "--json")[1])
    assert [(r["row"], [x["sort"] for x in r["links"]]) for r in data["rows"]] == [("R1", ["P", "T"])]
    assert {x["row"] for x in data["strays"]} == {"R2", "R3"}, "rows that the bundle names and the list does not have"


def test_rows_without_a_test_are_in_the_coverage(ivr: Command, folder: Path) -> None:
    (folder / "requirements.yaml").write_text(ROWS + '  R2: {asks: More, check: [T], performed: later, by: nobody}\n')
    code, out, _ = ivr("test", "BUNDLE")
    assert code == 0
    assert "requirement rows 1 of 2 (50 %)" in out
    assert "requirements.yaml:4 R2" in out


def test_a_test_is_no_part_of_the_bundle(folder: Path) -> None:
    from ivr.flow.load import load_bundle

    before = load_bundle(folder).hash
    (folder / "tests/hours.yaml").write_text(BAD)
    assert load_bundle(folder).hash == before
