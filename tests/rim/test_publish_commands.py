"""`ivr publish`, `versions`, `rollback` and `canary` as an administrator uses them. What they print is compared with golden files."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from ivr.cli.main import main
from tests.rim.site import ROOT

GOLDEN = ROOT / "tests/golden/publishing"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "flows/starter", tmp_path / "flows/starter")
    shutil.copytree(ROOT / "prompts/starter", tmp_path / "prompts/starter")
    monkeypatch.chdir(tmp_path)
    for name, value in {"IVR_VAR_DIR": str(tmp_path / "var"), "IVR_INTENTS": "words", "IVR_FOLLOW": "published"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("IVR_DATABASE_URL", raising=False)
    return Path("flows/starter")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> object:
    def call(*arguments: str) -> tuple[int, str]:
        code = main([*arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return call


def same(name: str, text: str) -> None:
    """Times and seconds differ from run to run, hashes and counts with what the starter says."""
    seen: dict[str, str] = {}
    text = re.sub(r"\b[0-9a-f]{12}\b", lambda m: seen.setdefault(m.group(), f"hash-{len(seen) + 1}"), text)
    for whole, short in seen.items():
        text = text.replace(whole[:8], short.rjust(8))
    text = re.sub(r"\d+ (states|transitions|runs|tests)", r"N \1", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\dZ", "YYYY-MM-DD HH:MMZ", re.sub(r"in \d+\.\d s", "in N s", text))
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("REGENERATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def edit(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def test_a_life_of_versions(folder: Path, run: object) -> None:
    said = []
    for arguments in (["publish", str(folder), "--reason", "first hours", "--author", "ana"], ["versions"],
                      ["publish", str(folder), "--reason", "again", "--author", "ana"]):
        code, text = run(*arguments)  # type: ignore[operator]
        said.append(text)
        assert code == 0
    edit(folder, "facts.yaml", "nine to five", "ten to four")
    for arguments in (["publish", str(folder), "--reason", "winter hours", "--author", "ana", "--canary", "10"], ["canary", "status"],
                      ["versions"], ["canary", "promote", "--author", "ana"], ["rollback", "--author", "ben", "--reason", "no winter yet"],
                      ["rollback", "--author", "ben"], ["rollback", "--to", "7"], ["canary", "stop"], ["versions"]):
        said.append(f"$ ivr {' '.join(arguments)}\n{run(*arguments)[1]}")  # type: ignore[operator]
    same("life", "\n".join(said))


def test_a_bundle_that_does_not_load_is_refused_with_all_that_is_wrong(folder: Path, run: object) -> None:
    edit(folder, "main.yaml", "hours: {say: hours, next: anything_else}", "hours: {say: ours, next: anything}")
    code, text = run("publish", str(folder), "--reason", "x")  # type: ignore[operator]
    assert code == 1
    same("does_not_load", text)
    assert run("versions")[0] == 2, "nothing was published"  # type: ignore[operator]


def test_a_bundle_whose_callers_are_left_alone_is_refused(folder: Path, run: object) -> None:
    edit(folder, "main.yaml", "agent_request: {say: no_agents, next: keys}", "agent_request: {say: no_agents, next: agent_request}")
    code, text = run("publish", str(folder), "--reason", "x")  # type: ignore[operator]
    assert code == 1 and "not published" in text and "error[" in text


def test_a_bundle_whose_tests_fail_is_refused(folder: Path, run: object) -> None:
    edit(folder, "main.yaml", "to: {opening_hours: hours, directions: way, other: keys, silence: keys, no_match: keys}",
         "to: {opening_hours: way, directions: hours, other: keys, silence: keys, no_match: keys}")
    code, text = run("publish", str(folder), "--reason", "x")  # type: ignore[operator]
    assert code == 1 and "not published: " in text and "runs fail" in text
    assert run("versions")[0] == 2  # type: ignore[operator]


def test_as_json(folder: Path, run: object) -> None:
    published = json.loads(run("publish", str(folder), "--reason", "x", "--json")[1])  # type: ignore[operator]
    assert published["version"] == 1 and published["kind"] == "publish" and published["checks"]["tests"] > 0
    listed = json.loads(run("versions", "--json")[1])  # type: ignore[operator]
    assert listed["in_force"] == published["hash"] and [v["reason"] for v in listed["versions"]] == ["x"]
    assert json.loads(run("publish", str(folder), "--reason", "y", "--json")[1])["kind"] == "unchanged"  # type: ignore[operator]
    assert json.loads(run("canary", "status", "--json")[1]) == {"bundle": "starter", "canary": None}  # type: ignore[operator]


def test_doctor_says_which_version_new_calls_begin_with(folder: Path, run: object) -> None:
    def version() -> str:
        _, text = run("doctor", "--json")  # type: ignore[operator]
        (check,) = [c for c in json.loads(text)["checks"] if c["name"] == "version"]
        assert check["ok"]
        return re.sub(r"\b[0-9a-f]{12}\b", "HASH", re.sub(r"since \S+:", "since NOW:", check["says"]))

    assert version().startswith("nothing is published yet")
    run("publish", str(folder), "--reason", "first hours", "--author", "ana")  # type: ignore[operator]
    assert version() == "starter HASH, version 1 by ana since NOW: first hours"
    edit(folder, "facts.yaml", "nine to five", "ten to four")
    run("publish", str(folder), "--reason", "winter", "--author", "ana", "--canary", "10")  # type: ignore[operator]
    assert version() == "starter HASH, version 1 by ana since NOW: first hours; 10 % of new calls try HASH"
