"""The server side of Media Streams against Twilio's documented messages and against a hostile peer."""

from __future__ import annotations

import base64
import json

import pytest

from ivr.errors import Bug
from ivr.telephony.media_codec import HOSTILE_LIMIT, MAX_PENDING_MARKS, MediaStream
from ivr.telephony.media_events import AudioReceived, Connected, DigitPressed, Hostile, MarkReturned, Started, Stopped

# The example messages of Twilio's page "Media Streams - WebSocket Messages", payloads shortened.
MZ, AC, CA = "MZ" + "X" * 32, "AC" + "X" * 32, "CA" + "X" * 32
CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
START = {"event": "start", "sequenceNumber": "1", "start": {
    "accountSid": AC, "streamSid": MZ, "callSid": CA, "tracks": ["inbound"],
    "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    "customParameters": {"FirstName": "Jane", "LastName": "Doe", "RemoteParty": "Bob"}}, "streamSid": MZ}
MEDIA = {"event": "media", "sequenceNumber": "3", "media": {
    "track": "inbound", "chunk": "1", "timestamp": "5", "payload": "no+JhoaJjpz/f39/"}, "streamSid": MZ}
DTMF = {"event": "dtmf", "streamSid": MZ, "sequenceNumber": "5", "dtmf": {"track": "inbound_track", "digit": "1"}}
MARK = {"event": "mark", "sequenceNumber": "4", "streamSid": MZ, "mark": {"name": "e0:my label"}}
STOP = {"event": "stop", "sequenceNumber": "5", "stop": {"accountSid": AC, "callSid": CA}, "streamSid": MZ}


def opened() -> MediaStream:
    stream = MediaStream()
    stream.receive(json.dumps(CONNECTED))
    stream.receive(json.dumps(START))
    return stream


def changed(message: dict, **parts: object) -> dict:
    """A copy of a message with one member of its body, or of itself, replaced; `...` takes it out."""
    copy = json.loads(json.dumps(message))
    for path, value in parts.items():
        target, name = copy, path
        if "__" in path:
            parent, name = path.split("__")
            target = copy[parent]
        if value is ...:
            del target[name]
        else:
            target[name] = value
    return copy


def chunk(n: int, at_ms: int, size: int = 160) -> str:
    return json.dumps(changed(MEDIA, media__chunk=str(n), media__timestamp=str(at_ms),
                              media__payload=base64.b64encode(b"\xff" * size).decode()))


def test_the_documented_messages_in_order():
    stream = MediaStream()
    assert stream.receive(json.dumps(CONNECTED)) == [Connected("Call", "1.0.0")]
    assert not stream.can_send
    assert stream.receive(json.dumps(START)) == [
        Started(MZ, CA, AC, {"FirstName": "Jane", "LastName": "Doe", "RemoteParty": "Bob"}, "audio/x-mulaw", 8000)]
    stream.send_mark("my label")
    assert stream.receive(json.dumps(MEDIA)) == [AudioReceived(base64.b64decode("no+JhoaJjpz/f39/"), 5, 0)]
    assert stream.receive(json.dumps(MARK)) == [MarkReturned("my label", 0, cleared=False)]
    assert stream.receive(json.dumps(DTMF)) == [DigitPressed("1")]
    assert stream.receive(json.dumps(STOP)) == [Stopped()]
    assert not stream.can_send and not stream.counts and stream.closed_reason is None


def test_what_we_send_has_the_documented_shape():
    stream = opened()
    assert json.loads(stream.send_media(b"\x00\xff")) == {"event": "media", "streamSid": MZ,
                                                          "media": {"payload": "AP8="}}
    assert json.loads(stream.send_mark("greeting")) == {"event": "mark", "streamSid": MZ,
                                                        "mark": {"name": "e0:greeting"}}
    assert json.loads(stream.send_clear()) == {"event": "clear", "streamSid": MZ}
    assert json.loads(stream.send_mark("next"))["mark"]["name"] == "e1:next"


def test_marks_of_before_the_clear_are_cleared():
    stream = opened()
    wires = [json.loads(stream.send_mark("a"))["mark"]["name"]]
    stream.send_clear()
    wires.append(json.loads(stream.send_mark("a"))["mark"]["name"])
    got = [stream.receive(json.dumps(changed(MARK, mark__name=w)))[0] for w in wires]
    assert got == [MarkReturned("a", 0, cleared=True), MarkReturned("a", 1, cleared=False)]


def test_two_marks_of_one_name_come_back_twice_and_not_three_times():
    stream = opened()
    stream.send_mark("a"), stream.send_mark("a")
    frame = json.dumps(changed(MARK, mark__name="e0:a"))
    assert [type(stream.receive(frame)[0]) for _ in range(3)] == [MarkReturned, MarkReturned, Hostile]


def test_numbers_may_be_numbers():
    stream = opened()
    event, = stream.receive(json.dumps(changed(MEDIA, media__chunk=1, media__timestamp=5)))
    assert isinstance(event, AudioReceived)


@pytest.mark.parametrize("frames,gaps", [
    ([(1, 0), (2, 20), (3, 40)], [0, 0, 0]),
    ([(1, 5), (2, 25), (5, 85)], [0, 0, 40]),
    ([(1, 0), (2, 23), (3, 37), (4, 66), (5, 77)], [0, 0, 0, 0, 0]),
    ([(1, 700), (2, 720), (3, 10_000_000)], [0, 0, 10_000]),
    ([(1, 1000), (2, 0), (3, 20), (4, 80)], [0, 0, 0, 40])])
def test_gaps_come_from_timestamps(frames, gaps):
    stream = opened()
    assert [stream.receive(chunk(n, at))[0].gap_ms for n, at in frames] == gaps


def test_late_chunks_are_dropped_counted_and_forgiven():
    stream = opened()
    stream.receive(chunk(2, 20))
    for _ in range(HOSTILE_LIMIT * 2):
        assert stream.receive(chunk(1, 0)) == [Hostile("out_of_order")]
    assert stream.counts["out_of_order"] == HOSTILE_LIMIT * 2 and stream.closed_reason is None
    assert isinstance(stream.receive(chunk(3, 40))[0], AudioReceived)


def test_a_chunk_from_inside_a_gap_comes_too_late():
    stream = opened()
    assert [type(stream.receive(chunk(n, n * 20))[0]) for n in (1, 9, 5, 9, 10)] == [
        AudioReceived, AudioReceived, Hostile, Hostile, AudioReceived]


def _raw(message: object) -> str:
    return json.dumps(message)


BEFORE_START = {"media": MEDIA, "dtmf": DTMF, "mark": MARK, "stop": STOP}
HOSTILE_FRAMES: dict[str, tuple[object, str]] = {
    "binary": (b"\x00\x01", "binary_frame"),
    "binary json": (_raw(MEDIA).encode(), "binary_frame"),
    "not text": (None, "binary_frame"),
    "empty": ("", "bad_json"),
    "garbage": ("{" * 1000, "bad_json"),
    "deep": ("[" * 60_000, "bad_json"),
    "lone surrogate": ('{"event": "\ud800"}', "bad_json"),
    "NaN": ('{"event": NaN}', "bad_json"),
    "64 KB": ("x" * 65_537, "frame_too_long"),
    "array": ("[]", "not_an_object"),
    "number": ("1", "not_an_object"),
    "null": ("null", "not_an_object"),
    "no event": ("{}", "no_event"),
    "event is a list": ('{"event": ["media"]}', "event_not_text"),
    "event is long": (_raw({"event": "x" * 65}), "event_too_long"),
    "unknown event": ('{"event": "__class__"}', "unknown_event"),
    "connected again": (_raw(CONNECTED), "connected_twice"),
    "start twice": (_raw(START), "start_twice"),
    "media is text": (_raw(changed(MEDIA, media="x")), "media_not_an_object"),
    "no media": (_raw(changed(MEDIA, media=...)), "media_not_an_object"),
    "other stream": (_raw(changed(MEDIA, streamSid="MZother")), "wrong_stream"),
    "outbound track": (_raw(changed(MEDIA, media__track="outbound")), "wrong_track"),
    "no chunk": (_raw(changed(MEDIA, media__chunk=...)), "bad_chunk"),
    "chunk true": (_raw(changed(MEDIA, media__chunk=True)), "bad_chunk"),
    "chunk float": (_raw(changed(MEDIA, media__chunk=1.5)), "bad_chunk"),
    "chunk arabic": (_raw(changed(MEDIA, media__chunk="\u0661")), "bad_chunk"),
    "chunk long": (_raw(changed(MEDIA, media__chunk="9" * 5000)), "bad_chunk"),
    "chunk huge": (_raw(changed(MEDIA, media__chunk=10**12)), "chunk_out_of_range"),
    "chunk leap": (_raw(changed(MEDIA, media__chunk="900000000")), "chunk_leap"),
    "chunk 0": (_raw(changed(MEDIA, media__chunk="0")), "out_of_order"),
    "timestamp negative": (_raw(changed(MEDIA, media__timestamp=-1)), "timestamp_out_of_range"),
    "timestamp text": (_raw(changed(MEDIA, media__timestamp="soon")), "bad_timestamp"),
    "bad base64": (_raw(changed(MEDIA, media__payload="@@@@")), "bad_base64"),
    "half base64": (_raw(changed(MEDIA, media__payload="AAA")), "bad_base64"),
    "base64 with a line end": (_raw(changed(MEDIA, media__payload="AAAA\nAAAA")), "bad_base64"),
    "base64 not ascii": (_raw(changed(MEDIA, media__payload="\u00e9\u00e9\u00e9\u00e9")), "bad_base64"),
    "no payload": (_raw(changed(MEDIA, media__payload="")), "no_payload"),
    "payload number": (_raw(changed(MEDIA, media__payload=5)), "no_payload"),
    "9 KB payload": (_raw(changed(MEDIA, media__payload="AAAA" * 3000)), "payload_too_long"),
    "digit word": (_raw(changed(DTMF, dtmf__digit="12")), "bad_digit"),
    "digit letter": (_raw(changed(DTMF, dtmf__digit="x")), "bad_digit"),
    "digit long": (_raw(changed(DTMF, dtmf__digit="1" * 1000)), "digit_too_long"),
    "digit number": (_raw(changed(DTMF, dtmf__digit=1)), "digit_not_text"),
    "mark never sent": (_raw(changed(MARK, mark__name="e0:other")), "unknown_mark"),
    "mark from the future": (_raw(changed(MARK, mark__name="e7:greeting")), "unknown_mark"),
    "mark long": (_raw(changed(MARK, mark__name="x" * 300)), "name_too_long"),
    "mark without name": (_raw(changed(MARK, mark={})), "no_name"),
}


def _state(stream: MediaStream) -> dict:
    return {k: v for k, v in vars(stream).items() if k not in ("counts", "_spent")} | {"pending": +stream._pending}


@pytest.mark.parametrize("frame,reason", HOSTILE_FRAMES.values(), ids=HOSTILE_FRAMES.keys())
def test_a_hostile_frame_changes_only_the_counters(frame, reason):
    stream = opened()
    stream.send_mark("greeting")
    before = _state(stream)
    assert stream.receive(frame) == [Hostile(reason)]
    assert _state(stream) == before and stream.counts == {reason: 1}
    assert isinstance(stream.receive(json.dumps(MEDIA))[0], AudioReceived)
    assert stream.receive(json.dumps(changed(MARK, mark__name="e0:greeting"))) == [MarkReturned("greeting", 0, False)]


def test_there_are_enough_hostile_frames():
    assert len(HOSTILE_FRAMES) >= 25


@pytest.mark.parametrize("name", BEFORE_START)
def test_nothing_before_start(name):
    stream = MediaStream()
    stream.receive(json.dumps(CONNECTED))
    assert stream.receive(json.dumps(BEFORE_START[name])) == [Hostile(f"{name}_before_start")]
    assert isinstance(stream.receive(json.dumps(START))[0], Started)


@pytest.mark.parametrize("part,reason", [
    ({"start": 1}, "start_not_an_object"), ({"start__callSid": ...}, "no_callSid"),
    ({"start__callSid": "C" * 300}, "callSid_too_long"), ({"start__streamSid": ""}, "no_streamSid"),
    ({"start__accountSid": 5}, "accountSid_not_text"), ({"start__mediaFormat": ...}, "mediaFormat_not_an_object"),
    ({"start__mediaFormat": {"encoding": "audio/l16", "sampleRate": 8000}}, "wrong_format"),
    ({"start__mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 16000}}, "wrong_format"),
    ({"start__mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": "8000", "channels": 2}}, "wrong_format"),
    ({"start__customParameters": []}, "customParameters_not_an_object"),
    ({"start__customParameters": {f"k{i}": "" for i in range(101)}}, "too_many_parameters"),
    ({"start__customParameters": {"k": "v" * 500}}, "parameter_too_long"),
    ({"start__customParameters": {"k": 1}}, "parameter_not_text"), ({"streamSid": "MZother"}, "wrong_stream")])
def test_a_bad_start_does_not_start(part, reason):
    stream = MediaStream()
    assert stream.receive(json.dumps(changed(START, **part))) == [Hostile(reason)]
    assert not stream.can_send
    assert isinstance(stream.receive(json.dumps(START))[0], Started)


def test_nothing_after_stop():
    stream = opened()
    stream.receive(json.dumps(STOP))
    for frame in (MEDIA, STOP, START, DTMF):
        assert stream.receive(json.dumps(frame)) == [Hostile("after_stop")]


def test_patience_ends():
    stream = opened()
    for n in range(HOSTILE_LIMIT):
        assert stream.closed_reason is None, n
        stream.receive("x")
    assert "bad_json" in stream.closed_reason
    assert stream.receive(json.dumps(MEDIA)) == [Hostile("after_close")]
    with pytest.raises(Bug):
        stream.send_media(b"\xff")


@pytest.mark.parametrize("call", [lambda s: s.send_media(b"\xff"), lambda s: s.send_mark("a"),
                                  lambda s: s.send_clear()])
def test_nothing_can_be_sent_before_start(call):
    with pytest.raises(Bug):
        call(MediaStream())


def test_our_own_mistakes_are_bugs():
    stream = opened()
    for call in (lambda: stream.send_media(b"RIFF\x00\x00"), lambda: stream.send_mark(""),
                 lambda: stream.send_mark("x" * 201), lambda: stream.send_media(bytes(5_000_000))):
        with pytest.raises(Bug):
            call()
    assert stream.epoch == 0 and not +stream._pending


def test_marks_that_never_return_do_not_grow():
    stream = opened()
    for n in range(MAX_PENDING_MARKS * 2):
        stream.send_mark(str(n))
    assert len(stream._pending) <= MAX_PENDING_MARKS
