"""What the stores of contact promise, on SQLite and on PostgreSQL: consent, counters, links, statuses, alarms."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from ivr.contact.caps import Limits, for_text
from ivr.errors import Conflict
from ivr.store import retention
from ivr.store.alarms import Alarms
from ivr.store.consent import Consents, Entry
from ivr.store.contact_counters import ContactCounters
from ivr.store.data_map import CLASSES
from ivr.store.db import Database
from ivr.store.links import Links
from ivr.store.message_statuses import MessageStatuses, Unreachable
from ivr.store.schema_contact import consents

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
CELL, MAIL = "+12025550143", "ana@example.org"


def said(answer: str, channel: str = "sms", address: str = CELL, **more: object) -> Entry:
    return Entry(address, channel, answer, "voice", **more)


class TestConsent:
    def test_the_last_of_revoked_and_resumed_counts_and_a_yes_changes_nothing(self, db: Database) -> None:
        record = Consents(db)
        assert not record.revoked(CELL, "sms")
        assert record.change(said("revoked"), NOW)
        assert not record.change(said("revoked"), NOW), "no news"
        with db.write() as c:
            record.note(c, said("yes"), NOW)
        assert record.revoked(CELL, "sms")
        assert record.change(said("resumed"), NOW)
        assert not record.revoked(CELL, "sms")
        assert [r["answer"] for r in record.history(CELL)] == ["revoked", "yes", "resumed"]

    def test_it_is_for_one_channel_and_one_address(self, db: Database) -> None:
        record = Consents(db)
        record.change(said("revoked"), NOW)
        assert not record.revoked(CELL, "email")
        assert not record.revoked("+12025550144", "sms")

    def test_notices_can_be_ended_alone(self, db: Database) -> None:
        record = Consents(db)
        record.change(said("revoked", "email", MAIL, purpose="notice"), NOW)
        assert record.revoked("Ana@Example.org", "email", "notice")
        assert not record.revoked(MAIL, "email")
        record.change(said("revoked", "email", MAIL), NOW)
        assert record.revoked(MAIL, "email", "notice")

    def test_a_purge_keeps_a_revocation_behind_a_later_yes(self, db: Database) -> None:
        record = Consents(db)
        record.change(said("revoked"), NOW)
        for day in range(3):
            with db.write() as c:
                record.note(c, said("yes"), NOW + timedelta(days=day))
        days = dict.fromkeys(CLASSES, 1)
        retention.purge(db, NOW + timedelta(days=4000), days)
        assert record.revoked(CELL, "sms")
        assert [r["answer"] for r in record.history(CELL)] == ["revoked", "yes"]

    def test_two_stops_at_once_are_one(self, db: Database) -> None:
        record = Consents(db)
        with db.write() as c:
            record.note(c, said("yes"), NOW)
        news: list[bool] = []
        threads = [threading.Thread(target=lambda: news.append(record.change(said("revoked"), NOW))) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(news) == [False, False, False, True]

    def test_rows_hold_nothing_readable(self, db: Database) -> None:
        Consents(db).change(said("revoked"), NOW)
        with db.read() as c:
            row = c.execute(sa.select(consents)).one()
        assert b"2025550143" not in row.address
        assert "2025550143" not in str([v for v in row if isinstance(v, str)])
        assert db.box.open(row.address, "consents.address").decode() == CELL


class TestCounters:
    def test_a_full_counter_stops_the_transaction_and_counts_nothing(self, db: Database) -> None:
        counters, limits = ContactCounters(db), Limits(texts_number_hour=2)
        wanted = for_text(CELL, NOW, limits)
        for _ in range(2):
            with db.write() as c:
                counters.spend(c, wanted)
        assert counters.full((w, 1) for w in wanted).scope == "sms.number.hour"
        with pytest.raises(Conflict), db.write() as c:
            counters.spend(c, wanted)
        other = for_text("+12025550144", NOW, Limits(texts_block_hour=3))
        assert counters.full((w, 1) for w in other) is None, "the refused one was not counted on the block either"

    def test_ten_at_once_for_the_last_three_places(self, db: Database) -> None:
        counters, limits, taken = ContactCounters(db), Limits(texts_number_hour=3), []

        def one() -> None:
            for _ in range(20):
                try:
                    with db.write() as c:
                        counters.spend(c, for_text(CELL, NOW, limits))
                    return taken.append(1)
                except Conflict:
                    return None
                except sa.exc.IntegrityError:
                    continue
            return None

        threads = [threading.Thread(target=one) for _ in range(10)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(taken) == 3

    def test_windows_pass_and_are_forgotten(self, db: Database) -> None:
        counters, limits = ContactCounters(db), Limits(texts_number_hour=1)
        with db.write() as c:
            counters.spend(c, for_text(CELL, NOW, limits))
        assert counters.full((w, 1) for w in for_text(CELL, NOW + timedelta(hours=1), limits)) is None
        with db.write() as c:
            assert counters.forget_expired(c, NOW + timedelta(days=3)) > 0


class TestLinks:
    def test_opened_any_number_of_times_until_it_expires(self, db: Database) -> None:
        links = Links(db)
        with db.write() as c:
            tokens = {links.make(c, "callback", "callback:CA1:x:1", NOW + timedelta(days=1), NOW) for _ in range(20)}
        assert len(tokens) == 20
        token = tokens.pop()
        for _ in range(3):
            assert links.open(token, NOW).subject.reveal() == "callback:CA1:x:1"
        assert links.open(token, NOW + timedelta(days=1)) is None
        assert "CA1" not in repr(links.open(token, NOW))

    @pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\u00e9" * 32, "' OR 1=1 --", "\x00"])
    def test_what_is_no_token_opens_nothing(self, db: Database, token: str) -> None:
        assert Links(db).open(token, NOW) is None


class TestStatuses:
    def test_only_what_goes_further_is_news(self, db: Database) -> None:
        statuses = MessageStatuses(db)
        told = [statuses.apply("SM1", s, c, k, NOW) for s, c, k in
                (("sent", None, ""), ("queued", None, "k"), ("sent", None, "k"), ("undelivered", 30003, "k"), ("delivered", None, "k"))]
        assert told == [True, False, False, True, False]
        assert [(r["status"], r["error_code"]) for r in statuses.of_promise("k")] == [("undelivered", 30003)]

    def test_unreachable_until_forgotten(self, db: Database) -> None:
        lost = Unreachable(db)
        for code in ("30006", "30005"):
            with db.write() as c:
                lost.note(c, CELL, "sms", code, NOW)
        assert lost.code(CELL, "sms") == "30006"
        assert lost.code(CELL, "email") is None
        lost.forget(CELL, "sms")
        assert lost.code(CELL, "sms") is None


def test_an_alarm_counts_up_and_begins_anew_after_a_quiet_day(db: Database) -> None:
    alarms = Alarms(db)
    for minutes in (0, 1, 2):
        alarms.sound("texts_burst", "sms.all.minute", NOW + timedelta(minutes=minutes))
    (one,) = alarms.recent(NOW + timedelta(hours=1))
    assert (one.count, one.since) == (3, NOW.isoformat())
    assert alarms.recent(NOW + timedelta(days=2)) == []
    alarms.sound("texts_burst", "x", NOW + timedelta(days=3))
    assert alarms.recent(NOW + timedelta(days=3))[0].count == 1
