"""Callers who speak, and staff at their screens, over a real server: who qualifies is heard and hears, waits at their place, is passed
on and handed over; sound is told apart by its pitch at both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from ivr.speech import mulaw
from tests.live import console as consoles
from tests.live.console import Console
from tests.live.server import LiveServer
from tests.live.talk import Speak, Talk

pytestmark = pytest.mark.speech
CALLERS_HZ, AGENTS_HZ, COLLEAGUES_HZ = 1000.0, 620.0, 350.0
LONG_S = 20


def tone(hz: float, seconds: float = LONG_S) -> bytes:
    return mulaw.encode((0.3 * np.sin(2 * np.pi * hz / 8000 * np.arange(int(8000 * seconds)))).astype(np.float32))


def pitch(audio: bytes) -> float:
    """Of the second half, so that what was on the way before does not count."""
    samples = mulaw.decode(audio[len(audio) // 2:])
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(np.argmax(spectrum) * 8000 / samples.size) if spectrum.max() > 1 else 0.0


@pytest.fixture(scope="module")
def desk(server: LiveServer) -> LiveServer:
    for name in ("ana", "ben", "cleo"):
        consoles.user(server, name)
    consoles.user(server, "ed", role="editor")
    return server


@pytest.fixture(autouse=True)
def nobody_stays(desk: LiveServer) -> Iterator[None]:
    """No caller of one test waits for the agents of the next."""
    yield
    for call in list(desk.carrier.calls.values()):
        if not call.ended:
            call.hangup()


def to_a_person(desk: LiveServer, speak: Speak, number: str) -> Talk:
    talk = Talk(desk.carrier, speak, from_=number)
    talk.listen()
    talk.say("I cannot use this menu because of my disability")
    talk.press("2")
    talk.press("1")
    return talk


def heard_by(talk: Talk) -> float:
    """Pitch that the caller hears in the next moments; 0 for silence."""
    begun_s = talk.leg.now_s
    assert talk.leg.wait_for(lambda x: x.now_s > begun_s + 2.0, 20)
    audio = b"".join(p.payload for p in talk.leg.pieces if p.start_s > begun_s + 0.5)
    return pitch(audio) if len(audio) > 4000 else 0.0


def near(hz: float) -> object:
    return pytest.approx(hz, abs=12)


def test_both_hear_each_other_and_the_packet_is_right(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    ana = open_console("ana")
    talk = to_a_person(desk, speak, "+12025550171")
    offer = ana.sees("offer")
    assert (offer["channel"], offer["language"], offer["consult"]) == ("voice", "en", False)
    ana.do("answer")
    packet = ana.sees("caller")
    assert (packet["channel"], packet["speaks"]) == ("voice", True)
    assert packet["policy"] and packet["rule"]
    assert "202555" not in packet["number"]
    assert any("disability" in x["text"] for x in packet["said"] if x["who"] == "caller")
    talk.leg.play_mulaw(tone(CALLERS_HZ))
    ana.say(tone(AGENTS_HZ))
    assert pitch(ana.wait_heard(16_000)) == near(CALLERS_HZ)
    assert heard_by(talk) == near(AGENTS_HZ)
    ana.do("end")
    ana.sees("presence", doing="wrap_up")
    assert talk.call.finish_stream(60)
    assert talk.call.ended == "hangup"
    ana.do("wrapped_up")
    ana.sees("presence", doing="ready")


def test_on_hold_nobody_hears_anybody_and_the_caller_is_told(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    ana = open_console("ana")
    talk = to_a_person(desk, speak, "+12025550172")
    ana.sees("offer")
    ana.do("answer")
    ana.sees("caller")
    ana.say(tone(AGENTS_HZ))
    assert heard_by(talk) == near(AGENTS_HZ)
    ana.do("hold", on=True)
    ana.sees("held", on=True)
    assert heard_by(talk) != near(AGENTS_HZ)
    ana.do("hold", on=False)
    ana.say(tone(AGENTS_HZ))
    assert heard_by(talk) == near(AGENTS_HZ)
    talk.call.hangup()
    assert ana.sees("gone")["why"] == "left"


def test_keys_that_the_agent_presses_are_heard_as_tones(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    from ivr.speech.listener import CallListener, KeyPressed

    ana = open_console("ana")
    talk = to_a_person(desk, speak, "+12025550173")
    ana.sees("offer")
    ana.do("answer")
    ana.sees("caller")
    before_s = talk.leg.now_s
    ana.do("digits", digits="1590#")
    assert talk.leg.wait_for(lambda x: x.now_s > before_s + 2.5, 20)
    audio = talk.leg.heard
    keys = [e.digit for e in CallListener().feed(audio) if isinstance(e, KeyPressed)]
    assert "".join(keys).endswith("1590#")


def test_a_browser_that_dies_brings_the_caller_back_to_the_old_place(desk: LiveServer, speak: Speak,
                                                                     open_console: Callable[..., Console]) -> None:
    ana = open_console("ana")
    first = to_a_person(desk, speak, "+12025550174")
    ana.sees("offer")
    ana.do("answer")
    ana.sees("caller")
    to_a_person(desk, speak, "+12025550175")
    ana.die()
    ben = open_console("ben", ready=False)
    ben.sees("waiting")
    ben.do("ready")
    call = ben.sees("offer")["call"]
    if call != first.call.sid:  # the first one comes back within a moment: whoever was faster declines
        ben.do("decline")
        ben.forget()
        desk.carrier.ledger.wait_until(lambda x: False, 12)
        ben.do("ready")
        call = ben.sees("offer")["call"]
    assert call == first.call.sid
    ben.do("answer")
    ben.sees("caller")
    ben.say(tone(AGENTS_HZ))
    assert heard_by(first) == near(AGENTS_HZ)


def test_a_page_that_is_loaded_again_goes_on_talking(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    ana = open_console("ana")
    talk = to_a_person(desk, speak, "+12025550176")
    ana.sees("offer")
    ana.do("answer")
    ana.sees("caller")
    again = open_console("ana", ready=False, session=ana.cookie)
    ana.sees("gone_elsewhere")
    assert again.sees("caller")["call"] == talk.call.sid
    again.say(tone(AGENTS_HZ))
    assert heard_by(talk) == near(AGENTS_HZ)


def test_a_caller_is_handed_over_warm(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    ana, ben = open_console("ana", queues=["tier1"]), open_console("ben", queues=["tier2"])
    talk = to_a_person(desk, speak, "+12025550177")
    ana.sees("offer")
    ana.do("answer")
    ana.sees("caller")
    ana.do("consult", queue="tier2", note="asks about a hearing")
    offer = ben.sees("offer", consult=True)
    assert (offer["note"], offer["queue"]) == ("asks about a hearing", "tier2")
    ben.do("answer")
    ana.sees("consulting", state="talking")
    ana.say(tone(AGENTS_HZ))
    ben.say(tone(COLLEAGUES_HZ))
    assert pitch(ben.wait_heard(16_000)) == near(AGENTS_HZ)
    assert pitch(ana.wait_heard(16_000)) == near(COLLEAGUES_HZ)
    assert heard_by(talk) != near(AGENTS_HZ)
    ana.do("consult_complete")
    assert ana.sees("gone")["why"] == "transferred"
    ana.sees("presence", doing="wrap_up")
    ben.say(tone(COLLEAGUES_HZ))
    assert heard_by(talk) == near(COLLEAGUES_HZ)
    talk.leg.play_mulaw(tone(CALLERS_HZ))
    assert pitch(ben.wait_heard(16_000)) == near(CALLERS_HZ)
    ben.do("end")
    assert talk.call.finish_stream(60)


def test_a_caller_is_passed_on_cold_with_a_note(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    ana, ben = open_console("ana", queues=["tier1"]), open_console("ben", queues=["tier2"])
    talk = to_a_person(desk, speak, "+12025550178")
    ana.sees("offer")
    ana.do("answer")
    ana.sees("caller")
    ana.do("transfer", queue="tier2", note="needs an officer")
    assert ana.sees("gone")["why"] == "transferred"
    assert ben.sees("offer")["note"] == "needs an officer"
    ben.do("answer")
    assert ben.sees("caller")["note"] == "needs an officer"
    ben.say(tone(AGENTS_HZ))
    assert heard_by(talk) == near(AGENTS_HZ)


@pytest.mark.parametrize("how", ["1", "main menu", "please call me back"])
def test_who_waits_leaves_by_key_and_by_voice(desk: LiveServer, speak: Speak, open_console: Callable[..., Console], how: str) -> None:
    open_console("ana", ready=False)
    talk = to_a_person(desk, speak, "+12025550179")
    talk.leg.wait_until_quiet(30, quiet_s=2.0)
    talk.leg.press(how) if how == "1" else talk.leg.play_mulaw(speak(how, "en"))

    def has_left(_: object) -> bool:
        return any("caller released" in line and talk.call.sid in line and '"left"' in line for line in list(desk.log))

    assert talk.leg.wait_for(has_left, 30)
    assert not talk.leg.is_closed


@pytest.mark.parametrize(("name", "origin"), [("ed", consoles.PUBLIC_URL), ("ana", "https://elsewhere.example"), ("ana", "")])
def test_nobody_else_opens_the_socket(desk: LiveServer, name: str, origin: str) -> None:
    from websockets.sync.client import connect

    session = consoles.cookie(desk, name)
    with pytest.raises(InvalidStatus):
        connect(desk.url.replace("http", "ws") + "/agent/socket", origin=origin or None,  # type: ignore[arg-type]
                additional_headers={"Cookie": session})


def test_on_a_telephone_of_their_own(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    """It rings there, 1 takes the caller off our stream into the carrier's queue, and the flow goes on when they have talked."""
    number = "+12025550190"
    consoles.phone_of(desk, "cleo", number)
    cleo = open_console("cleo", audio=False, phone=True)
    talk = to_a_person(desk, speak, "+12025550189")
    assert cleo.sees("offer")["by_phone"] is True
    assert talk.leg.wait_for(lambda x: any(c.to == number for c in list(desk.carrier.calls.values())), 20), "the phone does not ring"
    (phone,) = [c for c in desk.carrier.calls.values() if c.to == number]
    phone.answer()
    before = talk.leg.now_s
    assert talk.leg.wait_for(lambda x: x.now_s > before + 0.5, 20) and not talk.leg.is_closed, "picked up is not taken"
    desk.carrier.pauses = lambda seconds: talk.call.stream is not None and talk.call.finish_stream(30)
    phone.press("1")
    packet = cleo.sees("caller")
    assert (packet["by_phone"], packet["speaks"]) == (True, False)
    assert talk.call.bridge is not None and talk.call.bridge is phone.bridge
    phone.hangup()
    cleo.sees("presence", doing="wrap_up")
    assert talk.call.ended == "hangup", "the flow said goodbye"
    assert (phone.errors, talk.call.errors) == ([], [])
    assert not any(number[2:] in line for line in desk.log)


def test_who_has_no_telephone_is_told_so(desk: LiveServer, open_console: Callable[..., Console]) -> None:
    assert open_console("ben", audio=False, phone=True).sees("error")["code"] == "no_phone"
