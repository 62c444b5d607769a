"""`ivr backup`, `ivr restore` and `ivr data ...` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.cli.main import main
from ivr.config import load
from ivr.runtime.data_keys import open_database
from tests.contract.test_personal_data import ANA, RECEIPT, call, promise


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two calls in its database."""
    monkeypatch.setenv("IVR_VAR_DIR", str(tmp_path / "var"))
    with open_database(load()) as db:
        call(db, "CA1", ANA, case=RECEIPT)
        promise(db, "message:CA1:1", "CA1", ANA, state="due")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_backup_and_back_with_what_fell_due_held(office: Path, capsys: pytest.CaptureFixture[str],
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(capsys, "backup", str(office / "b"))
    assert made["rows"]["calls"] == 1
    assert main(["restore", str(office / "b")]) == 1
    assert "not empty" in capsys.readouterr().err
    monkeypatch.setenv("IVR_DATABASE_URL", f"sqlite:///{office / 'new.db'}")
    assert run(capsys, "restore", str(office / "b"))["held"] == 1
    assert run(capsys, "data", "purge", "--dry-run")["dry_run"] is True
    assert main(["data", "log"]) == 0
    assert "restored" in capsys.readouterr().out
    monkeypatch.setenv("IVR_DATA_KEYS", "other")
    monkeypatch.setenv("IVR_DATABASE_URL", f"sqlite:///{office / 'third.db'}")
    assert main(["restore", str(office / "b")]) == 1
    assert "other keys" in capsys.readouterr().err


def test_one_person_is_shown_and_deleted(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "export", "--receipt", "eac 9999999999"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [c["call_id"] for c in shown["calls"]] == ["CA1"]
    done = run(capsys, "data", "erase", "--phone", "+1 202-555-0143", "--why", "request 7", "--yes")
    assert done["calls"] == 1
    assert "still to be kept" in done["stays"][0]
    assert main(["data", "erase", "--phone", "12", "--why", "x", "--yes"]) == 1
    assert "no number" in capsys.readouterr().err
    assert main(["data", "erase", "--why", "x", "--yes"]) == 2


def test_keys_are_rotated(office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = (office / "var/data.key").read_text()
    monkeypatch.setenv("IVR_DATA_KEYS", f"second {first}")
    assert run(capsys, "data", "rotate-keys", "--dry-run")["left"] == 4
    done = run(capsys, "data", "rotate-keys")
    assert (sum(done["values"].values()), done["left"]) == (4, 0)
    monkeypatch.setenv("IVR_DATA_KEYS", "second")
    assert main(["data", "purge", "--dry-run"]) == 1
    assert "IVR_INDEX_KEY" in capsys.readouterr().err
    monkeypatch.setenv("IVR_INDEX_KEY", first)
    assert run(capsys, "data", "rotate-keys")["left"] == 0


def test_an_unreachable_server_is_said_in_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
                                                   tmp_path: Path) -> None:
    monkeypatch.setenv("IVR_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("IVR_DATABASE_URL", "postgresql://ivr:geheim@127.0.0.1:1/ivr")
    assert main(["data", "purge"]) == 1
    said = capsys.readouterr().err
    assert "PostgreSQL at 127.0.0.1" in said
    assert "hint" in said
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "geheim" not in said + shown
    assert "FAIL database" in shown
