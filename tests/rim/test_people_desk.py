"""The line of those who type: who is next, what they are told, how a wait ends, and what a member of staff is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.errors import MalformedRequest
from ivr.runtime.people_desk import PeopleDesk
from tests.rim.site import SATURDAY, Site, StoppedClock, site
from tests.rim.text_people import Clerk, Typist, Window

LONGEST_S = 1800.0


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(SATURDAY)


@pytest.fixture
def desk(clock: StoppedClock) -> Iterator[PeopleDesk]:
    made = PeopleDesk(clock, lambda call_id, standing: f"you are number {standing.position}", lambda call_id: LONGEST_S,
                    lambda caller: {"call": caller.call_id})
    yield made
    made.close()


def after(desk: PeopleDesk, clock: StoppedClock, seconds: float) -> None:
    clock.advance(seconds)
    desk.tick()
    assert desk.settled()


class TestWaiting:
    def test_whoever_comes_first_is_served_first(self, desk: PeopleDesk) -> None:
        busy, people = Clerk("busy"), [Typist(f"TX{n}") for n in range(3)]
        desk.sign_in(busy)
        assert [desk.join(p) for p in people] == [1, 1, 2], "the first one is taken at once"
        desk.next(busy)
        assert desk.settled()
        assert [m["call"] for m in busy.of("caller")] == ["TX0", "TX1"]
        assert people[0].outcomes == ["connected"]
        assert desk.position("TX2") == 1

    def test_queues_and_languages_are_lines_of_their_own(self, desk: PeopleDesk) -> None:
        clerk = Clerk(queues=("tier2",), languages=("es",))
        desk.sign_in(Clerk("other", queues=("tier1", "tier2"), languages=("en",)))
        for caller in (Typist("TX1"), Typist("TX2", queue="tier2"), Typist("TX4", queue="tier2", language="en")):
            desk.join(caller)
        desk.sign_in(clerk)
        desk.join(Typist("TX3", queue="tier2", language="es"))
        assert desk.settled()
        assert [m["call"] for m in clerk.of("caller")] == ["TX3"]

    def test_the_place_is_said_at_once_and_each_minute(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        desk.sign_in(Clerk())
        desk.join(Typist("TX0"))
        waiting, behind = Typist("TX1"), Typist("TX2")
        desk.join(waiting)
        desk.join(behind)
        assert desk.settled()
        assert (waiting.read, behind.read) == (["you are number 1"], ["you are number 2"])
        after(desk, clock, 59)
        assert len(behind.read) == 1
        desk.leave("TX1")
        after(desk, clock, 2)
        assert behind.read == ["you are number 2", "you are number 1"]

    def test_the_longest_wait_ends_it(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        desk.sign_in(Clerk())
        desk.join(Typist("TX0"))
        waiting = Typist("TX1")
        desk.join(waiting)
        after(desk, clock, LONGEST_S - 1)
        assert waiting.outcomes == []
        after(desk, clock, 2)
        assert waiting.outcomes == ["wait_too_long"]
        assert not desk.has("TX1")

    def test_nobody_signed_in_is_told_at_once(self, desk: PeopleDesk) -> None:
        caller = Typist("TX1")
        assert desk.join(caller) == 0
        assert desk.settled()
        assert (caller.outcomes, caller.read) == (["failed"], [])

    def test_when_the_last_agent_goes_there_is_a_moment_of_grace(self, desk: PeopleDesk, clock: StoppedClock) -> None:
        clerk, caller = Clerk(), Typist("TX1")
        desk.sign_in(clerk)
        desk.join(Typist("TX0"))
        desk.join(caller)
        desk.sign_out(clerk)
        after(desk, clock, 20)
        after(desk, clock, 20)
        assert caller.outcomes == []
        desk.sign_in(clerk)
        after(desk, clock, 20)
        desk.sign_out(clerk)
        for _ in range(4):
            after(desk, clock, 20)
        assert caller.outcomes == ["failed"]

    def test_a_second_join_only_changes_the_line(self, desk: PeopleDesk) -> None:
        desk.sign_in(Clerk())
        desk.join(Typist("TX0"))
        for _ in range(3):
            assert desk.join(Typist("TX1")) == 1
        assert desk.join(Typist("TX2")) == 2


class TestTalking:
    def test_lines_go_both_ways_in_order(self, desk: PeopleDesk) -> None:
        clerk, caller = Clerk(), Typist("TX1")
        desk.sign_in(clerk)
        desk.join(caller)
        for n in range(20):
            desk.typed("TX1", f"word {n}")
            desk.say(clerk, f"answer {n}")
        assert desk.settled()
        assert [m["text"] for m in clerk.of("line")] == [f"word {n}" for n in range(20)]
        assert caller.read == [f"answer {n}" for n in range(20)]

    def test_what_is_typed_while_waiting_is_not_lost(self, desk: PeopleDesk) -> None:
        clerk = Clerk()
        desk.sign_in(clerk)
        desk.join(Typist("TX0"))
        desk.join(Typist("TX1"))
        desk.typed("TX1", "hello?")
        desk.next(clerk)
        assert desk.settled()
        assert clerk.of("caller")[-1]["typed_while_waiting"] == ["hello?"]

    @pytest.mark.parametrize(("typed", "arrives"), [("ONE MOMENT GA", "ONE MOMENT"), ("hold on, ga.", "hold on"), ("saga", "saga"),
                                                    ("GA", None)])
    def test_the_go_ahead_of_an_agent_is_optional_on_a_text_telephone(self, desk: PeopleDesk, typed: str, arrives: str | None) -> None:
        clerk, caller = Clerk(), Typist("TX1")
        desk.sign_in(clerk)
        desk.join(caller)
        desk.say(clerk, typed)
        assert desk.settled()
        assert caller.read == ([arrives] if arrives else [])

    def test_a_lost_connection_of_an_agent_is_no_hang_up(self, desk: PeopleDesk) -> None:
        clerk, other, first, second = Clerk("eva"), Clerk("ida"), Typist("TX1"), Typist("TX2")
        desk.sign_in(clerk)
        desk.join(first)
        desk.join(second)
        desk.sign_out(clerk)
        desk.sign_in(other)
        assert desk.settled()
        assert [m["call"] for m in other.of("caller")] == ["TX1"], "first in line again"
        assert first.outcomes == []

    def test_a_caller_who_leaves_is_not_released(self, desk: PeopleDesk) -> None:
        clerk, caller = Clerk(), Typist("TX1")
        desk.sign_in(clerk)
        desk.join(caller)
        desk.leave("TX1")
        assert desk.settled()
        assert clerk.of("gone") == [{"type": "gone", "call": "TX1", "why": "left"}]
        assert caller.outcomes == []
        assert not desk.say(clerk, "still there?")

    def test_a_line_that_breaks_does_not_hold_up_the_release(self, desk: PeopleDesk) -> None:
        class Broken(Typist):
            async def deliver(self, text: str) -> None:
                raise ConnectionError("the line is dead")

        clerk, caller = Clerk(), Broken("TX1")
        desk.sign_in(clerk)
        desk.join(caller)
        desk.say(clerk, "hello")
        desk.end(clerk)
        assert desk.settled()
        assert caller.outcomes == ["connected"]

    def test_a_caller_is_told_on_the_loop_that_their_line_runs_on(self, desk: PeopleDesk) -> None:
        loops: list[asyncio.AbstractEventLoop] = []

        class OnLoop(Typist):
            async def deliver(self, text: str) -> None:
                loops.append(asyncio.get_running_loop())

        clerk = Clerk()
        desk.sign_in(clerk)

        async def line() -> asyncio.AbstractEventLoop:
            desk.join(OnLoop("TX1"))
            desk.say(clerk, "hello")
            assert await asyncio.to_thread(desk.settled)
            return asyncio.get_running_loop()

        assert loops == [] and asyncio.run(line()) is loops[0]


def to_a_person(window: Window) -> None:
    for text in ("change the date for my fingerprints", "March 20 2026", "yes"):
        window.say(text)


class TestThroughTheFlow:
    """The engine decides who may; the desk keeps the line."""

    def test_the_chat_leads_to_the_same_queue_by_the_same_rule(self, office: Site) -> None:
        clerk, window = Clerk(), Window(office)
        office.services.desk.sign_in(clerk)
        to_a_person(window)
        assert office.services.desk.settled()
        assert window.state in ("waiting", "agent")
        (packet,) = clerk.of("caller")
        assert (packet["queue"], packet["language"], packet["channel"], packet["rule"]) == ("tier2", "en", "chat", "bio-advance")
        assert packet["reason"] == "reschedule_biometrics"
        assert any(x["text"] == "change the date for my fingerprints" for x in packet["said"])
        assert "2026-03-20" not in str(packet), "values are masked"

    def test_the_conversation_goes_on_where_the_agent_hangs_up(self, office: Site) -> None:
        clerk, window, desk = Clerk(), Window(office), office.services.desk
        desk.sign_in(clerk)
        to_a_person(window)
        desk.say(clerk, "Hello, I can move it.")
        assert desk.settled()
        window.look()
        assert window.said_by("agent") == ["Hello, I can move it."]
        window.say("thank you")
        assert desk.settled()
        assert [m["text"] for m in clerk.of("line")] == ["thank you"]
        desk.end(clerk)
        assert desk.settled()
        assert window.look(), "the flow says goodbye"
        assert window.state == "ended"
        with office.services.db.read() as connection:
            kinds = [r[0] for r in connection.exec_driver_sql("SELECT type FROM events ORDER BY seq").all()]
        assert kinds.count("queue_ended") == 1

    def test_nobody_signed_in_goes_on_by_the_flows_own_way(self, office: Site) -> None:
        window = Window(office)
        to_a_person(window)
        assert office.services.desk.settled()
        said = window.look()
        assert window.state == "open"
        assert any("call you back" in text for text in said)

    def test_outside_the_live_hours_nobody_waits(self, tmp_path) -> None:
        with site(tmp_path, SATURDAY) as closed:
            closed.services.desk.sign_in(Clerk())
            window = Window(closed)
            to_a_person(window)
            assert window.state == "open"

    def test_who_waits_no_longer_is_asked_on(self, office: Site) -> None:
        desk = office.services.desk
        desk.sign_in(Clerk())
        first, second = Window(office), Window(office)
        for window in (first, second):
            to_a_person(window)
        assert desk.settled()
        second.look()
        assert second.state == "waiting"
        assert any("in line" in t or "next" in t or "1" in t for t in second.said_by("system")[-1:])
        second.post("leave")
        assert second.state == "open"
        assert not desk.waits(office.services.text_rows.by_token(second.token).call_id)

    def test_a_value_is_shown_for_a_reason_only_and_the_look_is_kept(self, office: Site) -> None:
        clerk, window, packets = Clerk(), Window(office), office.services.packets
        office.services.desk.sign_in(clerk)
        to_a_person(window)
        assert office.services.desk.settled()
        call_id = clerk.of("caller")[0]["call"]
        assert packets.reveal(call_id, "appointment_date", "to move it", "eva") == "2026-03-20"
        for slot, reason in (("appointment_date", " "), ("nothing", "why not")):
            with pytest.raises(MalformedRequest):
                packets.reveal(call_id, slot, reason, "eva")
        with office.services.db.read() as connection:
            rows = connection.exec_driver_sql("SELECT call_id, slot, agent, reason FROM reveals").all()
        assert [(r[0], r[1], r[2]) for r in rows] == [(call_id, "appointment_date", "eva")]
        assert b"move" not in bytes(rows[0][3]), "sealed"
        entry = office.services.access.audit.newest(1)[0]
        assert (entry.who, entry.act, entry.what, entry.why) == ("eva", "value.revealed", f"{call_id} appointment_date", "to move it")
        assert office.services.access.audit.verify().is_whole

    def test_a_wait_outlives_a_restart_of_the_server(self, tmp_path) -> None:
        with site(tmp_path) as before:
            before.services.desk.sign_in(Clerk())
            windows = [Window(before), Window(before)]
            for window in windows:
                to_a_person(window)
            token = windows[1].token
        with site(tmp_path) as again:
            window = object.__new__(Window)
            window._client, window._headers, window._count = again.app.test_client(), {}, 9
            window.token, window.lines, window.state, window.language = token, [], "", ""
            window.post("resume", after=0)
            assert window.state == "waiting"
            clerk = Clerk()
            again.services.desk.sign_in(clerk)
            assert again.services.desk.settled()
            assert len(clerk.of("caller")) == 1


@contextmanager
def two_servers(folder: Path) -> Iterator[tuple[Site, Site]]:
    with site(folder) as one, site(folder) as two:
        two.services.clock = one.services.clock
        yield one, two


def at(office: Site, window: Window) -> Window:
    """The same window, whose next requests go to this server."""
    window._client = office.app.test_client()
    return window


def ticks(*offices: Site) -> None:
    for office in offices:
        office.services.texts.handovers.tick()
        assert office.services.desk.settled()


@pytest.mark.usefixtures("on_every_store")
class TestTwoServers:
    def test_whoever_is_handed_over_comes_to_the_server_of_the_agent(self, tmp_path) -> None:
        with two_servers(tmp_path) as (one, two):
            clerk = Clerk()
            two.services.desk.sign_in(clerk)
            two.services.texts.handovers.show_agents()
            window = Window(one)
            to_a_person(window)
            ticks(one, two)
            assert len(clerk.of("caller")) == 1
            window.say("are you there?")
            at(two, window).say("hello?")
            ticks(one, two)
            assert [m["text"] for m in clerk.of("line")] == ["are you there?", "hello?"]
            two.services.desk.say(clerk, "Yes, here I am.")
            ticks(one, two)
            at(one, window).look()
            assert (window.said_by("agent"), window.state) == (["Yes, here I am."], "agent")
            two.services.desk.end(clerk)
            ticks(two, one)
            window.look()
            assert window.state == "ended"

    def test_skills_are_known_to_the_other_servers(self, tmp_path) -> None:
        with two_servers(tmp_path) as (one, two):
            clerk = Clerk()
            clerk.skills = ("travel", "tty")
            two.services.desk.sign_in(clerk)
            two.services.texts.handovers.show_agents()
            window = Window(one)
            to_a_person(window)
            ticks(one, two)
            assert len(clerk.of("caller")) == 1

    def test_a_poll_at_another_server_puts_nobody_into_a_second_line(self, tmp_path) -> None:
        with two_servers(tmp_path) as (one, two):
            for office in (one, two):
                office.services.desk.sign_in(Clerk(office.services.texts.handovers.me))
            first, window = Window(one), Window(one)
            to_a_person(first)
            to_a_person(window)
            for _ in range(4):
                at(two, window).look()
                at(one, window).look()
                ticks(one, two)
            call_id = one.services.text_rows.by_token(window.token).call_id
            assert [o.services.desk.has(call_id) for o in (one, two)] == [True, False]
            at(two, window).post("leave")
            ticks(one, two)
            assert not one.services.desk.has(call_id)
            assert window.state == "open"

    def test_a_server_that_dies_loses_its_callers_to_the_other(self, tmp_path) -> None:
        with two_servers(tmp_path) as (one, two):
            clerk = Clerk()
            one.services.desk.sign_in(Clerk())
            window = Window(one)
            to_a_person(window)
            ticks(one)
            two.services.desk.sign_in(clerk)
            ticks(two)
            assert clerk.of("caller") == []
            one.clock.advance(16)
            ticks(two)
            assert len(clerk.of("caller")) == 1

    def test_nobody_anywhere_is_failed_once(self, tmp_path) -> None:
        with two_servers(tmp_path) as (one, two):
            window = Window(one)
            to_a_person(window)
            ticks(one, two)
            at(two, window).look()
            assert window.state == "open"
            assert sum("call you back" in text for text in window.said_by("system")) == 1
