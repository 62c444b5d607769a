"""What every store promises: compare-and-set, stored answers, one-time tokens, leases with fencing."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from ivr.contact.states import CLAIMABLE, FINAL, TRANSITIONS
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.errors import Bug, Conflict
from ivr.sensitive import Sensitive
from ivr.store.calls import Answer, Calls, LoggedEvent, StreamToken
from ivr.store.db import Database
from ivr.store.message_statuses import MessageStatuses
from ivr.store.pinned import PinnedBundles
from ivr.store.promises import NewPromise, Promises
from ivr.store.statuses import CallStatuses

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def live(call_id: str = "CA1") -> sessions.Session:
    return dataclasses.replace(sessions.fresh(call_id, "h" * 64), status="live", version=1, slots={"cell": Sensitive("+12025550143")})


def message(key: str = "message:CA1:link:1", **more: object) -> NewPromise:
    return NewPromise(**{"key": key, "kind": "message", "name": "sms", "call_id": "CA1", "payload": {"to": "+1", "text": "x"},
                         "due_at": NOW, "not_after": NOW + timedelta(hours=24), **more})


class TestCalls:
    def test_a_session_comes_back_as_it_was(self, db: Database) -> None:
        calls = Calls(db)
        with db.write() as c:
            calls.insert(c, live(), NOW)
        assert calls.load("CA1").session == live()
        assert calls.load("CA2").session is None

    def test_two_workers_on_one_call_one_wins(self, db: Database) -> None:
        calls = Calls(db)
        with db.write() as c:
            calls.insert(c, live(), NOW)
        newer = dataclasses.replace(live(), version=2)
        with db.write() as c:
            calls.update(c, newer, 1, NOW)
        with pytest.raises(Conflict), db.write() as c:
            calls.update(c, dataclasses.replace(live(), version=2, tries=9), 1, NOW)
        assert calls.load("CA1").session == newer

    def test_events_are_numbered_and_kept_in_order(self, db: Database) -> None:
        calls, log = Calls(db), [LoggedEvent(NOW, ev.CallStarted("CA1"), True), LoggedEvent(NOW, ev.NoInput(1), False)]
        with db.write() as c:
            calls.append(c, "CA1", 1, log)
        with db.write() as c:
            calls.append(c, "CA1", 3, [LoggedEvent(LATER, ev.SpeechHeard(1, Sensitive("hi")), True)])
        assert calls.log_of("CA1") == [*log, LoggedEvent(LATER, ev.SpeechHeard(1, Sensitive("hi")), True)]
        assert calls.load("CA1").events == 3

    def test_the_same_number_twice_is_refused(self, db: Database) -> None:
        calls = Calls(db)
        with db.write() as c:
            calls.append(c, "CA1", 1, [LoggedEvent(NOW, ev.CallStarted("CA1"), True)])
        with pytest.raises(sa.exc.IntegrityError), db.write() as c:
            calls.append(c, "CA1", 1, [LoggedEvent(NOW, ev.StreamLost(), True)])

    @pytest.mark.parametrize(("key", "token"), [("gather:CA1:1", None), ("other", "tok"), ("gather:CA1:1", "tok")])
    def test_an_answer_is_found_by_its_key_or_its_token(self, db: Database, key: str, token: str | None) -> None:
        calls = Calls(db)
        with db.write() as c:
            calls.answer(c, "CA1", Answer("gather:CA1:1", "<Response/>", "tok"), NOW)
        assert calls.load("CA1", key, token).answer == "<Response/>"
        assert calls.load("CA1", "gather:CA1:2", "no").answer is None

    def test_a_write_that_fails_leaves_nothing(self, db: Database) -> None:
        calls = Calls(db)
        with pytest.raises(RuntimeError), db.write() as c:
            calls.insert(c, live(), NOW)
            raise RuntimeError
        assert calls.load("CA1").session is None

    def test_a_stream_token_works_once_and_for_a_minute(self, db: Database) -> None:
        calls = Calls(db)
        with db.write() as c:
            calls.stream_token(c, "CA1", StreamToken("d1", LATER))
            calls.stream_token(c, "CA2", StreamToken("d2", NOW - timedelta(seconds=1)))
        assert calls.redeem("d1", NOW) == ("CA1", False)
        assert calls.redeem("d1", NOW) is None
        assert calls.redeem("d2", NOW) is None
        assert calls.redeem("unknown", NOW) is None


class TestPromises:
    def test_the_same_key_is_one_promise_and_other_content_a_bug(self, db: Database) -> None:
        promises = Promises(db)
        for _ in range(2):
            with db.write(durable=True) as c:
                promises.insert(c, message(), NOW)
        assert len(promises.all()) == 1
        with pytest.raises(Bug), db.write() as c:
            promises.insert(c, message(payload={"to": "+1", "text": "other"}), NOW)

    def test_two_claimers_never_get_the_same_one(self, db: Database) -> None:
        promises = Promises(db)
        with db.write() as c:
            for n in range(60):
                promises.insert(c, message(f"message:CA1:link:{n}"), NOW)
        got: list[list[str]] = [[], [], [], []]

        def claim(mine: list[str], owner: str) -> None:
            while claimed := promises.claim(owner, NOW, 30, limit=3):
                mine.extend(x.key for x in claimed)

        threads = [threading.Thread(target=claim, args=(mine, str(n))) for n, mine in enumerate(got)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        everything = [key for mine in got for key in mine]
        assert len(everything) == len(set(everything)) == 60

    def test_what_is_not_due_or_leased_is_left_alone(self, db: Database) -> None:
        promises = Promises(db)
        with db.write() as c:
            promises.insert(c, message(due_at=LATER), NOW)
        assert promises.claim("a", NOW, 30) == []
        assert len(promises.claim("a", LATER, 30)) == 1
        assert promises.claim("b", LATER, 30) == []
        assert len(promises.claim("b", LATER + timedelta(seconds=31), 30)) == 1

    def test_a_worker_thought_dead_cannot_finish(self, db: Database) -> None:
        promises = Promises(db)
        with db.write() as c:
            promises.insert(c, message(), NOW)
        (first,) = promises.claim("a", NOW, 30)
        promises.start(first, NOW)
        (second,) = promises.claim("b", NOW + timedelta(seconds=31), 30)
        assert second.state == "sending", "found in the middle: uncertain"
        with pytest.raises(Conflict):
            promises.finish(first, "done", NOW)
        promises.start(second, NOW)
        promises.finish(second, "done", NOW, provider_id="SM1")
        assert promises.all()[0]["state"] == "done"

    def test_a_callback_is_work_for_people_and_never_claimed_as_a_message(self, db: Database) -> None:
        promises = Promises(db)
        with db.write() as c:
            promises.insert(c, message("callback:CA1:x:1", kind="callback", state="open", reference="ACDEFGHJ"), NOW)
        assert promises.claim("a", LATER, 30) == []

    def test_a_late_report_of_the_provider_is_applied_once(self, db: Database) -> None:
        promises = Promises(db)
        with db.write() as c:
            promises.insert(c, message(), NOW)
        (one,) = promises.claim("a", NOW, 30)
        promises.start(one, NOW)
        promises.finish(one, "done", NOW, provider_id="SM1")
        assert promises.report("SM1", "failed", LATER, "30003")
        assert not promises.report("SM1", "failed", LATER, "30003")
        assert not promises.report("SM9", "failed", LATER, "30003")
        assert promises.all()[0]["state"] == "failed"

    def test_a_report_before_the_id_is_known_is_found_when_it_is_written_down(self, db: Database) -> None:
        promises = Promises(db)
        with db.write() as c:
            promises.insert(c, message(), NOW)
        (one,) = promises.claim("a", NOW, 30, start=True)
        assert MessageStatuses(db).apply("SM1", "undelivered", 30006, one.key, NOW)
        assert not promises.report("SM1", "failed", NOW, "provider 30006", one.key)
        promises.finish(one, "done", NOW, provider_id="SM1")
        (row,) = promises.all()
        assert (row["state"], row["last_error"], row["provider_id"]) == ("failed", "provider 30006", "SM1")


def test_every_state_can_be_left_or_is_final_and_final_states_are_never_claimed() -> None:
    reached = {s for to in TRANSITIONS.values() for s in to}
    assert reached <= TRANSITIONS.keys()
    from_people = {state for state in TRANSITIONS if state in TRANSITIONS["held"]}
    beginnings = set(TRANSITIONS) - {s for old, to in TRANSITIONS.items() if old != "held" for s in to}
    assert beginnings == {"due"} <= from_people, "only the beginning is entered from nowhere, and from hold again"
    assert not FINAL & set(CLAIMABLE)


class TestStatuses:
    def test_reports_out_of_order_never_go_back(self, db: Database) -> None:
        statuses = CallStatuses(db)
        assert statuses.apply("CA1", 2, "in-progress", NOW)
        assert not statuses.apply("CA1", 1, "ringing", NOW)
        assert statuses.apply("CA1", 0, "completed", NOW), "an end counts whatever its number"
        assert not statuses.apply("CA1", 3, "in-progress", NOW)
        assert statuses.of("CA1") == "completed"


def test_a_pinned_bundle_comes_back_byte_for_byte(db: Database) -> None:
    pinned = PinnedBundles(db)
    files = {"bundle.yaml": b"id: x\n", "prompts/en.yaml": "ñ".encode()}
    pinned.keep("h1", "x", files, NOW)
    pinned.keep("h1", "x", {"bundle.yaml": b"other"}, NOW)
    assert pinned.files("h1") == files
    assert pinned.files("h2") is None
