"""Whoever takes the offer hangs up, and is called when their turn comes, as if they had waited: the whole of it, through the real
application, with the emulated carrier and agents at screens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr.agents.figures import FEWEST
from ivr.runtime.kept_places import JOINS_WITHIN, LOOK_S, KeptPlaces
from ivr.runtime.people_desk import PeopleDesk
from ivr.store.links import CALLBACK_LINK
from ivr.testing.callee import Callee
from tests.rim.promised_call import CELL, dialled, live_through, state, written
from tests.rim.site import Site, site
from tests.rim.test_queue_wait import taken, waiting_call
from tests.rim.text_people import Screen, Speaker

FRIDAY_EVENING = datetime.fromisoformat("2026-03-13T19:40:00-04:00")


@contextmanager
def a_desk(office: Site) -> Iterator[None]:
    """Callers with a voice wait at our own desk, as far as the line is concerned; calls of this test are at the carrier."""
    office.services.kept_places._where = lambda: "desk"
    yield


def keeps_place(office: Site, *, hangs_up: bool = True) -> Any:
    """Waits, takes the offer, and hangs up; the key of the promise."""
    call = waiting_call(office)
    call.press("1")
    assert "keep your place in line" in call.heard_text
    call.press("1")
    assert "May we call" in call.heard_text
    call.press("1")
    assert "when it is your turn" in call.heard_text
    if hangs_up:
        call.hangup()
    office.work()
    (row,) = [r for r in office.promises("callback") if r["call_id"] == call.sid]
    return row["key"]


def passes(office: Site, seconds: float, *agents: Screen) -> None:
    """Time, in looks; agents' pages are heard of meanwhile."""
    for _ in range(max(1, round(seconds / LOOK_S))):
        office.clock.advance(LOOK_S)
        for agent in agents:
            office.services.desk.seen(agent)
        office.services.desk.tick()
        office.services.kept_places.look()
        office.work()
    assert office.services.desk.settled()


def there(office: Site, call_id: str) -> Speaker:
    caller = Speaker(call_id, "tier2")
    caller.bundle_hash = office.services.bundles.current.hash
    return caller


def back(key: str, office: Site) -> Speaker:
    """The person who was called, as their side joins the desk."""
    row = office.services.promises.get(key)
    assert row is not None
    person = there(office, "CA-back")
    person.place_key, person.since = key, datetime.fromisoformat(row["payload"]["place"]["since"])  # type: ignore[attr-defined]
    return person


