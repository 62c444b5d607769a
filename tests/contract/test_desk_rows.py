"""What staff noted, on every database: written once, sealed, found again, and gone with the person, the call and the promise."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from ivr.sensitive import Sensitive
from ivr.store import resealing
from ivr.store.about_person import AboutPerson
from ivr.store.db import Database
from ivr.store.desk_rows import DeskRows, Noted
from ivr.store.persons import Persons
from ivr.store.promises import ROUTINE, URGENT, NewPromise, Promises
from ivr.store.retention import purge
from ivr.store.schema_desk import promise_notes, wrap_ups
from ivr.store.sealed import SecretBox
from tests.contract.test_personal_data import ANA, BEN, DAYS, NOW, call, count

SECRET = "her sister is Eva"


def noted(disposition: str = "resolved", note: str = SECRET, agent: str = "ana") -> Noted:
    return Noted(agent, disposition, Sensitive(note))


def wrap_up(db: Database, call_id: str, what: Noted) -> bool:
    with db.write() as connection:
        return DeskRows(db).wrap_up(connection, call_id, what, NOW)


def callback(db: Database, key: str, call_id: str, to: str, state: str = "waiting") -> None:
    with db.write() as connection:
        Promises(db).insert(connection, NewPromise(key, "callback", "routine", call_id, {"numbers": [to]}, NOW, NOW, state, "R"), NOW)
        DeskRows(db).note_promise(connection, key, noted(), NOW)


def test_a_wrap_up_is_written_once_however_often_it_is_sent(db: Database) -> None:
    sent = [noted(), noted(), noted(agent="ben"), noted(), noted("link_sent"), noted("link_sent"), noted()]
    assert [wrap_up(db, "CA1", each) for each in sent] == [True, False, True, False, True, False, True]
    with db.read() as connection:
        assert [(n.agent, n.disposition, n.note.reveal()) for n in DeskRows(db).wrap_ups_on(connection, "CA1")] == [
            ("ana", "resolved", SECRET), ("ben", "resolved", SECRET), ("ana", "link_sent", SECRET), ("ana", "resolved", SECRET)]
    assert DeskRows(db).dispositions(["CA1", "CA2"]) == {"CA1": "resolved"}


def test_words_of_staff_are_sealed_and_bound_to_their_column(db: Database) -> None:
    wrap_up(db, "CA1", noted())
    callback(db, "callback:CA1:1", "CA1", ANA)
    with db.read() as connection:
        rows = [connection.execute(sa.select(table.c.note)).scalar_one() for table in (wrap_ups, promise_notes)]
    for note, context in zip(rows, ("wrap_ups.note", "promise_notes.note"), strict=True):
        assert SECRET.encode() not in bytes(note)
        assert db.box.open(bytes(note), context).decode() == SECRET
    assert SECRET not in repr(noted())


def test_a_new_key_takes_them_along(db: Database) -> None:
    db.box = SecretBox(["old"], "for tests only")
    wrap_up(db, "CA1", noted())
    callback(db, "callback:CA1:1", "CA1", ANA)
    db.box = SecretBox(["new", "old"], "for tests only")
    done = resealing.reseal(db, NOW)
    assert (done["wrap_ups.note"], done["promise_notes.note"]) == (1, 1)
    db.box = SecretBox(["new"], "for tests only")
    with db.read() as connection:
        assert DeskRows(db).wrap_ups_on(connection, "CA1")[0].note.reveal() == SECRET


def test_calls_before_are_found_by_the_hash_of_the_number(db: Database) -> None:
    for n, number in enumerate((ANA, BEN, ANA, ANA)):
        call(db, f"CA{n}", number, NOW + timedelta(minutes=n))
    person = Persons(db).index(ANA)
    assert person is not None
    assert [c for c, _ in DeskRows(db).calls_before("CA3", person, 10)] == ["CA2", "CA0"]
    assert [c for c, _ in DeskRows(db).calls_before("CA3", person, 1)] == ["CA2"]


def test_what_there_is_to_work_on_urgent_first_then_in_order(db: Database) -> None:
    for n in range(4):
        with db.write() as connection:
            Promises(db).insert(connection, NewPromise(f"k{n}", "callback", "routine", "CA1", {"numbers": [ANA]}, NOW, NOW, "waiting", "",
                                                       priority=URGENT if n == 3 else ROUTINE), NOW + timedelta(minutes=n))
    rows = DeskRows(db)
    first = [r["key"] for r in rows.to_work_on(("callback",), ("waiting",), 10)]
    assert first == ["k3", "k0", "k1", "k2"]
    assert rows.to_work_on(("callback",), ("open",), 10) == []
    with db.read() as connection:
        assert rows.belongs_to(connection, "k1", ANA)
        assert not rows.belongs_to(connection, "k1", BEN)


class TestTheEnd:
    def test_erasing_a_person_takes_what_was_noted_about_them(self, db: Database) -> None:
        for call_id, number in (("CA1", ANA), ("CA2", BEN)):
            call(db, call_id, number)
            wrap_up(db, call_id, noted())
            callback(db, f"callback:{call_id}:1", call_id, number, "done")
        shown = AboutPerson(db).export([ANA], NOW)
        assert shown["calls"][0]["wrap_ups"] == [{"at": NOW.isoformat(), "agent": "ana", "disposition": "resolved", "note": SECRET}]
        assert shown["promises"][0]["notes"][0]["note"] == SECRET
        AboutPerson(db).erase([ANA], NOW)
        with db.read() as connection:
            assert connection.execute(sa.select(wrap_ups.c.call_id)).scalars().all() == ["CA2"]
            assert connection.execute(sa.select(promise_notes.c.key)).scalars().all() == ["callback:CA2:1"]

    @pytest.mark.parametrize("has_call", [True, False])
    def test_a_wrap_up_goes_with_its_call_or_alone_when_there_is_none(self, db: Database, has_call: bool) -> None:
        if has_call:
            call(db, "CA1", ANA)
        wrap_up(db, "CA1", noted())
        purge(db, NOW + timedelta(days=DAYS["calls"] - 1), DAYS)
        assert count(db, "wrap_ups") == 1
        purge(db, NOW + timedelta(days=DAYS["calls"] + 1), DAYS)
        assert count(db, "wrap_ups") == 0

    def test_a_note_goes_with_its_promise(self, db: Database) -> None:
        callback(db, "k1", "CA1", ANA, "done")
        callback(db, "k2", "CA1", ANA, "waiting")
        purge(db, NOW + timedelta(days=DAYS["promises"] + 1), DAYS)
        with db.read() as connection:
            assert connection.execute(sa.select(promise_notes.c.key)).scalars().all() == ["k2"], "what is still to be done stays"
