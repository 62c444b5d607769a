"""Staff who are gone for a moment, whatever they were at: a page loaded again while a colleague is asked, while a caller rings, while
the outcome is written down, and a computer that slept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ivr.agents.presence import GONE_AFTER_S
from ivr.runtime.desk_callers import MOST_TALKED
from ivr.runtime.desk_core import RINGS_S
from ivr.runtime.desk_staff import LOST_S, UNWRITTEN_S
from ivr.runtime.people_desk import PeopleDesk
from tests.rim.site import SATURDAY, StoppedClock
from tests.rim.test_console_desk import hear, new_desk, talking
from tests.rim.text_people import Screen, Speaker, Typist


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(SATURDAY)


@pytest.fixture
def desk(clock: StoppedClock) -> Iterator[PeopleDesk]:
    made = new_desk(clock)
    yield made
    made.close()


def loaded_again(desk: PeopleDesk, before: Screen) -> Screen:
    desk.lost(before)
    again = Screen(before.name, before.queues)
    desk.sign_in(again, ready=False)
    assert desk.settled()
    return again


class TestWhileAColleagueIsAsked:
    @pytest.fixture
    def asking(self, desk: PeopleDesk) -> tuple[Screen, Screen, Speaker]:
        ana, caller = talking(desk, "tier1")
        ben = Screen("ben", ("tier2",))
        desk.sign_in(ben)
        assert desk.consult(ana, "tier2", "may I?")
        return ana, ben, caller

    def test_they_go_on_asking_and_the_caller_hears_nobody(self, desk: PeopleDesk, asking: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = asking
        assert desk.answer(ben)
        again = loaded_again(desk, ana)
        assert (again.of("caller")[-1]["call"], again.of("consulting")[-1]["state"], again.of("consulting")[-1]["with"]) == (
            "CA1", "talking", "ben")
        assert hear(desk, again, ben) and hear(desk, ben, again)
        assert not hear(desk, again, caller) and not hear(desk, caller, again)
        assert caller.holds == [True]

    def test_nobody_has_answered_yet(self, desk: PeopleDesk, asking: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = asking
        again = loaded_again(desk, ana)
        assert again.of("consulting")[-1]["state"] == "waiting"
        assert not hear(desk, caller, again)
        assert desk.answer(ben)
        assert hear(desk, again, ben)

    def test_the_colleague_hangs_up_behind_it(self, desk: PeopleDesk, asking: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = asking
        assert desk.answer(ben)
        again = loaded_again(desk, ana)
        desk.end(ben)
        assert desk.settled()
        assert again.of("consulting")[-1]["state"] == "over"
        assert hear(desk, caller, again) and hear(desk, again, caller)

    def test_the_caller_is_handed_over_behind_it(self, desk: PeopleDesk, asking: tuple[Screen, Screen, Speaker]) -> None:
        ana, ben, caller = asking
        assert desk.answer(ben)
        again = loaded_again(desk, ana)
        assert desk.consult_complete(again)
        assert hear(desk, caller, ben) and hear(desk, ben, caller)
        assert (again.doing, again.of("gone")[-1]["why"]) == ("wrap_up", "transferred")


def test_a_caller_who_rings_rings_no_longer_than_at_first(desk: PeopleDesk, clock: StoppedClock) -> None:
    screen = Screen("ana")
    desk.sign_in(screen)
    desk.join(Speaker("CA1"))
    clock.advance(RINGS_S - 7)
    again = loaded_again(desk, screen)
    assert again.of("offer")[-1]["seconds"] == 7


@pytest.mark.parametrize(("silent_s", "says_goodbye"), [(LOST_S, True), (GONE_AFTER_S, False)])
def test_whoever_is_gone_for_longer_finds_the_outcome_that_they_owe(desk: PeopleDesk, clock: StoppedClock, silent_s: float,
                                                                    says_goodbye: bool) -> None:
    screen, _ = talking(desk)
    desk.end(screen)
    if says_goodbye:
        desk.lost(screen)
    clock.advance(silent_s)
    desk.tick()
    assert desk.serving("ana") == "", "nobody is there"
    again = Screen("ana")
    desk.sign_in(again, ready=False)
    assert desk.settled()
    assert (again.of("presence")[-1]["doing"], again.of("presence")[-1]["call"]) == ("wrap_up", "CA1")
    assert desk.serving("ana") == "CA1"
    desk.ready(again)
    desk.sign_out(again)
    desk.sign_in(Screen("ana"))
    assert desk.serving("ana") == "", "it was written down"


def test_what_is_owed_is_forgotten_after_a_while(desk: PeopleDesk, clock: StoppedClock) -> None:
    screen, _ = talking(desk)
    desk.end(screen)
    desk.sign_out(screen)
    clock.advance(UNWRITTEN_S)
    again = Screen("ana")
    desk.sign_in(again, ready=False)
    assert desk.settled()
    assert (again.doing, desk.serving("ana")) == ("away", "")


def test_a_computer_that_slept_is_not_told_of_another_page(desk: PeopleDesk, clock: StoppedClock) -> None:
    screen, _ = talking(desk)
    clock.advance(GONE_AFTER_S)
    desk.tick()
    assert desk.settled()
    assert screen.of("gone_silent") and not screen.of("gone_elsewhere")


class TestWhatWasTyped:
    @pytest.fixture
    def typing(self, desk: PeopleDesk) -> tuple[Screen, Typist]:
        screen, caller = Screen("ana"), Typist("CA1", channel="chat")
        desk.sign_in(screen)
        desk.join(caller)
        desk.typed("CA1", "hello?")
        assert desk.answer(screen)
        desk.say(screen, "Good morning.")
        return screen, caller

    def test_while_the_page_was_away_is_not_lost(self, desk: PeopleDesk, typing: tuple[Screen, Typist]) -> None:
        screen, _ = typing
        assert desk.settled()
        assert (screen.of("caller")[-1]["lines"], screen.of("caller")[-1]["typed_while_waiting"]) == ([], ["hello?"])
        desk.lost(screen)
        desk.typed("CA1", "are you there?")
        again = Screen("ana")
        desk.sign_in(again, ready=False)
        assert desk.settled()
        assert again.of("caller")[-1]["lines"] == [
            {"who": "caller", "text": "hello?"}, {"who": "you", "text": "Good morning."}, {"who": "caller", "text": "are you there?"}]
        assert again.of("caller")[-1]["typed_while_waiting"] == []

    def test_goes_along_to_a_colleague(self, desk: PeopleDesk, typing: tuple[Screen, Typist]) -> None:
        screen, _ = typing
        assert desk.transfer(screen, "tier2", "please")
        desk.typed("CA1", "still here")
        colleague = Screen("ben", ("tier2",))
        desk.sign_in(colleague)
        assert desk.answer(colleague)
        assert desk.settled()
        packet = colleague.of("caller")[-1]
        assert packet["lines"] == [{"who": "caller", "text": "hello?"}, {"who": "colleague", "text": "Good morning."}]
        assert packet["typed_while_waiting"] == ["still here"]

    def test_is_not_kept_without_end(self, desk: PeopleDesk, typing: tuple[Screen, Typist]) -> None:
        screen, _ = typing
        for n in range(2 * MOST_TALKED):
            desk.typed("CA1", f"line {n}")
        lines = loaded_again(desk, screen).of("caller")[-1]["lines"]
        assert (len(lines), lines[-1]["text"]) == (MOST_TALKED, f"line {2 * MOST_TALKED - 1}")


@pytest.mark.parametrize("caller", [Typist("CA1", channel="chat"), Speaker("CA1")])
def test_two_without_microphones_cannot_ask_each_other(desk: PeopleDesk, caller: Typist) -> None:
    ana, ben = Screen("ana", ("tier1",), speaks=caller.channel == "voice"), Screen("ben", ("tier2",), speaks=False)
    desk.sign_in(ana)
    desk.join(caller)
    assert desk.answer(ana)
    desk.sign_in(ben)
    assert desk.consult(ana, "tier2", "may I?") is ana.speaks
    assert desk.settled()
    assert not ben.of("offer"), "they could say nothing to each other"


def test_a_screen_is_told_how_many_wait_whatever_its_agent_does(desk: PeopleDesk) -> None:
    screen, other = Screen("ana", ("tier1",)), Screen("ben", ("tier2",))
    for each in (screen, other):
        desk.sign_in(each, ready=False)
    for n in range(3):
        desk.join(Speaker(f"CA{n}", "tier1"))
    for _ in range(2):
        desk.tick()
    assert desk.settled()
    assert [m["count"] for m in screen.of("waiting")] == [0, 3], "once for each change"
    assert [m["count"] for m in other.of("waiting")] == [0], "of who waits for them"
    desk.leave("CA0")
    desk.tick()
    assert desk.settled()
    assert screen.of("waiting")[-1]["count"] == 2


def test_away_behind_a_conversation_is_away_however_many_wait(desk: PeopleDesk) -> None:
    """The page asks for nothing else in between."""
    screen, _ = talking(desk)
    desk.join(Speaker("CA2"), again=True)
    desk.end(screen)
    desk.away(screen)
    assert desk.settled()
    assert (screen.doing, screen.of("offer")[-1]["call"]) == ("away", "CA1")