def test_the_place_is_kept_and_the_call_goes_out_when_the_turn_comes(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        desk.sign_in(agent)
        before = there(office, "CA-before")
        desk.join(before)
        assert desk.answer(agent)
        office.clock.advance(10)
        key = keeps_place(office)
        assert state(office, key) == "waiting"
        passes(office, 10, agent)
        behind = [there(office, "CA-1"), there(office, "CA-2")]
        assert [desk.join(b) for b in behind] == [2, 3], "the kept place counts"
        passes(office, 120, agent)
        assert dialled(office) == [], "the agent talks with somebody who came before"
        desk.end(agent)
        passes(office, 5, agent)
        assert [to for _, to in dialled(office)] == [CELL], "the agent writes it down, and the next is the kept place"
        assert state(office, key) == "calling"
        assert desk.position("CA-1") == 2, "while it rings the place is still theirs"
        desk.join(back(key, office))
        assert [desk.position(c) for c in ("CA-back", "CA-1", "CA-2")] == [1, 2, 3]
        desk.ready(agent)
        assert desk.settled()
        assert agent.of("offer")[-1]["call"] == "CA-back"
        passes(office, 5, agent)
        assert desk.position("CA-1") == 1, "nobody stands there twice"


def test_an_agent_who_is_free_takes_who_is_there_and_the_passed_one_is_called_at_once(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        passes(office, 5)
        assert dialled(office) == [], "nobody is at work"
        desk.join(there(office, "CA-1"), again=True)
        desk.sign_in(agent)
        assert desk.settled()
        assert agent.of("offer")[-1]["call"] == "CA-1"
        passes(office, 5, agent)
        assert len(dialled(office)) == 1
        assert state(office, key) == "calling"


def test_answered_and_key_one_ends_in_a_conversation(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        desk.sign_in(agent)
        passes(office, 5, agent)
        (call,) = [c for c in office.carrier.calls.values() if c.direction == "outbound-api"]
        desk.sign_out(agent)
        office.carrier.callees.will(call.to, Callee("human", "1"))
        office.carrier.callees.play(call)
        office.work()
        assert [(q.queue, q.result) for q in office.ledger.queue if q.result == "bridged"] == [("tier2", "bridged")]
        assert state(office, key) == "done"
        passes(office, 5)
        assert not [t for t in desk.keeping({}).line.waiting.values() if t.absent]


def test_whoever_is_still_on_the_line_is_not_called_yet(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        keeps_place(office, hangs_up=False)
        desk.sign_in(agent)
        passes(office, 10, agent)
        assert dialled(office) == []
        next(iter(office.carrier.calls.values())).hangup()
        passes(office, 5, agent)
        assert len(dialled(office)) == 1


def test_no_answer_the_second_round_and_the_words(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        desk.sign_in(agent)
        passes(office, 5, agent)
        desk.sign_out(agent)
        live_through(office, office.clock.now() + timedelta(hours=3), {CELL: ["no_answer", "machine"]})
        calls = dialled(office)
        assert len(calls) == 2
        assert timedelta(minutes=60) <= calls[1][0] - calls[0][0] <= timedelta(minutes=90)
        assert ("sms", "voicemail_in_line") in written(office)
        assert not {m for _, m in written(office)} & {"callback_notice", "voicemail_second_try"}
        assert state(office, key) == "unreached"


def test_between_two_rounds_nobody_counts_on_them(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        keeps_place(office)
        desk.sign_in(agent)
        passes(office, 5, agent)
        (call,) = [c for c in office.carrier.calls.values() if c.direction == "outbound-api"]
        waiting = there(office, "CA-1")
        desk.away(agent)
        desk.join(waiting)
        assert desk.position("CA-1") == 2
        call.decline("no-answer")
        office.work()
        passes(office, 5, agent)
        assert desk.position("CA-1") == 1


def test_a_call_that_never_joins_gives_the_line_free(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        desk.sign_in(agent)
        passes(office, 5, agent)
        assert state(office, key) == "calling"
        desk.away(agent)
        desk.join(there(office, "CA-1"))
        passes(office, JOINS_WITHIN.total_seconds() - 30, agent)
        assert desk.position("CA-1") == 2
        passes(office, 60, agent)
        assert desk.position("CA-1") == 1


def test_overnight_the_place_is_kept_and_first_in_the_morning(tmp_path: Path) -> None:
    with site(tmp_path, FRIDAY_EVENING) as office, a_desk(office):
        desk, agent = office.services.desk, Screen("ana", ("tier2",))
        key = keeps_place(office)
        office.clock.advance(3600)
        desk.sign_in(agent)
        passes(office, 10, agent)
        assert dialled(office) == [], "the office is closed, whoever is signed in"
        office.clock.time = datetime.fromisoformat("2026-03-16T08:00:05-04:00").astimezone(office.clock.time.tzinfo)
        desk.sign_out(agent)
        desk.sign_in(agent)
        desk.away(agent)
        desk.join(there(office, "CA-1"))
        passes(office, 5, agent)
        assert desk.position("CA-1") == 2
        desk.ready(agent)
        passes(office, 5, agent)
        assert len(dialled(office)) == 1
        assert state(office, key) == "calling"
        assert not [m for _, m in written(office) if m == "callback_late"]


def test_a_turn_that_never_comes_is_late_and_called_all_the_same(office: Site) -> None:
    with a_desk(office):
        key = keeps_place(office)
        live_through(office, office.clock.now() + timedelta(days=4), {CELL: [Callee("human", "1")]})
        assert ("sms", "callback_late") in written(office)
        assert len(dialled(office)) == 1
        assert state(office, key) == "done"


def test_another_day_keeps_the_place(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        desk.sign_in(agent)
        passes(office, 5, agent)
        desk.sign_out(agent)
        live_through(office, office.clock.now() + timedelta(days=2), {CELL: [Callee("human", "2"), Callee("human", "1")]})
        first, second = (at for at, _ in dialled(office))
        assert (second - first) > timedelta(hours=12)
        said = " ".join(s.text for c in office.carrier.calls.values() for s in c.history)
        assert "next day that we are open" in said
        assert state(office, key) == "done"
        assert not [m for _, m in written(office) if m == "callback_late"], "another day was what they asked for"


def test_called_off_the_place_is_gone(office: Site) -> None:
    desk = office.services.desk
    with a_desk(office):
        key = keeps_place(office)
        passes(office, 5)
        assert office.services.callbacks.desk.status(office.services.promises.get(key)).state == "in_line"  # type: ignore[arg-type]
        desk.join(there(office, "CA-1"), again=True)
        assert desk.position("CA-1") == 2
        office.services.callbacks.desk.cancel(key, "the caller")
        passes(office, 5)
        assert desk.position("CA-1") == 1
        assert state(office, key) == "cancelled"


@pytest.mark.usefixtures("on_every_store")
class TestAtTheCarrier:
    def test_called_when_nobody_stands_before_them_any_more(self, office: Site) -> None:
        """Without a desk of our own: the carrier's line is all there is."""
        first = waiting_call(office)
        key = keeps_place(office)
        office.services.kept_places.look()
        office.work()
        assert dialled(office) == []
        later = waiting_call(office)
        office.carrier.agent_answers("tier2").ends()
        assert first.ended
        office.services.kept_places.look()
        office.work()
        assert len(dialled(office)) == 1
        assert later.waiting_in == "tier2"
        assert state(office, key) == "calling"

    def test_called_when_the_figures_say_it_comes_soon(self, office: Site) -> None:
        waiting_call(office)
        keeps_place(office)
        office.services.kept_places.look()
        office.work()
        assert dialled(office) == []
        taken(office, 20 * FEWEST)
        office.services.kept_places.look()
        office.work()
        assert len(dialled(office)) == 1

    def test_with_both_places_an_empty_line_at_the_carrier_says_nothing(self, office: Site) -> None:
        office.services.kept_places._where = lambda: "auto"
        keeps_place(office)
        office.services.kept_places.look()
        office.work()
        assert dialled(office) == []
        taken(office, 1)
        office.services.kept_places.look()
        office.work()
        assert len(dialled(office)) == 1


def test_the_same_call_waits_once_more_and_is_not_called_meanwhile(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        row = office.services.promises.get(key)
        assert row is not None
        desk.sign_in(agent)
        desk.away(agent)
        desk.join(there(office, row["call_id"]))
        passes(office, 5, agent)
        assert desk.position(row["call_id"]) == 1
        desk.ready(agent)
        passes(office, 5, agent)
        assert dialled(office) == []


def test_a_nightly_plan_leaves_it_alone(office: Site) -> None:
    desk, agent = office.services.desk, Screen("ana", ("tier2",))
    with a_desk(office):
        key = keeps_place(office)
        desk.sign_in(agent)
        office.services.kept_places.look()
        before = office.services.promises.get(key)
        office.services.callbacks.recompute.run(office.clock.now())
        assert office.services.promises.get(key) == before


def test_staff_see_it_in_line_and_explained(office: Site) -> None:
    with a_desk(office):
        key = keeps_place(office)
        (listed,) = office.services.desk_work.promised.listed()
        assert (listed["state"], listed["next_at"]) == ("in_line", "")
        assert "turn" in office.services.promise_desk.explain(key)


@pytest.mark.parametrize(("language", "words"), [("en", "Your place in line is kept"), ("es", "Le guardamos su lugar en la fila")])
def test_the_page_behind_the_link_says_so_and_calls_it_off(office: Site, language: str, words: str) -> None:
    with a_desk(office):
        key = keeps_place(office)
        with office.services.db.write() as connection:
            token = office.services.links.make(connection, CALLBACK_LINK, key, office.clock.now() + timedelta(days=9), office.clock.now())
        client = office.app.test_client()
        page = client.get(f"/callback/{token}?lang={language}").text
        assert words in page
        assert "0143" not in page
        done = client.post(f"/callback/{token}?lang={language}", data={"do": "cancel", "value": "", "sure": "yes"})
        assert done.status_code == 303
        assert state(office, key) == "cancelled"


def test_whoever_asks_by_telephone_hears_that_they_are_in_line(office: Site) -> None:
    with a_desk(office):
        keeps_place(office)
        call = office.call(from_=CELL)
        call.say("I'm waiting for a call back")
        assert "You keep your place in line" in call.heard_text
        assert "planned" not in call.heard_text


def test_a_server_that_is_started_anew_finds_them_again(office: Site) -> None:
    s, agent = office.services, Screen("ana", ("tier2",))
    with a_desk(office):
        keeps_place(office)
        passes(office, 5)
        other = PeopleDesk(office.clock, lambda call_id, standing: "", lambda call_id: 1800.0, lambda caller: {"call": caller.call_id})
        again = KeptPlaces(s.db, s.bundles, s.callbacks.situations, s.callbacks.desk, s.calls, other, s.queue_figures, office.clock,
                           lambda: "desk")
        other.sign_in(agent)
        other.away(agent)
        again.look()
        other.join(Speaker("CA-1", "tier2"))
        assert other.position("CA-1") == 2
        other.leave("CA-1")
        other.ready(agent)
        again.look()
        s.kept_places.look()
        office.work()
        assert len(dialled(office)) == 1, "whichever server sees it first, it is called once"
        other.close()
