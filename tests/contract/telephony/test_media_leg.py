"""The emulated carrier's media leg over a real WebSocket, against a small application made of our own codec."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from streamdouble import protocol as streamdouble
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from ivr.speech.wav import write_mulaw
from ivr.telephony.media_client import AudioSent, ClearSent, MarkSent, MediaClient, Violation
from ivr.telephony.media_codec import MediaStream
from ivr.telephony.media_events import AudioReceived, DigitPressed, Hostile, MarkReturned, MediaEvent, Started, Stopped
from ivr.telephony.signature import SIGNATURE_HEADER, RequestSignature
from ivr.testing.caller_frames import Impairment
from ivr.testing.carrier import Carrier
from ivr.testing.media_leg import MediaLeg
from ivr.testing.transport import WsgiTransport

ACCOUNT, TOKEN = "AC" + "0" * 32, "secret-token"
PUBLIC = "wss://ivr.example.org/media"
TONE = bytes(b for b in range(161) if b != 0x7F) * 5
"""100 ms that are not silence; without 0x7F, the second code for zero, so that it survives decoding."""

Handler = Callable[[MediaStream, MediaEvent, Callable[[str], None]], bool | None]


class Application:
    """Serves one handler for all sockets and keeps every event. A handler that returns True closes the socket."""

    def __init__(self) -> None:
        self.events: list[MediaEvent] = []
        self.streams: list[MediaStream] = []
        self.changed = threading.Condition()
        self.handler: Handler = lambda stream, event, send: None
        self._server = serve(self._serve, "127.0.0.1", 0, process_request=self._check, close_timeout=1)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.base = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def _check(self, connection: ServerConnection, request) -> object | None:
        signature = request.headers.get(SIGNATURE_HEADER, "")
        good = RequestSignature([TOKEN]).is_valid_upgrade("wss://ivr.example.org" + request.path, signature)
        return None if good else connection.respond(403, "signature\n")

    def _serve(self, socket: ServerConnection) -> None:
        stream = MediaStream()
        self.streams.append(stream)
        try:
            for data in socket:
                for event in stream.receive(data):
                    with self.changed:
                        self.events.append(event)
                        self.changed.notify_all()
                    if self.handler(stream, event, socket.send):
                        return
        except ConnectionClosed:
            return

    def wait_for(self, kind: type, count: int = 1, timeout_s: float = 5.0) -> list[MediaEvent]:
        with self.changed:
            assert self.changed.wait_for(lambda: sum(isinstance(e, kind) for e in self.events) >= count, timeout_s)
            return [e for e in self.events if isinstance(e, kind)]

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(timeout=5)


@pytest.fixture
def app() -> Iterator[Application]:
    application = Application()
    yield application
    application.stop()


@pytest.fixture
def dial(app: Application) -> Iterator[Callable[..., MediaLeg]]:
    legs: list[MediaLeg] = []

    def start(**options) -> MediaLeg:
        options = {"account_sid": ACCOUNT, "call_sid": "CA1", "parameters": {"token": "t0k"}} | options
        legs.append(MediaLeg(options.pop("url", PUBLIC), app.base, options.pop("secret", TOKEN), **options))
        return legs[-1]

    yield start
    for leg in legs:
        leg.hangup()


def test_start_carries_the_parameters_and_audio_flows(app, dial):
    leg = dial()
    started, = app.wait_for(Started)
    assert (started.call_sid, dict(started.custom_parameters)) == ("CA1", {"token": "t0k"})
    frames = app.wait_for(AudioReceived, 5)
    assert [f.timestamp_ms for f in frames[:5]] == [0, 20, 40, 60, 80] and {len(f.payload) for f in frames} == {160}
    leg.hangup()
    app.wait_for(Stopped)
    assert not app.streams[0].counts


@pytest.mark.parametrize("options", [{"secret": "wrong"}, {"signed": False}, {"url": "wss://other.example.org/media"}])
def test_an_unsigned_or_forged_upgrade_is_refused(app, dial, options):
    leg = dial(**options)
    assert leg.is_closed and leg.error_codes == [31920] and not app.events


def test_a_recording_is_heard_as_it_is(app, dial):
    leg = dial()
    leg.play_wav(write_mulaw(TONE))
    assert leg.wait_spoken()
    assert TONE in b"".join(e.payload for e in app.wait_for(AudioReceived, 10))


def test_keys(app, dial):
    dial().press("1#")
    assert [e.digit for e in app.wait_for(DigitPressed, 2)] == ["1", "#"]


def test_marks_come_back_in_order_when_played(app, dial):
    def speak(stream, event, send):
        if isinstance(event, Started):
            for name in ("zebra", "apple"):
                send(stream.send_media(TONE)), send(stream.send_mark(name))

    app.handler = speak
    leg = dial()
    marks = app.wait_for(MarkReturned, 2)
    assert [(m.name, m.cleared) for m in marks] == [("zebra", False), ("apple", False)]
    assert [fate for _, fate in leg.marks] == ["played", "played"] and leg.heard == TONE * 2
    assert leg.wait_until_quiet(5, quiet_s=0.05) and not leg.violations
    assert leg.pieces[1].start_s >= leg.pieces[0].start_s + 0.0999, "audio queues behind what is playing"


def test_a_clear_gives_the_marks_back_and_cuts_the_audio(app, dial):
    def interrupted(stream, event, send):
        if isinstance(event, Started):
            send(stream.send_media(TONE * 100)), send(stream.send_mark("long"))
        if isinstance(event, DigitPressed):
            send(stream.send_clear())

    app.handler = interrupted
    leg = dial()
    assert leg.wait_for_audio()
    leg.press("1")
    mark, = app.wait_for(MarkReturned)
    assert mark.cleared and leg.marks == [("e0:long", "cleared")] and len(leg.clears) == 1
    assert len(leg.heard) < len(TONE * 100)


def test_violations_are_noted(app, dial):
    def rude(stream, event, send):
        if isinstance(event, Started):
            send(b"\x00"), send("{}"), send(json.dumps({"event": "mark", "streamSid": stream.stream_sid, "mark": {}}))

    app.handler = rude
    leg = dial()
    assert leg.wait_for(lambda leg: len(leg.violations) == 3)
    assert leg.violations == ["binary_frame", "no_stream_sid", "malformed_mark"]


def test_lost_frames_are_gaps(app, dial):
    leg = dial(impairment=Impairment(loss=0.4, seed=3, first_timestamp_ms=5))
    frames = app.wait_for(AudioReceived, 10)
    leg.hangup()
    assert frames[0].timestamp_ms % 20 == 5 and any(f.gap_ms >= 20 for f in frames)
    assert {f.gap_ms % 20 for f in frames} == {0} and not app.streams[0].counts


def test_hostile_frames_close_the_stream_and_the_neighbour_lives(app, dial):
    app.handler = lambda stream, event, send: stream.closed_reason is not None
    neighbour, hostile = dial(), dial()
    for _ in range(60):
        hostile.send_raw("{")
    assert hostile.wait_closed()
    assert len(app.wait_for(Hostile, 50)) >= 50
    before = len(app.wait_for(AudioReceived))
    app.wait_for(AudioReceived, before + 3)
    assert not neighbour.is_closed


def test_a_broken_connection_is_a_closed_leg(app, dial):
    leg = dial()
    app.wait_for(Started)
    leg.break_connection()
    assert leg.wait_closed() and not any(isinstance(e, Stopped) for e in app.events)


def test_the_call_goes_on_when_the_application_closes(app, ledger, small_app):
    app.handler = lambda stream, event, send: isinstance(event, DigitPressed)
    carrier = Carrier(WsgiTransport(small_app), ACCOUNT, TOKEN, ledger, media_base=app.base)
    call = carrier.call()
    call.press("2")
    assert call.leg is not None and app.wait_for(Started)[0].call_sid == call.sid
    call.press("9")
    assert call.finish_stream(5)
    assert call.heard_text == "Goodbye." and call.ended == "hangup" and call.leg is None


def test_hanging_up_in_the_stream(app, small_app):
    carrier = Carrier(WsgiTransport(small_app), ACCOUNT, TOKEN, media_base=app.base)
    call = carrier.call()
    call.press("2")
    app.wait_for(Started)
    call.hangup()
    app.wait_for(Stopped)
    assert call.ended == "caller" and call.status == "completed"


class TestShapes:
    """Our client against streamdouble's transcription of the same page of Twilio's."""

    IDENTITY = streamdouble.StreamIdentity("MZ1", "AC1", "CA1")

    def test_what_twilio_sends(self):
        ours = MediaClient("MZ1", "CA1", "AC1")
        theirs = [streamdouble.build_connected(),
                  streamdouble.build_start(self.IDENTITY, 1, custom_parameters={"a": "b"}),
                  streamdouble.build_media(self.IDENTITY, 2, 1, 20, TONE),
                  streamdouble.build_dtmf(self.IDENTITY, 3, "5"), streamdouble.build_mark(self.IDENTITY, 4, "m"),
                  streamdouble.build_stop(self.IDENTITY, 5)]
        sent = [ours.connected(), ours.start({"a": "b"}), ours.media(TONE, 20), ours.dtmf("5"), ours.mark("m"),
                ours.stop()]
        assert [json.loads(s) for s in sent] == theirs

    def test_streamdouble_reads_what_the_server_sends(self):
        stream, client = MediaStream(), MediaClient("MZ1", "CA1", "AC1")
        stream.receive(client.start())
        for frame in (stream.send_media(TONE), stream.send_mark("m"), stream.send_clear()):
            parsed = streamdouble.parse_outbound(frame, expected_stream_sid="MZ1")
            assert not isinstance(parsed, streamdouble.UnknownFrame)

    @pytest.mark.parametrize("frame,read", [
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"AP8="}}', AudioSent(b"\x00\xff")),
        ('{"event":"mark","streamSid":"MZ1","mark":{"name":"m"}}', MarkSent("m")),
        ('{"event":"clear","streamSid":"MZ1"}', ClearSent()),
        ('{"event":"clear","streamSid":"MZ2"}', Violation("wrong_stream_sid")),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"@"}}', Violation("bad_base64")),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"UklGRgAA"}}', Violation("wav_header")),
        ('{"event":"media","streamSid":"MZ1","media":7}', Violation("no_payload")),
        ('{"event":"hum","streamSid":"MZ1"}', Violation("unknown_event")), ("[]", Violation("not_an_object")),
        ("{", Violation("bad_json"))])
    def test_what_the_client_reads(self, frame, read):
        assert MediaClient("MZ1", "CA1", "AC1").receive(frame) == read
