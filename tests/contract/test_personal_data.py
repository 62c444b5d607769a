"""Sealing, retention, export and erasure, key rotation: what is kept about people, on every database."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from ivr.config import Settings
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.errors import ConfigProblem
from ivr.runtime.data_keys import check_index_key
from ivr.sensitive import Sensitive
from ivr.store import data_map, resealing
from ivr.store.about_person import AboutPerson
from ivr.store.calls import Answer, Calls, LoggedEvent
from ivr.store.consent import Consents, Entry
from ivr.store.data_log import DataLog
from ivr.store.db import Database
from ivr.store.links import Links
from ivr.store.persons import Persons, identifier
from ivr.store.pinned import PinnedBundles
from ivr.store.promises import NewPromise, Promises
from ivr.store.retention import days_of, purge
from ivr.store.sealed import SecretBox
from ivr.store.tables import metadata

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
ANA, BEN, RECEIPT = "+12025550143", "+12025550177", "EAC9999999999"
DAYS = days_of(Settings())


def call(db: Database, call_id: str, number: str, at: datetime = NOW, *, status: str = "ended", **slots: str) -> None:
    calls, persons = Calls(db), Persons(db)
    session = dataclasses.replace(sessions.fresh(call_id, "h"), status=status, version=1, caller_number=Sensitive(number),
                                  slots={k: Sensitive(v) for k, v in slots.items()})
    with db.write() as c:
        calls.insert(c, session, at)
        calls.append(c, call_id, 1, [LoggedEvent(at, ev.SpeechHeard(1, Sensitive(f"I am at {number}")), True)])
        calls.answer(c, call_id, Answer(f"start:{call_id}", f"<Say>{number}</Say>"), at)
        persons.note_turn(c, None, session, at)


def promise(db: Database, key: str, call_id: str, to: str, at: datetime = NOW, state: str = "due") -> None:
    promises = Promises(db)
    with db.write() as c:
        promises.insert(c, NewPromise(key, "message", "sms", call_id, {"to": to, "text": "hello"}, at, at + timedelta(days=1)), at)
        c.execute(metadata.tables["promises"].update().where(metadata.tables["promises"].c.key == key).values(state=state))


def count(db: Database, table: str) -> int:
    with db.read() as c:
        return c.execute(sa.select(sa.func.count()).select_from(metadata.tables[table])).scalar_one()


class TestMap:
    def test_every_column_has_a_class_and_says_how_it_is_protected(self) -> None:
        """A new column? Say in ivr/store/data_map.py what it holds: plain, sealed or index; and ask yourself which."""
        assert data_map.TABLES.keys() == metadata.tables.keys()
        for name, table in metadata.tables.items():
            data = data_map.TABLES[name]
            assert sorted(c.name for c in table.columns) == sorted(f"{data.plain} {data.sealed} {data.index}".split()), name
            assert data.data_class in data_map.CLASSES

    def test_what_is_sealed_can_hold_it_and_bytes_are_sealed_or_bundles(self) -> None:
        for name, table in metadata.tables.items():
            sealed = {c.name for c in table.columns if isinstance(c.type, sa.LargeBinary)}
            if data_map.TABLES[name].data_class != "bundles":
                assert sealed == set(data_map.TABLES[name].sealed.split()), name

    def test_the_reference_page_is_drawn_from_it(self) -> None:
        page = Path(__file__).parent.parent.parent / "docs/reference/data.md"
        assert page.read_text() == data_map.reference_markdown(), "ivr data map > docs/reference/data.md"


class TestSealing:
    def test_nothing_said_lies_in_the_database_in_the_clear(self, db: Database, tmp_path: Path) -> None:
        call(db, "CA1", ANA, case=RECEIPT)
        promise(db, "message:CA1:1", "CA1", ANA)
        Consents(db).change(Entry(ANA, "sms", "revoked", "sms"), NOW)
        with db.write() as c:
            Links(db).make(c, "unsubscribe", ANA, NOW + timedelta(days=1), NOW)
        with db.read() as c:
            everything = repr([c.execute(t.select()).all() for t in metadata.sorted_tables])
        for secret in ("2025550143", RECEIPT):
            assert secret not in everything
        for file in tmp_path.iterdir():
            assert b"2025550143" not in file.read_bytes(), file.name

    def test_what_was_written_before_there_were_keys_is_read_and_sealed_by_rotation(self, db: Database) -> None:
        call(db, "CA1", ANA)
        plain = db.box.open(_value(db, "calls", "state"), "calls.state")
        with db.write() as c:
            c.execute(metadata.tables["calls"].update().values(state=plain))
        assert Calls(db).load("CA1").session.caller_number == ANA
        assert resealing.left(db) == {"calls.state": 1}
        resealing.reseal(db, NOW)
        assert db.box.is_current(_value(db, "calls", "state"))


def _value(db: Database, table: str, column: str) -> bytes:
    with db.read() as c:
        return c.execute(sa.select(metadata.tables[table].c[column])).scalars().first()


class TestRotation:
    def test_everything_is_sealed_anew_and_the_former_key_may_go(self, db_url: str) -> None:
        old = Database(db_url, SecretBox(["first"]))
        check_index_key(old)
        for n in range(7):
            call(old, f"CA{n}", ANA)
        promise(old, "message:CA1:1", "CA1", ANA)
        old.close()
        both = Database(db_url, SecretBox(["second", "first"]))
        check_index_key(both)
        assert sum(resealing.left(both).values()) == 7 * 3 + 1
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(resealing, "BATCH", 3)
            done = resealing.reseal(both, NOW)
        assert done["events.body"] == 7
        assert resealing.left(both) == {}
        assert sum(resealing.reseal(both, NOW).values()) == 0, "nothing left to do"
        both.close()
        new = Database(db_url, SecretBox(["second"], "first"))
        check_index_key(new)
        assert Calls(new).load("CA1", "start:CA1").answer == f"<Say>{ANA}</Say>"
        assert Persons(new).calls_of([ANA])[:2] == ["CA0", "CA1"], "indexes survive"
        new.close()

    def test_a_turn_that_writes_meanwhile_wins(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """A row is locked while it is sealed, so that what it held is never put back over what a turn wrote."""
        call(db, "CA1", ANA, status="live")
        newer = dataclasses.replace(Calls(db).load("CA1").session, version=2, turn=5)
        with db.write() as c:
            Calls(db).update(c, newer, 1, NOW)
        resealing.reseal(db, NOW)
        assert Calls(db).load("CA1").session == newer

    def test_losing_the_index_key_is_noticed(self, db_url: str) -> None:
        first = Database(db_url, SecretBox(["first"]))
        check_index_key(first)
        first.close()
        second = Database(db_url, SecretBox(["second"]))
        with pytest.raises(ConfigProblem, match="hashed with another key"):
            check_index_key(second)
        second.close()


class TestPersons:
    @pytest.mark.parametrize(("said", "form"), [
        ("+1 (202) 555-0143", ("phone", ANA)), ("Ana@Example.org ", ("email", "ana@example.org")),
        ("eac 999 999 9999", ("receipt", RECEIPT)),
        ("A-123456789", ("alien", "A123456789")), ("yes", None), ("2026-03-10", None), ("90210", None), ("", None)])
    def test_one_form_for_every_spelling(self, said: str, form: tuple[str, str] | None) -> None:
        assert identifier(said) == form

    def test_a_call_is_found_by_everything_said_in_it(self, db: Database) -> None:
        call(db, "CA1", ANA, case=RECEIPT, email="ana@example.org")
        call(db, "CA2", BEN, case=RECEIPT)
        persons = Persons(db)
        assert persons.calls_of(["+1 202 555 0143"]) == ["CA1"]
        assert persons.calls_of(["eac-9999999999"]) == ["CA1", "CA2"]
        assert persons.calls_of(["ana@example.org", BEN]) == ["CA1", "CA2"]
        assert persons.calls_of(["+12025550100", "nobody"]) == []

    def test_what_was_said_before_costs_nothing_and_may_come_again(self, db: Database) -> None:
        call(db, "CA1", ANA)
        persons, session = Persons(db), Calls(db).load("CA1").session
        with_case = dataclasses.replace(session, slots={"case": Sensitive(RECEIPT)})
        with db.write() as c:
            persons.note_turn(c, session, with_case, NOW)
            persons.note_turn(c, with_case, session, NOW)
            persons.note_turn(c, session, with_case, NOW)
        assert count(db, "persons") == 2


class TestErasure:
    def test_everything_about_one_person_and_nothing_about_another(self, db: Database) -> None:
        forgotten: list[str] = []
        call(db, "CA1", ANA, case=RECEIPT)
        call(db, "CA2", BEN)
        promise(db, "message:CA1:1", "CA1", ANA, state="done")
        promise(db, "message:CA2:1", "CA2", BEN, state="done")
        with db.write() as c:
            Links(db).make(c, "unsubscribe", ANA, NOW + timedelta(days=1), NOW)
        about = AboutPerson(db, forgotten.append)
        shown = about.export([ANA], NOW)
        assert [c["call_id"] for c in shown["calls"]] == ["CA1"]
        assert shown["calls"][0]["events"][0]["event"]["text"] == f"I am at {ANA}"
        assert shown["promises"][0]["payload"]["to"] == ANA
        done = about.erase(["+1 202 555 0143"], NOW, "request 7")
        assert (done.calls, done.promises, done.stays) == (1, 1, [])
        assert forgotten == ["CA1"]
        assert about.export([ANA, RECEIPT], NOW) == {"calls": [], "promises": [], "consent": []}
        assert count(db, "links") == 0
        assert len(about.export([BEN], NOW)["calls"]) == 1
        assert len(about.export([BEN], NOW)["promises"]) == 1
        entry = next(e for e in DataLog(db).entries() if e["act"] == "erased")
        assert (entry["count"], entry["why"]) == (done.rows, "request 7")
        assert ANA not in repr(DataLog(db).entries())

    def test_what_has_to_stay_stays_and_is_said(self, db: Database) -> None:
        call(db, "CA1", ANA, status="live")
        promise(db, "callback:CA1:1", "CA1", ANA, state="waiting")
        Consents(db).change(Entry(ANA, "sms", "revoked", "sms"), NOW)
        done = AboutPerson(db).erase([ANA], NOW + timedelta(minutes=5))
        assert done.rows == 0
        assert [s.split(":")[0] for s in done.stays[:2]] == ["1 call is going on", "1 promise is still to be kept"]
        assert Consents(db).revoked(ANA, "sms"), "a no is honoured whatever is erased"
        later = AboutPerson(db).erase([ANA], NOW + timedelta(hours=2))
        assert later.calls == 1, "a call that has not gone on for an hour is over"


class TestRetention:
    def test_each_class_at_its_own_time(self, db: Database) -> None:
        call(db, "CA1", ANA)
        promise(db, "message:CA1:1", "CA1", ANA, state="done")
        promise(db, "callback:CA1:2", "CA1", ANA, state="waiting")
        Consents(db).change(Entry(ANA, "sms", "revoked", "sms"), NOW)
        Consents(db).change(Entry(ANA, "sms", "resumed", "sms"), NOW + timedelta(days=1))

        def after(days: float) -> dict[str, int]:
            return {k: v for k, v in purge(db, NOW + timedelta(days=days, seconds=1), DAYS).items() if v and k != "proof"}

        assert after(6.9) == {}
        assert after(7) == {"answers": 1}
        assert after(90) == {"calls": 1}
        assert (count(db, "events"), count(db, "persons"), count(db, "calls")) == (0, 0, 0)
        assert after(400) == {"promises": 1}
        assert [p["key"] for p in Promises(db).all()] == ["callback:CA1:2"], "what is still to be done stays"
        assert after(1830) == {"consent": 1}
        assert after(9999) == {}, "the last word stays for ever"
        assert count(db, "consents") == 1

    def test_it_says_what_it_would_do_and_proves_what_it_did(self, db: Database) -> None:
        for n in range(5):
            call(db, f"CA{n}", ANA)
        would = purge(db, NOW + timedelta(days=91), DAYS, dry_run=True)
        assert (would["calls"], count(db, "calls")) == (5, 5)
        assert DataLog(db).entries() == []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ivr.store.retention.BATCH", 2)
            steps: list[None] = []
            did = purge(db, NOW + timedelta(days=91), DAYS, progress=lambda: steps.append(None))
        assert did["calls"] == 5
        assert len(steps) >= 3, "in small transactions"
        proof = [e for e in DataLog(db).entries() if e["what"] == "calls"]
        assert sum(e["count"] for e in proof) == 5
        assert all((e["act"] == "purged" and e["why"] == "older than 2026-03-10") or e["why"] == "older than 2026-03-11" for e in proof)

    def test_a_bundle_stays_while_anything_uses_it(self, db: Database) -> None:
        pinned = PinnedBundles(db)
        for name in ("h", "unused", "published", "live"):
            pinned.keep(name, "x", {"bundle.yaml": b"x"}, NOW)
        call(db, "CA1", ANA, NOW + timedelta(days=399))
        with db.write() as c:
            c.execute(metadata.tables["versions"].insert(), {"bundle_id": "x", "hash": "published", "kind": "publish", "percent": 100,
                                                             "author": "eva", "reason": "r", "at": NOW.isoformat()})
            c.execute(metadata.tables["pointers"].insert(), {"bundle_id": "x", "revision": 1, "hash": "live"})
        assert purge(db, NOW + timedelta(days=400), DAYS)["bundles"] == 1
        assert pinned.files("unused") is None
        assert all(pinned.files(name) for name in ("h", "published", "live"))

    def test_things_with_an_end_of_their_own_go_at_it(self, db: Database) -> None:
        from ivr.store.sql_shared import SqlCounters, SqlLocks, SqlPresence

        SqlCounters(db).add("k", 60, NOW)
        SqlLocks(db).take("x", 60, NOW)
        SqlPresence(db).seen("r", "m", 60, NOW)
        assert sum(purge(db, NOW + timedelta(seconds=30), DAYS).values()) == 0
        done = purge(db, NOW + timedelta(seconds=200), DAYS)
        assert (done["counters"], done["locks"], done["presence"]) == (1, 1, 1)
