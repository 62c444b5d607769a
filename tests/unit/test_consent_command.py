"""`ivr consent`: what staff see and change, with a name behind every change and no number on the screen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr import config
from ivr.cli.main import main
from ivr.runtime.data_keys import box_of
from ivr.store.consent import Consents, Entry
from ivr.store.db import Database
from ivr.store.message_statuses import Unreachable
from ivr.store.opt_outs import take_over
from ivr.store.schema_contact import opt_outs

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("IVR_VAR_DIR", str(tmp_path))
    settings = config.load()
    database = Database(settings.database, box_of(settings))
    yield database
    database.close()


def test_revoked_by_staff_with_a_name(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["consent", "revoke", "(202) 555-0143", "--by", "M. Ortiz"]) == 0
    assert main(["consent", "revoke", "+12025550143"]) == 0
    assert Consents(db).revoked("+12025550143", "sms")
    assert main(["consent", "show", "+12025550143"]) == 0
    shown = capsys.readouterr().out
    assert "wants no messages" in shown
    assert "staff by M. Ortiz" in shown
    assert "2025550143" not in shown
    assert shown.count("revoked  staff") == 1, "it was so already"


def test_restored_and_reachable_again(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with db.write() as connection:
        Unreachable(db).note(connection, "+12025550143", "sms", "30006", NOW)
    Consents(db).change(Entry("+12025550143", "sms", "revoked", "sms"), NOW)
    assert main(["consent", "restore", "+12025550143", "--by", "M. Ortiz"]) == 0
    assert not Consents(db).revoked("+12025550143", "sms")
    assert Unreachable(db).code("+12025550143", "sms") is None
    capsys.readouterr()
    assert main(["consent", "show", "+12025550143", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [r["answer"] for r in told["rows"]] == ["revoked", "resumed"]
    assert told["revoked"] is False


def test_an_email_address_in_any_case(db: Database) -> None:
    assert main(["consent", "revoke", "Ana@Example.org", "--by", "x"]) == 0
    assert Consents(db).revoked("ana@example.org", "email")
    assert not Consents(db).revoked("ana@example.org", "sms")


@pytest.mark.parametrize("address", ["12", "hello", "+1"])
def test_what_is_no_address_is_said_so(db: Database, capsys: pytest.CaptureFixture[str], address: str) -> None:
    assert main(["consent", "show", address]) == 1
    assert "neither a telephone number nor an email address" in capsys.readouterr().err


def test_opt_outs_of_an_older_version_are_taken_over_once(db: Database) -> None:
    with db.write() as connection:
        connection.execute(opt_outs.insert(), {"address": "+12025550143", "channel": "sms", "since": NOW.isoformat(), "source": "sms_stop"})
    assert take_over(db) == 1
    assert take_over(db) == 0
    assert Consents(db).revoked("+12025550143", "sms")
    (row,) = Consents(db).history("+12025550143")
    assert (row["source"], row["at"]) == ("sms", NOW.isoformat())
    with db.read() as connection:
        assert connection.execute(opt_outs.select()).all() == []
