"""A backup is proved by its restore: on another database too, cut off, killed in the middle, and with promises that fell due."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.errors import ConfigProblem
from ivr.sensitive import Sensitive
from ivr.store import backup as backups
from ivr.store.backup import backup
from ivr.store.calls import Answer, Calls, LoggedEvent
from ivr.store.consent import Consents, Entry
from ivr.store.data_log import DataLog
from ivr.store.db import Database
from ivr.store.promise_ledger import PromiseLedger
from ivr.store.promises import NewPromise, Promises
from ivr.store.restore import restore
from ivr.store.sealed import SecretBox
from ivr.store.tables import metadata
from tests.contract import servers

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
CANARY = "+12025550143"


def fill(db: Database, calls_count: int = 3) -> None:
    calls, promises = Calls(db), Promises(db)
    for n in range(calls_count):
        with db.write(durable=True) as c:
            calls.insert(c, sessions.fresh(f"CA{n}", "h"), NOW)
            calls.append(c, f"CA{n}", 1, [LoggedEvent(NOW, ev.SpeechHeard(1, Sensitive(f"my number is {CANARY}")), True)])
            calls.answer(c, f"CA{n}", Answer(f"k{n}", "<Response>ñ</Response>"), NOW)
            promises.insert(c, NewPromise(f"message:CA{n}:1", "message", "sms", f"CA{n}", {"to": CANARY, "text": "hello"},
                                          NOW + timedelta(hours=n), NOW + timedelta(days=30)), NOW)
    Consents(db).change(Entry(Sensitive(CANARY), "sms", "revoked", "sms"), NOW)


def rows(db: Database) -> dict[str, list[tuple[object, ...]]]:
    with db.read() as c:
        return {t.name: sorted(map(tuple, c.execute(t.select())), key=repr) for t in metadata.sorted_tables
                if t.name not in backups.PASSING}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "all.backup"


@pytest.mark.parametrize("onto", ["sqlite", "postgresql"])
def test_everything_comes_back_on_either_database(db: Database, target: Path, tmp_path: Path, onto: str) -> None:
    fill(db)
    before = rows(db)
    manifest = backup(db, target, NOW)
    assert manifest["tables"]["calls"]["rows"] == 3
    assert (target.stat().st_mode & 0o777) == 0o600
    url = f"sqlite:///{tmp_path / 'new.db'}" if onto == "sqlite" else servers.postgresql().new_database()
    new = Database(url)
    done = restore(new, target, NOW - timedelta(days=1))
    after = rows(new)
    assert done.held == 0, "nothing was due a day before"
    for name in before.keys() - {"data_log"}:
        assert [[bytes(v) if isinstance(v, memoryview) else v for v in r] for r in after[name]] == [list(r) for r in before[name]], name
    assert Calls(new).load("CA1", "k1").answer == "<Response>ñ</Response>"
    assert [e["act"] for e in DataLog(new).entries()] == ["restored"]
    Consents(new).change(Entry(Sensitive(CANARY), "sms", "resumed", "sms"), LATER)
    new.close()


def test_what_fell_due_is_held_until_somebody_releases_it(db: Database, target: Path, tmp_path: Path) -> None:
    fill(db)
    backup(db, target, NOW)
    new = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert restore(new, target, NOW + timedelta(hours=1)).held == 2, "of three, due at 0, 1 and 2 hours"
    promises, ledger = Promises(new), PromiseLedger(new)
    assert promises.claim("w", NOW + timedelta(hours=1, minutes=59), 30) == []
    held = ledger.listed(state="held")
    assert len(held) == 2
    ledger.release(held[0]["key"], LATER, "ana")
    assert [c.key for c in promises.claim("w", NOW + timedelta(hours=1, minutes=59), 30)] == [held[0]["key"]]
    new.close()


def test_nothing_of_a_person_and_no_key_is_in_the_file(db: Database, target: Path) -> None:
    fill(db)
    backup(db, target, NOW)
    with zipfile.ZipFile(target) as archive:
        everything = b"".join(archive.read(n) for n in archive.namelist())
    assert b"2025550143" not in everything
    assert b"for tests only" not in everything


def test_a_backup_never_replaces_a_file(db: Database, target: Path) -> None:
    target.write_bytes(b"x")
    with pytest.raises(ConfigProblem, match="exists"):
        backup(db, target, NOW)
    assert target.read_bytes() == b"x"


def test_a_target_that_is_not_empty_is_left_alone(db: Database, target: Path) -> None:
    fill(db)
    backup(db, target, NOW)
    before = rows(db)
    with pytest.raises(ConfigProblem, match="not empty"):
        restore(db, target, NOW)
    assert rows(db) == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off(db: Database, target: Path, tmp_path: Path, share: float) -> None:
    fill(db, 30)
    backup(db, target, NOW)
    target.write_bytes(target.read_bytes()[:int(target.stat().st_size * share)])
    new = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(ConfigProblem, match="no whole backup"):
        restore(new, target, NOW)
    assert not any(rows(new).values())
    new.close()


def test_a_file_in_which_rows_were_changed(db: Database, target: Path, tmp_path: Path) -> None:
    fill(db)
    backup(db, target, NOW)
    forged = tmp_path / "forged"
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"message"', b'"notice"') if name == "promises.jsonl" else old.read(name))
    other = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(ConfigProblem, match="manifest"):
        restore(other, forged, NOW)
    assert not any(rows(other).values()), "all or nothing"
    other.close()


def test_other_keys_are_noticed_before_anything_is_written(db: Database, target: Path, tmp_path: Path) -> None:
    fill(db)
    backup(db, target, NOW)
    for box, said in ((SecretBox(["another"]), "other keys"), (SecretBox(["new", "for tests only"], "another"), "hashed with another")):
        new = Database(f"sqlite:///{tmp_path / 'new.db'}", box)
        with pytest.raises(ConfigProblem, match=said):
            restore(new, target, NOW)
        new.close()


def test_a_backup_of_a_newer_program_is_refused(db: Database, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "HEAD", "9999")
    backup(db, target, NOW)
    new = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(ConfigProblem, match="9999"):
        restore(new, target, NOW)
    assert not any(rows(new).values())
    new.close()


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ivr.store import backup as backups, restore as restores
from ivr.store.db import Database
db, left = Database(sys.argv[2]), [int(sys.argv[4])]
def counted(original):
    def wrapped(*a, **k):
        left[0] -= 1
        if left[0] < 0: os.kill(os.getpid(), signal.SIGKILL)
        return original(*a, **k)
    return wrapped
backups._line = counted(backups._line)
restores._values = counted(restores._values)
act = backups.backup if sys.argv[1] == "backup" else restores.restore
act(db, Path(sys.argv[3]), datetime(2026, 3, 10, 15, tzinfo=UTC))
"""


def killed(act: str, url: str, file: Path, after_rows: int) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, act, url, str(file), str(after_rows)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_killed_in_the_middle_there_is_no_backup_and_no_half_restore(db_url: str, target: Path) -> None:
    db = Database(db_url)
    fill(db, 5)
    killed("backup", db_url, target, 8)
    assert not target.exists()
    backup(db, target, NOW)
    db.close()
    if db_url.startswith("sqlite"):
        empty = db_url.replace("ivr.db", "new.db")
    else:
        empty = servers.postgresql().new_database()
    killed("restore", empty, target, 8)
    new = Database(empty)
    assert not any(rows(new).values())
    assert restore(new, target, NOW).rows > 15, "and it can be done again"
    with new.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(metadata.tables["calls"])).scalar() == 5
    new.close()
    leftovers = [p for p in os.listdir(target.parent) if p.endswith(".part")]
    assert len(leftovers) <= 1, "what a kill leaves has another name than a backup"
