"""Staff at screens: callers that ring, hold, being passed on and handed over, pages that are lost. And the law over all of it: each
caller is in one place, and nobody is heard by anybody but the one they talk with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from ivr.agents.presence import GONE_AFTER_S
from ivr.runtime.desk_core import RINGS_S
from ivr.runtime.desk_staff import LOST_S
from ivr.runtime.people_desk import PeopleDesk
from tests.rim.site import SATURDAY, StoppedClock
from tests.rim.text_people import Clerk, Screen, Speaker, Typist

LONGEST_S = 1800.0


def new_desk(clock: StoppedClock) -> PeopleDesk:
    return PeopleDesk(clock, lambda call_id, standing: f"you are number {standing.position}", lambda call_id: LONGEST_S,
                      lambda caller: {"call": caller.call_id})


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(SATURDAY)


@pytest.fixture
def desk(clock: StoppedClock) -> Iterator[PeopleDesk]:
    made = new_desk(clock)
    yield made
    made.close()


def hear(desk: PeopleDesk, one: Speaker | Screen, other: Speaker | Screen) -> bool:
    """Whether what one says arrives at the other."""
    assert desk.settled()
    before = len(other.heard)
    if one.end is not None:
        one.end.say(b"sound")
    desk._loop.get().call_soon_threadsafe(lambda: None)
    import asyncio

    asyncio.run_coroutine_threadsafe(_nothing(), desk._loop.get()).result(5)
    return len(other.heard) > before


async def _nothing() -> None:
    """Behind whatever was asked of the loop before."""


def talking(desk: PeopleDesk, *queues: str) -> tuple[Screen, Speaker]:
    screen, caller = Screen("ana", queues), Speaker("CA1")
    desk.sign_in(screen)
    desk.join(caller)
    assert desk.answer(screen)
    assert desk.settled()
    return screen, caller


def test_a_caller_rings_and_is_heard_only_when_answered(desk: PeopleDesk) -> None:
    screen, caller = Screen(), Speaker("CA1")
    desk.sign_in(screen)
    desk.join(caller)
    assert desk.settled()
    (offer,) = screen.of("offer")
    assert (offer["call"], offer["channel"], offer["seconds"]) == ("CA1", "voice", RINGS_S)
    assert (screen.of("caller"), desk.talks("CA1"), caller.end) == ([], False, None)
    assert desk.answer(screen)
    assert hear(desk, screen, caller) and hear(desk, caller, screen)
    assert desk.serving("eva") == "CA1"


def test_nobody_answers_and_the_caller_is_next_for_somebody_else(desk: PeopleDesk, clock: StoppedClock) -> None:
    first, second, caller = Screen("a"), Screen("b"), Speaker("CA1")
    desk.sign_in(first)
    desk.join(caller)
    desk.sign_in(second)
    for _ in range(RINGS_S):
        clock.advance(1)
        for each in (first, second):
            desk.seen(each)
        desk.tick()
    assert desk.settled()
    assert (first.doing, first.of("gone")[-1]["why"]) == ("away", "taken")
    assert second.of("offer")[-1]["call"] == "CA1"
    assert not desk.answer(first), "it rings elsewhere by now"
    assert desk.answer(second)


def test_a_caller_who_hangs_up_rings_no_longer(desk: PeopleDesk) -> None:
    screen = Screen()
    desk.sign_in(screen)
    desk.join(Speaker("CA1"))
    desk.leave("CA1")
    assert desk.settled()
    assert (screen.of("gone")[-1]["why"], screen.doing) == ("left", "ready")
    assert not desk.answer(screen)


@pytest.mark.parametrize("without", [Screen(speaks=False), Clerk()])
def test_who_has_no_microphone_is_offered_nobody_who_speaks(desk: PeopleDesk, without: Clerk) -> None:
    caller = Speaker("CA1")
    desk.sign_in(without)
    assert desk.join(caller) == 0
    assert desk.settled()
    assert caller.outcomes == ["failed"]
    assert desk.join(Typist("TX1")) == 1


def test_after_a_call_there_is_something_to_write_down_and_then_the_next(desk: PeopleDesk) -> None:
    screen, caller = talking(desk)
    desk.join(Speaker("CA2"))
    desk.end(screen)
    assert desk.settled()
    assert (caller.outcomes, screen.doing, screen.end) == (["connected"], "wrap_up", None)
    assert desk.serving("ana") == "CA1", "it is still theirs to write down"
    assert len(screen.of("offer")) == 1
    desk.ready(screen)
    assert desk.settled()
    assert screen.of("offer")[-1]["call"] == "CA2"


def test_on_hold_nobody_hears_anybody(desk: PeopleDesk) -> None:
    screen, caller = talking(desk)
    assert desk.hold(screen, True)
    assert not hear(desk, screen, caller) and not hear(desk, caller, screen)
    assert desk.hold(screen, False)
    assert hear(desk, screen, caller)
    assert caller.holds == [True, False]


def test_nothing_is_typed_to_who_speaks(desk: PeopleDesk) -> None:
    screen, _ = talking(desk)
    assert not desk.say(screen, "hello")


def test_a_page_that_is_lost_and_loaded_again_goes_on(desk: PeopleDesk, clock: StoppedClock) -> None:
    screen, caller = talking(desk)
    desk.lost(screen)
    again = Screen("ana")
    clock.advance(LOST_S - 1)
    desk.tick()
    desk.sign_in(again, ready=False)
    assert desk.settled()
    assert again.of("caller")[-1]["call"] == "CA1"
    assert hear(desk, again, caller) and hear(desk, caller, again)
    assert caller.holds == [True]
    desk.end(screen)
    assert desk.talks("CA1"), "the page before has no say any more"


@pytest.mark.parametrize(("silent_s", "says_goodbye"), [(LOST_S, True), (GONE_AFTER_S, False)])
def test_a_browser_that_dies_brings_the_caller_back_to_the_old_place(desk: PeopleDesk, clock: StoppedClock, silent_s: float,
                                                                     says_goodbye: bool) -> None:
    screen, caller = talking(desk)
    desk.join(Speaker("CA2"), again=True)
    if says_goodbye:
        desk.lost(screen)
    clock.advance(silent_s)
    desk.tick()
    assert desk.settled()
    assert (desk.position("CA1"), desk.position("CA2"), caller.end) == (1, 2, None)
    assert caller.read[-1] == "you are number 1"
    other = Screen("ben")
    desk.sign_in(other)
    assert desk.settled()
    assert other.of("offer")[-1]["call"] == "CA1"


def test_cold_the_wait_before_counts_and_the_note_goes_along(desk: PeopleDesk, clock: StoppedClock) -> None:
    screen, caller = talking(desk, "tier1")
    clock.advance(20)
    desk.join(Speaker("CA2", "tier2"), again=True)
    assert desk.transfer(screen, "tier2", "needs an officer")
    assert desk.settled()
    assert (desk.position("CA1"), desk.position("CA2"), caller.end, screen.doing) == (1, 2, None, "wrap_up")
    officer = Screen("ben", ("tier2",))
    desk.sign_in(officer)
    assert desk.answer(officer)
    assert desk.settled()
    assert (officer.of("caller")[-1]["call"], officer.of("caller")[-1]["note"]) == ("CA1", "needs an officer")
    desk.end(officer)
    assert desk.settled()
    assert caller.outcomes == ["connected"]


class TestConsultation:
    @pytest.fixture
    def three(self, desk: PeopleDesk) -> tuple[Screen, Screen, Speaker]:
        ana, caller = talking(desk, "tier1")
        ben = Screen("ben", ("tier2",))
        desk.sign_in(ben)
        assert desk.consult(ana, "tier2", "may I?")
        assert not desk.consult(ana, "tier2", "twice")
        assert desk.settled()
        assert (ben.of("offer")[-1]["consult"], ben.of("offer")[-1]["call"]) == (True, "CA1")
        assert desk.answer(ben)
        return ana, ben, caller

    def test_the_two_hear_each_other_and_the_caller_nobody(self, desk: PeopleDesk, three: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = three
        assert hear(desk, ana, ben) and hear(desk, ben, ana)
        assert not hear(desk, caller, ana) and not hear(desk, caller, ben)
        assert not hear(desk, ana, caller)
        assert caller.holds == [True]
        assert desk.caller_of(ben) is caller, "the one who is asked may look as well"

    def test_completed(self, desk: PeopleDesk, three: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = three
        assert desk.consult_complete(ana)
        assert hear(desk, caller, ben) and hear(desk, ben, caller)
        assert (ana.doing, ana.end, ana.of("gone")[-1]["why"], ben.doing) == ("wrap_up", None, "transferred", "talking")
        desk.end(ben)
        assert desk.settled()
        assert caller.outcomes == ["connected"]

    def test_taken_back(self, desk: PeopleDesk, three: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = three
        desk.consult_end(ana)
        assert hear(desk, caller, ana) and hear(desk, ana, caller)
        assert (ben.of("gone")[-1]["why"], ben.end, caller.holds) == ("taken", None, [True, False])

    def test_whoever_was_asked_hangs_up(self, desk: PeopleDesk, three: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = three
        desk.end(ben)
        assert hear(desk, caller, ana) and hear(desk, ana, caller)
        assert ana.of("consulting")[-1]["state"] == "over"

    def test_the_caller_hangs_up(self, desk: PeopleDesk, three: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, _ = three
        desk.leave("CA1")
        assert desk.settled()
        assert (ana.doing, ben.doing) == ("wrap_up", "wrap_up")
        assert ben.of("gone")[-1]["why"] == "taken"

    def test_whoever_asked_is_lost(self, desk: PeopleDesk, three: tuple[Screen, Screen, Speaker], clock: StoppedClock) -> None:
        ana, ben, caller = three
        desk.lost(ana)
        clock.advance(LOST_S)
        desk.seen(ben)
        desk.tick()
        assert desk.settled()
        assert (desk.position("CA1"), caller.end, ben.end) == (1, None, None)

    def test_nobody_has_answered_yet(self, desk: PeopleDesk) -> None:
        ana, caller = talking(desk, "tier1")
        assert desk.consult(ana, "tier2", "")
        assert not desk.consult_complete(ana)
        desk.consult_end(ana)
        assert hear(desk, caller, ana)


NAMES = ("ana", "ben", "cleo")


class AnyShift(RuleBasedStateMachine):
    """Whatever callers and staff do, in whatever order."""

    callers, screens = Bundle("callers"), Bundle("screens")

    def __init__(self) -> None:
        super().__init__()
        self.clock = StoppedClock(SATURDAY)
        self.desk = new_desk(self.clock)
        self.people: dict[str, Speaker | Typist] = {}
        self.gone: set[str] = set()
        self.at: dict[str, Screen] = {}
        self.count = 0

    def teardown(self) -> None:
        self.desk.close()

    @rule(target=callers, queue=st.sampled_from(["tier1", "tier2"]), speaks=st.booleans())
    def joins(self, queue: str, speaks: bool) -> str:
        self.count += 1
        call_id = f"CA{self.count}"
        self.people[call_id] = Speaker(call_id, queue) if speaks else Typist(call_id, queue)
        self.desk.join(self.people[call_id], again=True)
        return call_id

    @rule(caller=consumes(callers))
    def hangs_up(self, caller: str) -> None:
        self.desk.leave(caller)
        self.gone.add(caller)

    @rule(target=screens, name=st.sampled_from(NAMES), queue=st.sampled_from(["", "", "tier1", "tier2"]),
          speaks=st.sampled_from([True, True, False]))
    def opens(self, name: str, queue: str, speaks: bool) -> Screen:
        self.at[name] = Screen(name, (queue,) if queue else (), speaks=speaks)
        self.desk.sign_in(self.at[name])
        return self.at[name]

    @rule()
    def everybody_answers(self) -> None:
        for screen in self.at.values():
            self.desk.answer(screen)

    @rule()
    def everybody_is_ready(self) -> None:
        for screen in self.at.values():
            self.desk.seen(screen)
            self.desk.ready(screen)

    @rule(screen=screens, what=st.sampled_from(["ready", "away", "answer", "decline", "end", "lost", "sign_out", "seen", "consult_end",
                                                "consult_complete"]))
    def does(self, screen: Screen, what: str) -> None:
        getattr(self.desk, what)(screen)

    @rule(screen=screens, on=st.booleans())
    def holds(self, screen: Screen, on: bool) -> None:
        self.desk.hold(screen, on)

    @rule(name=st.sampled_from(NAMES), queue=st.sampled_from(["tier1", "tier2"]), warm=st.booleans())
    def passes_on(self, name: str, queue: str, warm: bool) -> None:
        if name in self.at:
            (self.desk.consult if warm else self.desk.transfer)(self.at[name], queue, "note")

    @rule(target=callers)
    def a_busy_moment(self) -> str:
        """Rare by chance alone: everybody is there, and somebody talks."""
        for name in NAMES:
            if name not in self.at:
                self.opens(name, "", True)
        call_id = self.joins("tier1", True)
        self.everybody_is_ready()
        self.everybody_answers()
        return call_id

    @rule(queue=st.sampled_from(["tier1", "tier2"]))
    def somebody_asks_and_is_answered(self, queue: str) -> None:
        any(self.desk.consult(screen, queue, "note") for screen in self.at.values())
        self.everybody_is_ready()
        self.everybody_answers()

    @rule(how=st.sampled_from(["consult_end", "consult_complete"]))
    def consultations_end(self, how: str) -> None:
        for screen in self.at.values():
            getattr(self.desk, how)(screen)

    @rule(seconds=st.floats(0.5, 40))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.desk.tick()

    @invariant()
    def everybody_is_in_one_place(self) -> None:
        assert self.desk.settled()
        for call_id, person in self.people.items():
            here = self.desk.has(call_id)
            over = call_id in self.gone or bool(person.outcomes)
            assert here is not over, (call_id, here, person.outcomes)
            assert len(person.outcomes) <= 1

    @invariant()
    def nobody_is_heard_by_anybody_else(self) -> None:
        ends = [p.end for p in (*self.people.values(), *self.at.values()) if getattr(p, "end", None) is not None]
        live = [e for e in ends if e._hear is not None]
        assert len({id(e) for e in live}) == len(live)
        for call_id, person in self.people.items():
            if isinstance(person, Speaker) and call_id not in self.gone and not person.outcomes:
                assert (person.end is not None) == self.desk.talks(call_id), call_id

    @invariant()
    def who_is_signed_in_and_free_holds_no_line(self) -> None:
        for screen in self.at.values():
            post = self.desk._floor.staff.posts.get(f"user:{screen.name}")
            if post is not None and str(post.doing) in ("ready", "away", "offered", "wrap_up"):
                assert screen.end is None, (screen.name, post.doing)


TestAnyShift = AnyShift.TestCase
TestAnyShift.settings = settings(max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
