"""Staff who talk on a telephone of their own: whoever presses 1 has the caller, everybody else leaves them where they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from ivr.agents.presence import GONE_AFTER_S
from ivr.runtime.people_desk import PeopleDesk
from ivr.runtime.phone_legs import PHONE_RINGS_S
from tests.rim.phones import NUMBER, Dialler, PhoneScreen, PretendedPhones
from tests.rim.site import SATURDAY, StoppedClock
from tests.rim.test_console_desk import NAMES, AnyShift
from tests.rim.text_people import Screen, Speaker, Typist

LONGEST_S = 1800.0


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(SATURDAY)


@pytest.fixture
def phones() -> PretendedPhones:
    return PretendedPhones()


@pytest.fixture
def desk(clock: StoppedClock, phones: PretendedPhones) -> Iterator[PeopleDesk]:
    made = PeopleDesk(clock, lambda call_id, standing: f"you are number {standing.position}", lambda call_id: LONGEST_S,
                      lambda caller: {"call": caller.call_id}, phones=phones)
    yield made
    made.close()


@pytest.fixture
def ana(desk: PeopleDesk) -> PhoneScreen:
    screen = PhoneScreen("ana")
    desk.sign_in(screen)
    return screen


@pytest.fixture
def caller(desk: PeopleDesk, ana: PhoneScreen) -> Dialler:
    made = Dialler("CA1")
    desk.join(made)
    assert desk.settled()
    return made


def talk(desk: PeopleDesk, phones: PretendedPhones) -> str:
    """Key of the telephone on which somebody now talks."""
    key = phones.rung[-1]
    assert desk.phone_takes(key) == "agent-CA1"
    desk.phone_bridged(key)
    assert desk.settled()
    return key


def test_the_phone_rings_and_the_key_takes_the_caller(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler, phones: PretendedPhones) -> None:
    (key,) = phones.rung
    assert phones.numbers == [NUMBER.reveal()]
    (offer,) = ana.of("offer")
    assert (offer["by_phone"], offer["seconds"]) == (True, PHONE_RINGS_S)
    assert desk.ringing(key) is not None and desk.leg_of("CA1") is None
    assert not desk.answer(ana), "that is done on the telephone"
    assert desk.phone_takes(key) == "agent-CA1"
    assert desk.settled()
    packet = ana.of("caller")[-1]
    assert (packet["call"], packet["by_phone"], packet["speaks"]) == ("CA1", True, False)
    assert (ana.doing, caller.let_go, ana.end, desk.talks("CA1")) == ("talking", 1, None, True)
    assert desk.phone_takes(key) == "agent-CA1", "asked again: the same, and no second caller"
    assert caller.let_go == 1


def test_when_the_carrier_has_done_with_it_there_is_something_to_write_down(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler,
                                                                              phones: PretendedPhones) -> None:
    key = talk(desk, phones)
    assert desk.phone_talk_ended("CA1")
    assert desk.settled()
    assert (ana.doing, desk.has("CA1"), desk.serving("ana")) == ("wrap_up", False, "CA1")
    assert caller.outcomes == [], "the carrier asks what comes next, nobody tells them"
    desk.phone_over(key)
    assert desk.phone_talk_ended("CA1"), "said twice, or in the other order"
    assert ana.of("gone")[-1]["why"] == "ended"


def test_the_phone_is_put_down_first(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler, phones: PretendedPhones) -> None:
    desk.phone_over(talk(desk, phones))
    assert desk.settled()
    assert (ana.doing, desk.has("CA1")) == ("wrap_up", False)
    assert desk.phone_talk_ended("CA1")


@pytest.mark.parametrize("how", ["over", "declined", "rings_out", "left", "signed_out", "carrier_down"])
def test_until_the_key_is_pressed_the_caller_has_their_place(desk: PeopleDesk, clock: StoppedClock, phones: PretendedPhones,
                                                             how: str) -> None:
    ana, ben, caller = PhoneScreen("ana"), Screen("ben"), Dialler("CA1")
    desk.sign_in(ana)
    phones.is_down = how == "carrier_down"
    desk.join(caller)
    assert desk.settled()
    key = phones.rung[0] if phones.rung else ""
    desk.sign_in(ben)
    if how == "over":
        desk.phone_over(key)
    elif how == "declined":
        desk.decline(ana)
    elif how == "rings_out":
        for _ in range(PHONE_RINGS_S):
            clock.advance(1)
            desk.seen(ana)
            desk.seen(ben)
            desk.tick()
    elif how == "left":
        desk.leave("CA1")
    elif how == "signed_out":
        desk.sign_out(ana)
    assert desk.settled()
    assert desk.phone_takes(key) == ""
    assert desk.settled()
    if how == "left":
        assert (ana.doing, phones.open, ben.of("offer")) == ("ready", [], [])
        return
    assert ben.of("offer")[-1]["call"] == "CA1"
    assert phones.open == ([key] if how == "over" else []), "what rings is stopped; what has ended by itself needs no word"
    assert desk.answer(ben), "by sound: it rings at a screen now"
    assert desk.settled() and caller.end is not None


def test_pressed_and_then_hung_up_before_they_met(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler, phones: PretendedPhones) -> None:
    (key,) = phones.rung
    desk.phone_takes(key)
    desk.phone_over(key)
    assert desk.settled()
    assert (ana.doing, ana.of("gone")[-1]["why"], desk.position("CA1")) == ("away", "not_met", 1)
    assert desk.queue_to_meet_in(key) == "" and desk.leg_of("CA1") is None
    assert not desk.phone_talk_ended("CA1"), "they wait"


def test_passed_on_the_caller_waits_again_and_the_phone_is_free(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler,
                                                                   phones: PretendedPhones) -> None:
    key = talk(desk, phones)
    assert desk.transfer(ana, "tier2", "an officer, please")
    assert desk.settled()
    assert (phones.stopped, desk.leg_of("CA1"), ana.doing) == ([key], None, "wrap_up")
    assert not desk.phone_talk_ended("CA1"), "the carrier brings them back: they wait for somebody else"
    officer = Screen("ben", ("tier2",))
    desk.sign_in(officer)
    assert desk.answer(officer)
    assert desk.settled()
    assert caller.end is not None and officer.of("caller")[-1]["note"] == "an officer, please"


@pytest.mark.parametrize("met", [True, False])
def test_hanging_up_at_the_screen(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler, phones: PretendedPhones, met: bool) -> None:
    (key,) = phones.rung
    desk.phone_takes(key)
    if met:
        desk.phone_bridged(key)
    desk.end(ana)
    assert desk.settled()
    assert phones.stopped == [key]
    assert (ana.doing, desk.position("CA1")) == (("wrap_up", 0) if met else ("away", 1))


def test_what_needs_a_microphone_is_refused(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler, phones: PretendedPhones) -> None:
    talk(desk, phones)
    assert not desk.hold(ana, True) and not desk.consult(ana, "tier2", "may I?")
    assert caller.holds == []


def test_a_page_that_dies_does_not_end_the_talk(desk: PeopleDesk, clock: StoppedClock, ana: PhoneScreen, caller: Dialler,
                                                phones: PretendedPhones) -> None:
    key = talk(desk, phones)
    desk.lost(ana)
    clock.advance(3 * GONE_AFTER_S)
    desk.tick()
    assert desk.settled()
    assert (desk.talks("CA1"), phones.stopped, caller.holds) == (True, [], [])
    again = PhoneScreen("ana")
    desk.sign_in(again)
    assert desk.settled()
    assert again.of("caller")[-1]["by_phone"] and len(phones.rung) == 1
    desk.phone_over(key)
    assert desk.settled() and again.doing == "wrap_up"


def test_a_page_loaded_again_while_it_rings_rings_no_second_time(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler,
                                                                 phones: PretendedPhones) -> None:
    again = PhoneScreen("ana")
    desk.sign_in(again)
    assert desk.settled()
    assert (len(phones.rung), len(again.of("offer"))) == (1, 1)
    assert desk.phone_takes(phones.rung[0])


def test_the_caller_hangs_up_in_the_middle(desk: PeopleDesk, ana: PhoneScreen, caller: Dialler, phones: PretendedPhones) -> None:
    key = talk(desk, phones)
    desk.leave("CA1")
    assert desk.settled()
    assert (ana.doing, phones.stopped, ana.of("gone")[-1]["why"]) == ("wrap_up", [key], "left")


def test_who_is_on_no_line_of_the_carriers_rings_at_no_phone(desk: PeopleDesk, ana: PhoneScreen, phones: PretendedPhones) -> None:
    browser, typist = Speaker("CA2"), Typist("TX1")
    assert desk.join(browser) == 0 and desk.join(typist) == 1
    assert desk.settled()
    assert (phones.rung, ana.of("offer")[-1]["by_phone"]) == ([], False)
    assert desk.answer(ana), "who types is read at the screen"


def test_a_colleague_on_the_phone_is_not_asked(desk: PeopleDesk, ana: PhoneScreen, phones: PretendedPhones) -> None:
    ben, caller = Screen("ben", ("tier1",)), Dialler("CA1")
    desk.away(ana)
    desk.sign_in(ben)
    desk.join(caller)
    assert desk.answer(ben) and desk.consult(ben, "tier2", "may I?")
    desk.ready(ana)
    assert desk.settled()
    assert (ana.of("offer"), phones.rung) == ([], [])


class AnyShiftWithPhones(AnyShift):
    """Whatever callers, staff and the carrier do, in whatever order, some of it on telephones."""

    def __init__(self) -> None:
        super().__init__()
        self.desk.close()
        self.phones = PretendedPhones()
        self.desk = PeopleDesk(self.clock, lambda call_id, standing: "", lambda call_id: LONGEST_S,
                               lambda caller: {"call": caller.call_id}, phones=self.phones)
        self.met: set[str] = set()
        """Calls that were brought together on a telephone: only these may end without a word from the desk."""

    @rule(target=AnyShift.callers, queue=st.sampled_from(["tier1", "tier2"]))
    def a_call_of_the_carriers(self, queue: str) -> str:
        self.count += 1
        call_id = f"CA{self.count}"
        self.people[call_id] = Dialler(call_id, queue)
        self.desk.join(self.people[call_id], again=True)
        return call_id

    @rule(target=AnyShift.screens, name=st.sampled_from(NAMES), queue=st.sampled_from(["", "", "tier1", "tier2"]))
    def takes_calls_on_a_phone(self, name: str, queue: str) -> Screen:
        self.at[name] = PhoneScreen(name, (queue,) if queue else ())
        self.desk.sign_in(self.at[name])
        return self.at[name]

    @rule(nth=st.integers(0, 3), meets=st.booleans())
    def picks_up_and_presses(self, nth: int, meets: bool) -> None:
        assert self.desk.settled()
        if not self.phones.rung:
            return
        key = self.phones.rung[-1 - nth % len(self.phones.rung)]
        queue = self.desk.phone_takes(key)
        if queue and meets:
            self.desk.phone_bridged(key)
            self.met.add(queue.removeprefix("agent-"))

    @rule(nth=st.integers(0, 3))
    def a_phone_is_put_down(self, nth: int) -> None:
        assert self.desk.settled()
        if self.phones.rung:
            self.desk.phone_over(self.phones.rung[-1 - nth % len(self.phones.rung)])

    @rule(caller=AnyShift.callers)
    def the_carrier_has_done_with_it(self, caller: str) -> None:
        if self.desk.leg_of(caller) is not None:
            self.met.add(caller)
        self.desk.phone_talk_ended(caller)

    @invariant()
    def everybody_is_in_one_place(self) -> None:
        assert self.desk.settled()
        for call_id, person in self.people.items():
            over = call_id in self.gone or bool(person.outcomes)
            here = self.desk.has(call_id)
            assert here is not over or (not here and call_id in self.met), (call_id, here, person.outcomes)
            assert len(person.outcomes) <= 1

    @invariant()
    def nobody_is_heard_by_anybody_else(self) -> None:
        ends = [p.end for p in (*self.people.values(), *self.at.values()) if getattr(p, "end", None) is not None]
        live = [e for e in ends if e._hear is not None]
        assert len({id(e) for e in live}) == len(live)
        for call_id, person in self.people.items():
            if isinstance(person, Speaker) and self.desk.has(call_id) and not person.outcomes:
                heard = person.end is not None
                assert heard == (self.desk.talks(call_id) and self.desk.leg_of(call_id) is None), call_id

    @invariant()
    def a_phone_is_used_for_one_caller_or_is_put_down(self) -> None:
        assert self.desk.settled()
        posts = self.desk._floor.staff.posts
        legs = list(self.desk._legs._legs.values())
        assert len({leg.agent_id for leg in legs}) == len(legs)
        for leg in legs:
            assert posts[leg.agent_id].call_id == leg.call_id
            assert str(posts[leg.agent_id].doing) == ("offered" if leg.state == "ringing" else "talking")
        of_use = {leg.key for leg in legs}
        assert {leg.key for leg in legs if leg.sid} <= set(self.phones.open)
        assert not of_use & set(self.phones.stopped)


TestAnyShiftWithPhones = AnyShiftWithPhones.TestCase
TestAnyShiftWithPhones.settings = settings(max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
