"""The wait itself, through the real application: at the carrier and at the desk of those who type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ivr.agents.figures import FEWEST
from ivr.agents.waiting import Ticket
from ivr.runtime.desk_tickets import Place
from ivr.runtime.people_desk import PeopleDesk
from tests.rim.site import TUESDAY, Site, StoppedClock, site
from tests.rim.text_people import Clerk, Typist, Window

TO_TIER2 = ("I need to move my fingerprint appointment", "march twentieth", "yes")


def waiting_call(office: Site):
    call = office.call()
    for text in TO_TIER2:
        call.say(text)
    assert call.waiting_in == "tier2"
    return call


def taken(office: Site, count: int) -> None:
    for n in range(count):
        office.services.queue_figures.over("tier2", f"CA{n}", taken=True)


@pytest.mark.usefixtures("on_every_store")
class TestAtTheCarrier:
    def test_place_wait_advice_and_the_way_out(self, office: Site) -> None:
        taken(office, FEWEST)
        call = waiting_call(office)
        assert "You are number 1 in line" in call.heard_text
        assert "the wait is about" in call.heard_text
        assert "To stop waiting, press 1" in call.heard_text
        assert "receipt number ready" not in call.heard_text
        start = office.carrier.queues.clock_s()
        office.carrier.queues.clock_s = lambda: start + 45
        call.wait_round()
        assert call.waiting_in == "tier2"
        assert "receipt number ready" in call.heard_text

    def test_advice_comes_in_turn(self, office: Site) -> None:
        call = waiting_call(office)
        start = office.carrier.queues.clock_s()
        heard = []
        for n in (1, 2, 3):
            office.carrier.queues.clock_s = lambda n=n: start + 45 * n
            call.wait_round()
            heard.append(call.heard_text)
        assert ["receipt number" in h for h in heard] == [True, False, False]
        assert ["uscis.gov" in h.lower() or "look up your case" in h for h in heard] == [False, True, False]

    def test_a_key_leaves_the_line_for_the_call_back(self, office: Site) -> None:
        call = waiting_call(office)
        call.press("1")
        assert call.waiting_in == ""
        assert "keep your place in line" in call.heard_text
        assert "call you when it is your turn" in call.heard_text
        assert [(q.queue, q.result) for q in office.ledger.queue] == [("tier2", "leave")]

    def test_another_key_loses_no_place(self, office: Site) -> None:
        call = waiting_call(office)
        call.press("7")
        assert (call.waiting_in, call.heard_text) == ("tier2", ""), "the place comes with the next round"
        call.wait_round()
        assert "number 1" in call.heard_text

    def test_a_long_wait_offers_the_call_back_and_keeps_the_place_until_it_is_taken(self, office: Site) -> None:
        taken(office, FEWEST)
        first, second = waiting_call(office), waiting_call(office)
        assert "called when it is your turn, press 1" in second.heard_text and "keep your place" in second.heard_text
        assert "keep your place" not in first.heard_text
        assert office.carrier.agent_answers("tier2").caller is first
        second.wait_round()
        assert "You are number 1 in line" in second.heard_text

    def test_the_wait_is_measured_by_language_when_somebody_takes_the_caller(self, office: Site) -> None:
        call = waiting_call(office)
        office.carrier.agent_answers("tier2").ends()
        assert call.ended
        text = office.services.metrics.text().decode()
        assert 'ivr_queue_wait_seconds_count{language="en",queue="tier2"} 1.0' in text

    def test_how_long_the_wait_is_comes_from_the_live_figures(self, office: Site) -> None:
        for n in range(30):
            office.services.queue_figures.over("tier1", f"CA{n}", taken=True)
        call = office.call()
        call.say("how long is the wait to talk to someone")
        assert "less than 5 minutes" in call.heard_text
        assert "busiest on" in call.heard_text

    def test_without_figures_nothing_is_guessed(self, office: Site) -> None:
        call = office.call()
        call.say("how long is the wait to talk to someone")
        assert "cannot see how long" in call.heard_text


@dataclass
class Rules:
    """What queues.yaml would say."""

    ahead_s: dict[str, float]

    def __call__(self, caller: Typist, now_s: float) -> Place:
        return Place(Ticket(caller.call_id, caller.queue, caller.language, now_s, self.ahead_s.get(caller.rule, 0.0)), 300.0, True)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(TUESDAY)


@pytest.fixture
def desk(clock: StoppedClock) -> Iterator[PeopleDesk]:
    def told(call_id: str, standing) -> str:
        return f"{standing.position} {standing.expected_s if standing.expected_s is None else round(standing.expected_s)} {standing.round}"

    made = PeopleDesk(clock, told, lambda call_id: 1800.0, lambda caller: {"call": caller.call_id}, Rules({"urgent": 900.0}))
    yield made
    made.close()


class TestAtTheDesk:
    def test_the_urgent_are_next_and_nobody_is_passed_for_ever(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        clerk = Clerk()
        desk.sign_in(clerk)
        desk.join(Typist("TX0"))
        desk.join(Typist("TX1"))
        clock.advance(60)
        urgent = Typist("TX2")
        urgent.rule = "urgent"
        assert desk.join(urgent) == 1
        assert desk.position("TX1") == 2
        desk.next(clerk)
        clock.advance(900)
        late = Typist("TX3")
        late.rule = "urgent"
        desk.join(late)
        desk.next(clerk)
        assert desk.settled()
        assert [m["call"] for m in clerk.of("caller")] == ["TX0", "TX2", "TX1"]

    def test_the_expected_wait_is_told_with_the_place(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        desk.sign_in(Clerk())
        people = [Typist(f"TX{n}") for n in range(3)]
        for one in people:
            desk.join(one)
        clock.advance(60)
        desk.tick()
        assert desk.settled()
        assert people[2].read == ["2 600 1", "2 600 2"]

    def test_the_key_leaves_the_line(self, desk: PeopleDesk) -> None:
        desk.sign_in(Clerk())
        desk.join(Typist("TX0"))
        waiting = Typist("TX1")
        desk.join(waiting)
        desk.typed("TX1", "is this 1 person?")
        assert desk.waits("TX1")
        desk.typed("TX1", " 1 ")
        assert desk.settled()
        assert waiting.outcomes == ["left"]
        assert not desk.has("TX1")

    def test_a_key_pressed_leaves_it_too_and_no_other_does(self, desk: PeopleDesk) -> None:
        desk.sign_in(Clerk())
        desk.join(Typist("TX0"))
        waiting = Typist("TX1")
        desk.join(waiting)
        assert not desk.pressed("TX0", "1"), "who talks does not wait"
        assert not desk.pressed("TX1", "2") and not desk.pressed("TX9", "1")
        assert desk.pressed("TX1", "1")
        assert desk.settled()
        assert waiting.outcomes == ["left"]

    def test_in_conversation_the_key_is_a_line_like_any_other(self, desk: PeopleDesk) -> None:
        clerk = Clerk()
        desk.sign_in(clerk)
        desk.join(Typist("TX0"))
        desk.typed("TX0", "1")
        assert desk.settled()
        assert [m["text"] for m in clerk.of("line")] == ["1"]

    def test_whoever_speaks_both_takes_the_language_that_waited_longest(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        both, english = Clerk("both"), Clerk("en", languages=("en",))
        desk.sign_in(both)
        desk.sign_in(english)
        for n, language in enumerate(("en", "es", "es", "en")):
            desk.join(Typist(f"TX{n}", language=language))
            clock.advance(1)
        desk.next(both)
        assert desk.settled()
        assert [m["call"] for m in english.of("caller")] == ["TX0"], "who speaks one language leaves the others free"
        assert [m["call"] for m in both.of("caller")] == ["TX1", "TX2"]

    def test_back_at_the_old_place_behind_those_who_were_in_front(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        """An agent of one language takes a caller past somebody who waits for the other one."""
        english = Clerk("en", languages=("en",))
        both = Clerk("both")
        desk.sign_in(both)
        desk.join(Typist("TX0"))
        spanish, mine = Typist("TX1", language="es"), Typist("TX2")
        desk.join(spanish)
        clock.advance(1)
        desk.join(mine)
        desk.sign_in(english)
        assert desk.talks("TX2")
        desk.sign_out(english)
        assert [desk.position(c) for c in ("TX1", "TX2")] == [1, 2]


def test_a_restart_keeps_the_order_of_those_who_wait(tmp_path) -> None:
    with site(tmp_path) as before:
        before.services.desk.sign_in(Clerk())
        windows = []
        for _ in range(3):
            windows.append(Window(before))
            for text in ("change the date for my fingerprints", "March 20 2026", "yes"):
                windows[-1].say(text)
            before.clock.advance(5)
        calls = [before.services.text_rows.by_token(w.token).call_id for w in windows]
        waiting = calls[1:]
    with site(tmp_path, so_much_later(20)) as again:
        desk = again.services.desk
        for call_id in reversed(waiting):
            again.services.texts.handovers.go_on(again.services.turns.session(call_id))
        assert [desk.position(c) for c in waiting] == [1, 2], "whoever comes back first is not first for it"


def so_much_later(seconds: int):
    clock = StoppedClock(TUESDAY)
    clock.advance(seconds)
    return clock.time


