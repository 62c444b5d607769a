"""People whom we have called wait at our own desk: they are offered, talk, are passed on, and the promise is kept once."""

from __future__ import annotations

import pytest

from ivr.contact.callbacks.model import REACHED
from ivr.runtime.people_desk import GRACE_S
from tests.rim.called_back import AGENTS, CALLERS, Voice, answered, endings, leg_of, live_sessions, made_to, moves, rings, talks
from tests.rim.phones import NUMBER, PhoneScreen
from tests.rim.promised_call import CELL, OFFICE, dialled, promise_call, state
from tests.rim.site import Site
from tests.rim.text_people import Screen


@pytest.mark.usefixtures("on_every_store")
def test_they_are_offered_and_talk_and_the_promise_is_kept(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    (offer,) = screen.of("offer")
    reference = office.services.promises.get(key)["reference"]  # type: ignore[index]
    assert (offer["call"], offer["queue"], offer["channel"]) == (call.sid, "tier2", "voice")
    assert (offer["called_back"], offer["reference"]) == (True, reference)
    packet = talks(office, screen, call)
    assert (packet["called_back"], packet["reference"], packet["speaks"]) == (True, reference, True)
    leg = leg_of(call)
    leg.say(CALLERS)
    assert CALLERS in screen.heard
    screen.end.say(AGENTS)
    assert leg.hears(AGENTS)
    assert state(office, key) != "done", "it is not over yet"
    office.services.desk.end(screen)
    assert call.finish_stream()
    assert call.ended == "hangup"
    assert (state(office, key), made_to(office, call).result, endings(office)) == ("done", REACHED, {REACHED: 1.0})
    assert [m for m in moves(office, key) if m.startswith("done")] == ["done: connected"]
    assert office.ledger.queue == [], "not at the carrier"
    assert live_sessions(office) == []
    office.work()
    assert len(dialled(office)) == 1


def test_they_hear_their_place_and_no_way_out(office: Site, voice: Voice, screen: Screen) -> None:
    promise_call(office)
    office.services.desk.away(screen)
    call = answered(office)
    said = " ".join(text for key, text in voice.said if key == "queue_wait")
    assert "next" in said.lower() or "1" in said or "first" in said.lower(), said
    assert "press 1" not in said.lower()
    leg_of(call).press("1")
    assert office.services.desk.position(call.sid) == 1
    office.clock.advance(61)
    office.services.desk.seen(screen)
    office.services.desk.tick()
    leg_of(call).settle()
    assert [key for key, _ in voice.said].count("queue_wait") == 2
    call.hangup()


def test_who_hangs_up_in_the_conversation_was_reached(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    talks(office, screen, call)
    call.hangup()
    assert office.services.desk.settled()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})
    assert screen.of("gone")[-1]["why"] == "left"
    assert live_sessions(office) == []


def test_who_hangs_up_in_the_line_is_tried_on_the_next_number(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    assert screen.of("offer")
    call.hangup()
    assert office.services.desk.settled()
    assert (screen.of("gone")[-1]["why"], screen.doing) == ("left", "ready")
    assert (state(office, key), made_to(office, call).result, endings(office)) == ("waiting", "hung_up", {"hung_up": 1.0})
    rings(office)
    assert [to for _, to in dialled(office)] == [CELL, OFFICE]
    assert live_sessions(office) == []


def test_where_nobody_comes_they_hear_so_and_are_called_again(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office, numbers=[CELL])
    office.services.desk.away(screen)
    call = answered(office)
    office.services.desk.sign_out(screen)
    for _ in range(2):
        office.clock.advance(GRACE_S)
        office.services.desk.tick()
    assert call.finish_stream()
    assert "callback_no_agent" in [key for key, _ in voice.said]
    assert (call.ended, state(office, key), endings(office)) == ("hangup", "waiting", {"no_agent": 1.0})
    rings(office)
    assert [to for _, to in dialled(office)] == [CELL, CELL], "it was our fault, so the same number"


def test_who_was_passed_on_to_nobody_is_called_again(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office, numbers=[CELL])
    call = answered(office)
    talks(office, screen, call)
    assert made_to(office, call).result == REACHED
    assert office.services.desk.transfer(screen, "tier1", "wants something else")
    leg_of(call).settle()
    assert made_to(office, call).result is None
    office.services.desk.sign_out(screen)
    for _ in range(2):
        office.clock.advance(GRACE_S)
        office.services.desk.tick()
    assert call.finish_stream()
    assert (state(office, key), endings(office)) == ("waiting", {"no_agent": 1.0})


def test_who_is_handed_over_goes_on_with_the_colleague(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    talks(office, screen, call)
    ben = Screen("ben")
    office.services.desk.sign_in(ben)
    assert office.services.desk.consult(screen, "tier2", "ask about the date")
    leg_of(call).settle()
    assert ben.of("offer")[-1]["called_back"] is True
    assert office.services.desk.answer(ben)
    assert office.services.desk.consult_complete(screen)
    leg_of(call).settle()
    assert (ben.of("caller")[-1]["call"], ben.of("caller")[-1]["note"]) == (call.sid, "ask about the date")
    office.services.desk.end(ben)
    assert call.finish_stream()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})


@pytest.mark.parametrize("first", ["officer", "caller", "nobody"])
def test_an_officer_takes_them_on_a_telephone(office: Site, voice: Voice, first: str) -> None:
    key, officer = promise_call(office, numbers=[CELL]), PhoneScreen("ana")
    office.services.desk.sign_in(officer)
    call = answered(office)
    assert office.services.desk.settled()
    assert officer.of("offer")[-1]["called_back"] is True
    (phone,) = [c for c in office.carrier.calls.values() if c.to == NUMBER.reveal()]

    def goes_to_meet(seconds: float) -> None:
        if call.leg is not None:
            leg_of(call).settle()
            call.finish_stream()

    office.carrier.pauses = goes_to_meet
    phone.answer()
    if first == "nobody":
        office.carrier.pauses = lambda seconds: None
        phone.press("1")
        phone.hangup()
        leg_of(call).settle()
        call.finish_stream()
        assert (made_to(office, call).result, office.services.desk.position(call.sid)) == (None, 1)
        call.hangup()
        assert (state(office, key), endings(office)) == ("waiting", {"hung_up": 1.0})
        return
    phone.press("1")
    assert call.bridge is not None and call.bridge is phone.bridge
    assert (officer.doing, officer.of("caller")[-1]["promised"]["key"]) == ("talking", key)
    assert made_to(office, call).result == REACHED
    (phone if first == "officer" else call).hangup()
    assert office.services.desk.settled()
    assert (state(office, key), endings(office), live_sessions(office)) == ("done", {REACHED: 1.0}, [])
    assert officer.doing == "wrap_up"
