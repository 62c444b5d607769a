"""`ivr users` and `ivr audit` as a person runs them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from ivr.access.staff import Staff
from ivr.cli.audit import audit as audit_command
from ivr.cli.main import main
from ivr.cli.users import users as users_command
from ivr.config import load
from ivr.runtime.data_keys import open_database
from ivr.store.schema_access import audit

PASSWORD = "correct horse battery\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_VAR_DIR", str(tmp_path / "var"))
    return tmp_path


def users(*arguments: str, typed: str = PASSWORD) -> Result:
    return CliRunner().invoke(users_command, arguments, input=typed, standalone_mode=False)


def record(*arguments: str) -> Result:
    return CliRunner().invoke(audit_command, arguments, standalone_mode=False)


def test_the_first_user_and_the_life_of_one() -> None:
    assert "no users" in users("list").output
    assert "may sign in" in users("create", "Ana", "--role", "admin", "--password-stdin").output
    assert "there is a user ana already" in str(users("create", "ana", "--role", "admin", "--password-stdin").exception)
    typed = users("create", "eva", "--role", "viewer", typed=PASSWORD * 2)
    assert "may sign in" in typed.output and PASSWORD.strip() not in typed.output
    made = users("create", "leo", "--role", "agent", "--generate").stdout.strip()
    with open_database(load()) as db:
        staff = Staff(db)
        assert staff._passwords.fits(staff.users.get("leo").password, made)
    assert "eva is editor now" in users("role", "eva", "editor", "--why", "writes flows").output
    assert "disabled" in users("disable", "leo").output
    rows = json.loads(users("list", "--json").output)["users"]
    assert [(r["name"], r["role"], r["disabled"], r["totp"]) for r in rows] == [
        ("ana", "admin", False, False), ("eva", "editor", False, False), ("leo", "agent", True, False)]
    assert "password" not in rows[0], "only when it was set"
    users("enable", "leo")
    assert "leo has a new password" in users("password", "leo", "--password-stdin").output
    assert "no one-time codes" in users("totp", "leo", "--reset").output
    assert "signed in nowhere" in users("sessions", "leo", "--end", "all").output
    for wrong in (("disable", "nobody-here"), ("totp", "nobody-here"), ("sessions", "nobody-here"), ("role", "nobody-here", "admin")):
        assert "no user" in str(users(*wrong).exception)


def test_the_telephone_of_a_user() -> None:
    users("create", "ana", "--role", "agent", "--password-stdin")
    assert "in the browser only" in users("phone", "ana").output
    for number, why in (("911", "not a number"), ("+19005550123", "premium"), ("+442079460000", "abroad"), ("2025550180", "not a number")):
        assert why in str(users("phone", "ana", number).exception), number
    told = users("phone", "ana", "+12025550180", "--why", "works from home").output
    assert "********0180" in told and "2025550180" not in told
    assert "********0180" in users("phone", "ana").output
    assert "in the browser only" in users("phone", "ana", "--remove").output
    assert "no user" in str(users("phone", "nobody-here", "+12025550180").exception)
    with open_database(load()) as db:
        notes = [n for n, *_ in Staff(db).audit.entries() if n is not None and n.act == "user.phone"]
    assert len(notes) == 2 and not any("2025550180" in repr(n) for n in notes)


@pytest.mark.parametrize("password", ["short\n", "\n", "aaaaaaaaaaaaaaaa\n", "ana12345678901\n"])
def test_a_bad_password_makes_no_user(password: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert users("create", "ana", "--role", "admin", "--password-stdin", typed=password).exception is not None
    assert json.loads(users("list", "--json").output)["users"] == []
    assert json.loads(record("verify", "--json").output)["entries"] == 0


def test_a_mistake_is_said_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "disable", "nobody-here"]) == 1
    assert "error[no_user]: there is no user nobody-here" in capsys.readouterr().err
    assert main(["users", "create", "ana", "--role", "root"]) == 2
    assert main(["audit", "verify", "--head", "yesterday"]) == 2


def test_the_record_is_shown_exported_and_checked() -> None:
    users("create", "ana", "--role", "admin", "--password-stdin", "--why", "=HYPERLINK(1)")
    users("role", "ana", "supervisor", "--why", "se mudó")
    assert record("verify").return_value == 0
    head = record("head").output.strip()
    assert record("verify", "--head", head).return_value == 0
    shown = record("show").output
    assert "user.role" in shown and "admin -> supervisor" in shown and "se mudó" in shown
    lines = [json.loads(line) for line in record("export").output.splitlines()]
    assert [(r["seq"], r["act"], r["what"], r["before"]) for r in lines] == [
        (1, "user.created", "ana", None), (2, "user.role", "ana", "admin")]
    assert lines[1]["seal"] == head.partition(":")[2]
    assert [r["seq"] for r in map(json.loads, record("export", "--after", "1").output.splitlines())] == [2]
    cells = list(csv.DictReader(io.StringIO(record("export", "--csv").output)))
    assert cells[0]["why"] == "'=HYPERLINK(1)"
    assert PASSWORD.strip() not in record("export").output and "argon2" not in record("export").output


def test_what_was_changed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ana", "eva", "leo"):
        users("create", name, "--role", "viewer", "--password-stdin")
    with open_database(load()) as db, db.write() as connection:
        connection.execute(audit.update().where(audit.c.seq == 2).values(who="somebody"))
    assert main(["audit", "verify"]) == 1
    assert "entry 2 was changed; the 1 before it" in capsys.readouterr().err
    with open_database(load()) as db, db.write() as connection:
        connection.execute(audit.delete().where(audit.c.seq == 1))
        assert connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar() == 2
    assert main(["audit", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["at"] == 1
