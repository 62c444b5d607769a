"""Media sockets that lie, stall or babble; the neighbours must not notice."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from ivr.telephony.signature import sign_form
from tests.live.server import PUBLIC_URL, TOKEN, LiveServer
from tests.live.talk import Speak, Talk

pytestmark = pytest.mark.speech
WSS = PUBLIC_URL.replace("https", "wss") + "/media"


def signed() -> dict[str, str]:
    return {"X-Twilio-Signature": sign_form(TOKEN, WSS)}


def start(call_sid: str = "CA1", token: str = "") -> str:
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
        "streamSid": "MZ1", "accountSid": "AC1", "callSid": call_sid, "tracks": ["inbound"],
        "customParameters": {"token": token}, "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}})


def closed_with(socket: object) -> int:
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            socket.recv(timeout=10)  # type: ignore[attr-defined]
    return caught.value.rcvd.code if caught.value.rcvd else 1006


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Signature": "AAAA"}, {"Origin": "https://evil.example.org"},
                                     {"X-Twilio-Signature": sign_form("wrong", WSS)},
                                     {"X-Twilio-Signature": sign_form(TOKEN, "wss://evil.example.org/media")}])
def test_who_cannot_show_a_signature_is_refused_before_the_upgrade(server: LiveServer, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as caught, connect(f"ws://127.0.0.1:{server.port}/media", additional_headers=headers,
                                                         proxy=None):
        pass
    assert caught.value.response.status_code == 403


def test_a_stream_without_the_token_of_its_call_is_closed(server: LiveServer) -> None:
    for token in ("", "x" * 32, "ñ"):
        with connect(f"ws://127.0.0.1:{server.port}/media", additional_headers=signed(), proxy=None) as socket:
            socket.send(start("CA" + "5" * 32, token))
            assert closed_with(socket) == 1008


def test_our_own_page_without_a_token_is_closed(server: LiveServer) -> None:
    origin = {"Origin": f"http://127.0.0.1:{server.port}"}
    with connect(f"ws://127.0.0.1:{server.port}/media", additional_headers=origin, proxy=None) as socket:
        socket.send(start())
        assert closed_with(socket) == 1008


def test_a_socket_that_never_starts_is_closed(server: LiveServer) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/media", additional_headers=signed(), proxy=None) as socket:
        socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        assert closed_with(socket) == 1008


def test_another_call_s_token_opens_nothing(server: LiveServer, speak: Speak) -> None:
    taken: list[str] = []

    class Thief(Exception):
        pass

    original = server.carrier.open_media

    def steal(call: object, step: object) -> None:
        taken.append(step.parameters["token"])  # type: ignore[attr-defined]
        raise Thief

    server.carrier.open_media = steal  # type: ignore[method-assign]
    try:
        with pytest.raises(Thief):
            server.carrier.call()
    finally:
        server.carrier.open_media = original  # type: ignore[method-assign]
    with connect(f"ws://127.0.0.1:{server.port}/media", additional_headers=signed(), proxy=None) as socket:
        socket.send(start("CA" + "6" * 32, taken[0]))
        assert closed_with(socket) == 1008


HOSTILE = ["", "{", "[]", "null", "1", '"x"', "{}", '{"event": 1}', '{"event": "media"}', '{"event": "media", "media": {}}',
           '{"event": "media", "media": {"payload": "!!!"}}', '{"event":"media","media":{"payload":"' + "A" * 20000 + '"}}',
           '{"event": "start"}', '{"event": "mark"}', '{"event": "dtmf", "dtmf": {"digit": "55"}}', '{"event": "nope"}',
           '{"event": "stop", "streamSid": "other"}', '{"event": "media", "sequenceNumber": "x"}',
           '{"event": "media", "media": {"chunk": "-1", "payload": ""}}', '{"event": "dtmf"}', "\x00", "🙂",
           '{"event": "connected", "event": "connected"}', '{"event": "media", "media": {"timestamp": "9e99", "payload": "/w=="}}',
           '{"a":' * 500 + "1" + "}" * 500]


def test_hostile_frames_are_survived_and_neighbours_unharmed(server: LiveServer, speak: Speak) -> None:
    neighbour = Talk(server.carrier, speak, from_="+12025550161")
    neighbour.listen()
    victim = Talk(server.carrier, speak, from_="+12025550162")
    victim.listen()
    for frame in HOSTILE:
        victim.leg.send_raw(frame)
    victim.leg.send_raw(b"\x00\x01binary")
    victim.press("9")
    neighbour.say("when are you open")
    assert neighbour.leg.violations == []
    neighbour.leg.hangup()
    for _ in range(60):
        if not victim.leg.is_closed:
            victim.leg.send_raw("{")
    assert victim.leg.wait_closed(10), "who goes on babbling is closed"


def test_many_idle_sockets_do_not_keep_a_caller_out(server: LiveServer, speak: Speak) -> None:
    idle = [connect(f"ws://127.0.0.1:{server.port}/media", additional_headers=signed(), proxy=None).__enter__() for _ in range(40)]
    try:
        talk = Talk(server.carrier, speak, from_="+12025550163")
        talk.listen()
        talk.leg.hangup()
    finally:
        for socket in idle:
            socket.close()


def test_a_silent_stream_goes_on_and_a_broken_one_resumes(server: LiveServer, speak: Speak,
                                                          ) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550164")
    talk.listen()
    talk.press("9")
    talk.leg.break_connection()
    talk.call.stream_ends()
    assert talk.call.leg is not None, "a new stream, at the same node"
    talk.listen()
    talk.press("4")
    talk.leg.hangup()


def test_keys_pressed_ahead_of_their_question_are_kept(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550165")
    talk.listen()
    talk.leg.press("711")   # keys, a case, its status: faster than the menus are read
    assert talk.leg.wait_for(lambda x: x.marks_sent >= 4, 20)
    talk.press("1")
    assert server.ledger.wait_until(lambda x: any(s.to == "+12025550165" for s in x.sms), 15)
    talk.leg.hangup()


