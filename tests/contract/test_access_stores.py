"""Users, sessions and the audit on every database: what is kept, what is refused, and that tampering is found and named."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ivr.access import totp
from ivr.access.audit import Audit
from ivr.access.desk import Access
from ivr.access.passwords import Cost, Passwords
from ivr.access.sign_in import NOBODY, Refused, TooMany
from ivr.access.users import NoSuchUser
from ivr.errors import MalformedRequest, Unavailable
from ivr.store import resealing
from ivr.store.backup import backup
from ivr.store.db import Database
from ivr.store.restore import restore
from ivr.store.retention import RULES
from ivr.store.schema_access import audit, audit_head, recovery_codes, staff_sessions, users
from ivr.store.sealed import SecretBox
from ivr.store.shared import Shared
from ivr.store.sql_shared import sql_shared

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
PASSWORD = "correct horse battery"
CHEAP = Cost(memory_kib=8, passes=1)


def access_of(db: Database, counters: Any = None, cost: Cost = CHEAP) -> Access:
    return Access(db, counters or sql_shared(db).counters, Passwords(cost))


@pytest.fixture
def access(db: Database) -> Access:
    made = access_of(db)
    made.staff.create("ana", "agent", PASSWORD, "cli:root", NOW)
    return made


def enter(access: Access, name: str = "ana", password: str = PASSWORD, code: str = "", now: datetime = NOW, address: str = "192.0.2.1",
          former: str = "") -> str:
    return access.door.sign_in(name, password, code, address, "Firefox", now, former=former).token


def with_codes(access: Access) -> tuple[bytes, list[str]]:
    access.account.begin_totp("ana", PASSWORD, NOW)
    secret = access.account.user("ana").totp_pending
    assert secret is not None
    return secret, access.account.confirm_totp("ana", totp.code_at(secret, totp.step_at(NOW)), NOW)


class TestUsers:
    def test_what_is_kept_is_sealed(self, db: Database, access: Access) -> None:
        secret, codes = with_codes(access)
        token = enter(access, code=codes[0])
        access.staff.set_phone("ana", "+12025550180", "cli:root", NOW)
        with db.read() as c:
            everything = repr([c.execute(t.select()).all() for t in (users, recovery_codes, staff_sessions, audit, audit_head)])
        assert access.users.get("ana").phone.reveal() == "+12025550180"
        for hidden in ("2025550180", PASSWORD, "$argon2", token, codes[1], "192.0.2.1", "Firefox", repr(secret)[2:-1]):
            assert hidden not in everything
        assert access.users.get("ana").password.startswith("$argon2id$")

    def test_a_name_is_given_once(self, access: Access) -> None:
        with pytest.raises(MalformedRequest, match="already"):
            access.staff.create("Ana ", "viewer", PASSWORD, "cli:root", NOW)
        with pytest.raises(MalformedRequest, match="no role"):
            access.staff.create("eve", "root", PASSWORD, "cli:root", NOW)
        with pytest.raises(NoSuchUser):
            access.staff.set_role("eve", "admin", "cli:root", NOW)
        assert [u.name for u in access.users.all()] == ["ana"]
        assert access.audit.verify().entries == 1, "what was refused left no entry"

    def test_every_change_ends_the_sessions_and_is_recorded(self, access: Access) -> None:
        for change in (lambda: access.staff.set_role("ana", "supervisor", "cli:root", NOW, "promoted"),
                       lambda: access.staff.set_password("ana", PASSWORD, "cli:root", NOW),
                       lambda: access.staff.take_totp_away("ana", "cli:root", NOW),
                       lambda: access.staff.end_sessions("ana", "cli:root", NOW),
                       lambda: access.staff.set_disabled("ana", True, "cli:root", NOW)):
            token = enter(access)
            assert access.sessions.get(token, NOW) is not None
            change()
            assert access.sessions.get(token, NOW) is None
        with pytest.raises(Refused):
            enter(access)
        access.staff.set_disabled("ana", False, "cli:root", NOW)
        enter(access)
        entries = [e for e, _, _ in access.audit.entries() if e is not None]
        assert [e.act for e in entries if e.who == "cli:root"] == [
            "user.created", "user.role", "user.password", "user.totp", "session.ended", "user.disabled", "user.enabled"]
        role = next(e for e in entries if e.act == "user.role")
        assert (role.before, role.after, role.why) == ("agent", "supervisor", "promoted")


class TestSignIn:
    def test_a_session_begins(self, access: Access) -> None:
        session = access.sessions.get(enter(access, " ANA "), NOW)
        assert (session.name, session.role, session.address, session.browser) == ("ana", "agent", "192.0.2.1", "Firefox")

    def test_every_refusal_says_the_same_and_computes_the_same(self, access: Access) -> None:
        """Unknown name, wrong password, disabled user, missing and wrong code, names that cannot be: one hash each, one entry each."""
        access.staff.create("dis", "agent", PASSWORD, "cli:root", NOW)
        access.staff.set_disabled("dis", True, "cli:root", NOW)
        with_codes(access)
        said = set()
        for name, password, code in (("eve", PASSWORD, ""), ("ana", "wrong", ""), ("dis", PASSWORD, ""), ("dis", "wrong", ""),
                                     ("ana", PASSWORD, ""), ("ana", PASSWORD, "000000"), ("", "", ""), ("no name", "x" * 5000, "x" * 5000),
                                     ("a\0b", "\0", "\0"), ("\ud800", "\u00e9", "\u0661\u0662\u0663\u0664\u0665\u0666")):
            hashes, entries = access.passwords.computed, access.audit.verify().entries
            with pytest.raises(Refused) as refused:
                access.door.sign_in(name, password, code, "192.0.2.1", "x", NOW)
            said.add(str(refused.value))
            assert access.passwords.computed == hashes + 1, name
            assert access.audit.verify().entries == entries + 1, name
        assert len(said) == 1

    def test_a_name_that_nobody_has_is_not_written_down(self, access: Access) -> None:
        with pytest.raises(Refused):
            access.door.sign_in("my-secret-password", "x", "", "192.0.2.1", "x", NOW)
        newest = access.audit.newest(1)[0]
        assert (newest.who, newest.act, newest.what) == (NOBODY, "session.refused", NOBODY)

    def test_tries_are_counted_by_name_known_or_not(self, access: Access) -> None:
        for name in ("ana", "eve"):
            for n in range(10):
                with pytest.raises(Refused):
                    enter(access, name, "wrong", address=f"192.0.2.{n}")
            hashes = access.passwords.computed
            with pytest.raises(TooMany):
                enter(access, name, address="192.0.2.99")
            assert access.passwords.computed == hashes, "what is not looked at costs nothing"
        enter(access, now=NOW + timedelta(minutes=31))

    def test_tries_are_counted_by_address(self, access: Access) -> None:
        for n in range(50):
            with pytest.raises(Refused):
                enter(access, f"user{n}", "wrong")
        with pytest.raises(TooMany):
            enter(access)
        enter(access, address="192.0.2.2")

    def test_a_day_of_patience_does_not_help(self, access: Access) -> None:
        looked_at = 0
        for n in range(24 * 4 * 5):
            try:
                enter(access, password="wrong", now=NOW + timedelta(minutes=3 * n), address=f"192.0.2.{n % 200}")
            except Refused:
                looked_at += 1
            except TooMany:
                pass
        assert looked_at <= 51

    def test_who_signs_in_well_is_not_counted(self, access: Access) -> None:
        for _ in range(60):
            enter(access)

    def test_what_cannot_be_counted_is_refused(self, db: Database, access: Access) -> None:
        class Away:
            def add(self, *_: Any, **__: Any) -> int:
                raise Unavailable("no counters")

        with pytest.raises(Unavailable):
            enter(access_of(db, Away()))

    def test_counters_of_every_store(self, db: Database, access: Access, shared: Shared) -> None:
        there = access_of(db, shared.counters)
        for _ in range(10):
            with pytest.raises(Refused):
                enter(there, password="wrong")
        with pytest.raises(TooMany):
            enter(there)

    def test_the_session_before_ends(self, access: Access) -> None:
        first = enter(access)
        second = enter(access, former=access.sessions.get(first, NOW).id)
        assert second != first
        assert access.sessions.get(first, NOW) is None
        assert access.sessions.get(second, NOW) is not None

    def test_a_password_is_hashed_anew_when_the_parameters_change(self, db: Database, access: Access) -> None:
        before = access.users.get("ana")
        newer = access_of(db, cost=Cost(memory_kib=16, passes=2))
        enter(newer)
        after = newer.users.get("ana")
        assert "m=16,t=2" in after.password
        assert after.password_at == before.password_at, "it is the same password"
        enter(newer)
        assert newer.users.get("ana").password == after.password


class TestCodes:
    def test_with_codes_the_password_alone_lets_nobody_in(self, access: Access) -> None:
        secret, codes = with_codes(access)
        for code in ("", "12345", totp.code_at(secret, totp.step_at(NOW))):
            with pytest.raises(Refused):
                enter(access, code=code)  # the last one was taken when it was confirmed
        later = NOW + timedelta(seconds=30)
        code = totp.code_at(secret, totp.step_at(later))
        enter(access, code=f" {code[:3]} {code[3:]}", now=later)
        with pytest.raises(Refused):
            enter(access, code=code, now=later)

    def test_two_who_come_with_one_code(self, db: Database, access: Access) -> None:
        secret, _ = with_codes(access)
        later = NOW + timedelta(seconds=60)
        code, results = totp.code_at(secret, totp.step_at(later)), []

        def come() -> None:
            try:
                enter(access, code=code, now=later)
                results.append("in")
            except Refused:
                results.append("out")

        _together(come, 4)
        assert sorted(results) == ["in", "out", "out", "out"]

    def test_a_recovery_code_is_for_once(self, access: Access) -> None:
        _, codes = with_codes(access)
        signed = access.door.sign_in("ana", PASSWORD, codes[3].lower(), "192.0.2.1", "x", NOW)
        assert signed.recovery_codes_left == 9
        with pytest.raises(Refused):
            enter(access, code=codes[3])

    def test_codes_end_with_the_password(self, access: Access) -> None:
        _, codes = with_codes(access)
        with pytest.raises(Refused):
            access.account.end_totp("ana", "wrong", NOW)
        access.account.end_totp("ana", PASSWORD, NOW)
        assert access.users.recovery_codes_left("ana") == 0
        enter(access)

    def test_what_is_being_set_up_lets_nobody_out_or_in(self, access: Access) -> None:
        access.account.begin_totp("ana", PASSWORD, NOW)
        enter(access)
        with pytest.raises(Refused):
            access.account.confirm_totp("ana", "000000", NOW)
        access.account.drop_pending("ana")
        with pytest.raises(MalformedRequest):
            access.account.confirm_totp("ana", "000000", NOW)


class TestSessions:
    def test_nobody_at_the_screen(self, access: Access) -> None:
        access.staff.create("eda", "editor", PASSWORD, "cli:root", NOW)
        for name, idle in (("ana", timedelta(minutes=15)), ("eda", timedelta(hours=8))):
            token = enter(access, name)
            assert access.sessions.get(token, NOW + idle - timedelta(seconds=1), counts=False) is not None
            assert access.sessions.get(token, NOW + idle) is None
            assert access.sessions.get(token, NOW) is None, "it is gone, not only hidden"

    def test_somebody_at_the_screen_until_the_day_is_over(self, access: Access) -> None:
        token, now = enter(access), NOW
        while (now := now + timedelta(minutes=14)) - NOW < timedelta(hours=12):
            assert access.sessions.get(token, now) is not None
        assert access.sessions.get(token, now) is None

    def test_a_screen_that_asks_by_itself_is_nobody(self, access: Access) -> None:
        token = enter(access)
        for minute in range(15):
            assert access.sessions.get(token, NOW + timedelta(minutes=minute), counts=False) is not None
        assert access.sessions.get(token, NOW + timedelta(minutes=15), counts=False) is None

    def test_a_role_that_was_taken_away_is_away_at_once(self, db: Database, access: Access) -> None:
        token = enter(access)
        with db.write() as c:
            access.users.set_role(c, "ana", "viewer")
        assert access.sessions.get(token, NOW).role == "viewer"
        with db.write() as c:
            access.users.set_disabled(c, "ana", True)
        assert access.sessions.get(token, NOW) is None

    @pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "\u0661" * 43, "' OR 1=1 --" * 4])
    def test_what_is_no_token(self, access: Access, token: str) -> None:
        enter(access)
        assert access.sessions.get(token, NOW) is None

    def test_listed_and_ended(self, access: Access) -> None:
        access.staff.create("eda", "editor", PASSWORD, "cli:root", NOW)
        first, second, other = enter(access), enter(access, now=NOW + timedelta(minutes=1)), enter(access, "eda")
        listed = access.sessions.of("ana", NOW + timedelta(minutes=1))
        assert [s.begun_at for s in listed] == [NOW + timedelta(minutes=1), NOW]
        assert access.account.end_sessions("eda", NOW, only=listed[0].id) == 0, "somebody else's"
        assert access.account.end_sessions("ana", NOW, but=listed[0].id) == 1
        assert [access.sessions.get(t, NOW) is None for t in (first, second, other)] == [True, False, False]

    def test_another_password_ends_all_and_gives_a_new_one(self, access: Access) -> None:
        one, two = enter(access), enter(access)
        mine = access.sessions.get(one, NOW)
        with pytest.raises(Refused):
            access.account.change_password("ana", "wrong", "a new and longer one", mine, NOW)
        with pytest.raises(MalformedRequest):
            access.account.change_password("ana", PASSWORD, "short", mine, NOW)
        third = access.account.change_password("ana", PASSWORD, "a new and longer one", mine, NOW)
        assert [access.sessions.get(t, NOW) is None for t in (one, two, third)] == [True, True, False]

    def test_a_stolen_session_is_no_way_to_guess_the_password(self, access: Access) -> None:
        mine = access.sessions.get(enter(access), NOW)
        for _ in range(10):
            with pytest.raises(Refused):
                access.account.change_password("ana", "wrong", "a new and longer one", mine, NOW)
        with pytest.raises(TooMany):
            access.account.change_password("ana", PASSWORD, "a new and longer one", mine, NOW)

    def test_old_ones_are_purged(self, db: Database, access: Access) -> None:
        enter(access)
        rule = next(r for r in RULES if r.name == "sessions of staff")
        for hours, left in ((12, 1), (13, 0)):
            with db.read() as c:
                old = rule.where((NOW + timedelta(hours=hours)).isoformat())
                count = c.execute(sa.select(sa.func.count()).select_from(staff_sessions).where(~old)).scalar_one()
            assert count == left


class TestAudit:
    def written(self, db: Database, count: int = 12) -> Audit:
        record = Audit(db)
        for n in range(count):
            with db.write() as c:
                record.note(c, "ana", "test.done", f"thing {n}", NOW, before=n, after={"n": n + 1, "ñ": [None, True]}, why=f"reason {n}")
        return record

    def test_it_is_whole_and_comes_back_as_it_was(self, db: Database) -> None:
        record = self.written(db)
        assert record.verify().is_whole
        entries = [e for e, _, _ in record.entries()]
        assert [e.seq for e in entries] == list(range(1, 13))
        assert entries[4].after == {"n": 5, "ñ": [None, True]}
        assert record.verify(record.head()).is_whole

    def test_no_deed_no_entry(self, db: Database) -> None:
        record = self.written(db, 2)
        with pytest.raises(RuntimeError), db.write() as c:
            record.note(c, "ana", "test.done", "x", NOW)
            raise RuntimeError
        assert record.verify().entries == 2
        with db.write() as c:
            assert record.note(c, "ana", "test.done", "x", NOW) == 3

    @pytest.mark.parametrize(("column", "value"), [
        ("at", "2026-03-10T14:05:01.000000+00:00"), ("who", "eve"), ("act", "test.undone"), ("what", "another thing"), ("detail", b"{}"),
        ("detail", b""), ("detail", b'{"before":6,"after":null,"why":""}'), ("seal", "0" * 64)])
    def test_any_column_of_any_row(self, db: Database, column: str, value: object) -> None:
        record = self.written(db)
        with db.write() as c:
            c.execute(audit.update().where(audit.c.seq == 7).values({column: value}))
        found = record.verify()
        assert (found.at, found.what, found.entries) == (7, "changed", 6)

    def test_detail_of_another_row(self, db: Database) -> None:
        record = self.written(db)
        with db.write() as c:
            detail = c.execute(sa.select(audit.c.detail).where(audit.c.seq == 3)).scalar_one()
            c.execute(audit.update().where(audit.c.seq == 7).values(detail=detail))
        assert (record.verify().at, record.verify().what) == (7, "changed")

    @pytest.mark.parametrize("seq", [1, 7, 12])
    def test_a_row_that_is_gone(self, db: Database, seq: int) -> None:
        record = self.written(db)
        with db.write() as c:
            c.execute(audit.delete().where(audit.c.seq == seq))
        assert (record.verify().at, record.verify().what) == (seq, "removed")

    @pytest.mark.parametrize("seq", [13, 99, 0, -1])
    def test_a_row_that_was_put_in(self, db: Database, seq: int) -> None:
        record = self.written(db)
        with db.write() as c:
            row = dict(c.execute(sa.select(audit).where(audit.c.seq == 12)).mappings().one())
            c.execute(audit.insert(), {**row, "seq": seq})
        assert (record.verify().at, record.verify().what) == (seq, "added")

    def test_everything_is_gone(self, db: Database, access: Access) -> None:
        with db.write() as c:
            c.execute(audit.delete())
        assert (access.audit.verify().at, access.audit.verify().what) == (1, "removed")
        with db.write() as c:
            c.execute(audit_head.delete())
        assert (access.audit.verify().at, access.audit.verify().what) == (1, "removed")

    def test_the_head_was_changed(self, db: Database) -> None:
        record = self.written(db)
        noted = record.head()
        with db.write() as c:
            seal = c.execute(sa.select(audit.c.seal).where(audit.c.seq == 11)).scalar_one()
            c.execute(audit.delete().where(audit.c.seq == 12))
            c.execute(audit_head.update().values(seq=11, seal=seal))
        assert record.verify().what == "head"
        assert record.verify(noted).what == "head"

    def test_many_at_once(self, db: Database) -> None:
        record = Audit(db)

        def write() -> None:
            for _ in range(10):
                with db.write() as c:
                    record.note(c, "ana", "test.done", "x", NOW)

        _together(write, 4)
        assert record.verify().is_whole
        assert record.verify().entries == 40

    def test_other_keys_for_the_data_leave_it_whole(self, db: Database) -> None:
        record = self.written(db)
        db.box = SecretBox(["new", "for tests only"])
        assert record.verify().is_whole
        resealing.reseal(db, NOW)
        assert record.verify().is_whole
        db.box = SecretBox(["new"], "for tests only")
        assert record.verify().is_whole

    def test_it_is_whole_after_a_restore_and_nobody_is_signed_in(self, db: Database, access: Access, tmp_path: Path) -> None:
        token = enter(access)
        backup(db, tmp_path / "b", NOW)
        fresh = Database(f"sqlite:///{tmp_path / 'restored.db'}")
        restore(fresh, tmp_path / "b", NOW)
        there = access_of(fresh)
        assert there.audit.verify(access.audit.head()).is_whole
        assert there.sessions.get(token, NOW) is None
        enter(there)
        fresh.close()


def _together(work: Any, count: int) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
