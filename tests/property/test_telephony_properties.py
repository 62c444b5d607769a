"""Laws of the telephone edge: no peer makes it raise, every text survives TwiML, what the SDK signs we accept."""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ET
from urllib.parse import urlencode, urlparse

from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, add_port, remove_port

from ivr.contact import keywords
from ivr.dialog.actions import Listen, Say
from ivr.errors import MalformedRequest
from ivr.telephony import form_fields, twiml, webhook_form
from ivr.telephony.media_client import MediaClient
from ivr.telephony.media_codec import MediaStream
from ivr.telephony.media_events import AudioReceived, Hostile, MarkReturned
from ivr.telephony.playback import Playback, words_heard
from ivr.telephony.signature import RequestSignature, sign_form
from tests.examples import examples

PARSERS = [webhook_form.voice_started, webhook_form.gather_result, webhook_form.call_status,
           webhook_form.inbound_message, webhook_form.message_status, webhook_form.queue_result,
           webhook_form.queue_wait]
NAMES = ["CallSid", "MessageSid", "SmsSid", "From", "To", "Body", "SpeechResult", "Confidence", "Digits",
         "FinishedOnKey", "CallStatus", "SequenceNumber", "Timestamp", "CallDuration", "MessageStatus", "ErrorCode",
         "QueueResult", "QueuePosition", "OptOutType"]
any_text = st.text(st.characters(exclude_categories=()), max_size=40)
likely = st.sampled_from(["completed", "bridged", "delivered", "0.5", "7", "+12025550143", "STOP",
                          "Tue, 10 Mar 2026 15:05:00 +0000", "Tue, 99 Mar 99999 15:05:00 +9999"])
pairs = st.lists(st.tuples(st.sampled_from(NAMES) | any_text, likely | any_text), max_size=25)


@given(pairs=pairs, parse=st.sampled_from(PARSERS))
@settings(max_examples=examples(1500), deadline=None)
def test_a_form_gives_a_value_or_malformed(pairs, parse):
    try:
        value = parse(pairs)
    except MalformedRequest:
        return
    assert value.__class__.__module__ == webhook_form.__name__
    assert repr(value)


@given(st.binary(max_size=300))
@settings(max_examples=examples(500), deadline=None)
def test_bytes_give_pairs_or_malformed(raw):
    try:
        assert isinstance(form_fields.decode(raw), list)
    except MalformedRequest:
        pass


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
                          st.text(st.characters(exclude_categories=["Cs"]), max_size=50)), max_size=30))
@settings(deadline=None)
def test_decoding_is_the_inverse_of_twilio_s_encoding(form):
    form = [pair for pair in form if pair != ("", "")]
    assert form_fields.decode(urlencode(form).encode()) == form


@given(st.text(st.characters(exclude_categories=())))
def test_asking_for_a_keyword_never_raises(body):
    found = keywords.asked(body)
    assert found is None or found.what in ("stop", "start", "help")


# -- media

json_values = st.recursive(st.none() | st.booleans() | st.integers(-2**63, 2**63) | st.floats() | st.text(max_size=20),
                           lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=10), v, max_size=4),
                           max_leaves=8)
BODY = {"media": ["track", "chunk", "timestamp", "payload"], "dtmf": ["track", "digit"], "mark": ["name"],
        "stop": ["callSid"], "connected": [], "bogus": [],
        "start": ["accountSid", "streamSid", "callSid", "mediaFormat", "customParameters"]}
values = json_values | st.sampled_from(["1", "20", "no+JhoaJjpz", "inbound", "e0:a", "5", 1, 2, "MZ1"])


@st.composite
def frames(draw) -> str | bytes:
    event = draw(st.sampled_from(sorted(BODY)))
    body = {name: draw(values) for name in BODY[event] if draw(st.booleans())}
    message = {"event": event, event: draw(st.just(body) | values), "streamSid": draw(st.just("MZ1") | values)}
    text = json.dumps(message)
    return draw(st.just(text) | st.just(text[:draw(st.integers(0, len(text)))]) | st.just(text.encode())
                | st.text(st.characters(exclude_categories=()), max_size=30))


@given(st.lists(frames(), max_size=60), st.booleans())
@settings(max_examples=examples(400), deadline=None)
def test_the_codec_never_raises_and_hostile_frames_change_only_counters(sent, started):
    stream = MediaStream()
    client = MediaClient("MZ1", "CA1", "AC1")
    if started:
        stream.receive(client.connected()), stream.receive(client.start())
        stream.send_mark("a")
    for frame in sent:
        before = _visible(stream)
        events = stream.receive(frame)
        assert len(events) == 1
        if isinstance(events[0], Hostile):
            assert _visible(stream) == before
        if isinstance(events[0], AudioReceived):
            assert 0 < len(events[0].payload) <= 8192 and 0 <= events[0].gap_ms <= 10_000
    assert sum(stream.counts.values()) <= len(sent)


def _visible(stream: MediaStream) -> dict:
    return {k: v for k, v in vars(stream).items() if k not in ("counts", "_spent", "closed_reason", "_pending")} | {
        "pending": dict(+stream._pending)}


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=30), st.integers(0, 10_000))
@settings(deadline=None)
def test_what_the_client_sends_the_server_reads(payloads, first_ms):
    stream, client = MediaStream(), MediaClient("MZ1", "CA1", "AC1")
    stream.receive(client.connected()), stream.receive(client.start({"a": "b"}))
    got = [stream.receive(client.media(p, first_ms + 20 * i))[0] for i, p in enumerate(payloads)]
    assert [e.payload for e in got] == payloads and not stream.counts


@given(st.lists(st.sampled_from(["mark", "clear", "return"]), max_size=40))
def test_a_mark_is_cleared_exactly_when_a_clear_came_after_it(moves):
    stream, client = MediaStream(), MediaClient("MZ1", "CA1", "AC1")
    stream.receive(client.start())
    waiting: list[tuple[str, int]] = []
    clears = 0
    for move in moves:
        if move == "mark":
            waiting.append((json.loads(stream.send_mark(f"m{len(waiting)}"))["mark"]["name"], clears))
        elif move == "clear":
            clears += json.loads(stream.send_clear())["event"] == "clear"
        elif waiting:
            wire, at = waiting.pop(0)
            event, = stream.receive(client.mark(wire))
            assert isinstance(event, MarkReturned) and event.cleared == (at < clears)


@given(st.binary(max_size=200))
def test_what_the_server_sends_is_plain_base64(audio):
    stream, client = MediaStream(), MediaClient("MZ1", "CA1", "AC1")
    stream.receive(client.start())
    if audio[:4] != b"RIFF":
        assert base64.b64decode(json.loads(stream.send_media(audio))["media"]["payload"]) == audio
        assert client.receive(stream.send_media(audio)).payload == audio


@given(st.lists(st.tuples(st.integers(1, 50_000), st.integers(0, 3000)), max_size=20))
def test_the_playback_clock_never_loses_audio(sends):
    clock, now, total = Playback(), 0, 0.0
    for i, (size, wait) in enumerate(sends):
        now += wait
        assert clock.sent(str(i), size, now) >= now + size / 8
        total += size / 8
    heard = clock.heard(clock.end_ms)
    assert abs(sum(h.played_ms for h in heard) - total) < 0.01
    assert clock.end_ms <= now + total


@given(st.text(max_size=80), st.floats(0, 1))
def test_words_heard_is_a_beginning(text, fraction):
    assert text.startswith(words_heard(text, fraction))
    assert len(words_heard(text, fraction)) <= max(len(text) * fraction, len(text) if fraction == 1 else 0)


# -- TwiML

@given(st.text(st.characters(exclude_categories=()), max_size=200))
@settings(max_examples=examples(400), deadline=None)
def test_any_text_comes_back_from_twiml(text):
    document = twiml.gather([Say("k", text, "en")], Listen(1, "en", hints=(text[:50],)), action_url="/t?a=1")
    gather = ET.fromstring(document).find("Gather")
    said = "".join(s.text for s in gather.findall("Say"))
    assert said == (twiml.clean(text) if twiml.clean(text).strip() else "")
    assert ET.fromstring(twiml.message(text)).findtext("Message", "") == twiml.clean(text)


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_is_idempotent_and_spares_what_xml_can_hold(text):
    assert twiml.clean(twiml.clean(text)) == twiml.clean(text)


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")))
def test_cleaning_leaves_ordinary_text_alone(text):
    assert twiml.clean(text) == text


@given(any_text, any_text)
def test_stream_parameters_come_back(name, value):
    parameter = ET.fromstring(twiml.stream("wss://h/m", {name: value}, "/a")).find("Connect/Stream/Parameter")
    assert (parameter.get("name"), parameter.get("value")) == (twiml.clean(name), twiml.clean(value))


# -- signatures

hosts = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5})?", fullmatch=True)
urls = st.builds(lambda s, h, p, path, q: f"{s}://{h}{p}/{path}{q}", st.sampled_from(["https", "http", "wss"]), hosts,
                 st.just("") | st.integers(1, 65535).map(lambda n: f":{n}"),
                 st.from_regex(r"[a-zA-Z0-9/_.-]{0,20}", fullmatch=True),
                 st.just("") | st.from_regex(r"\?[a-z0-9=&%._-]{1,20}", fullmatch=True))
forms = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
                        st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8)
tokens = st.text(min_size=1, max_size=40).filter(lambda t: t.isprintable())


@given(urls, forms, tokens)
@settings(max_examples=examples(400), deadline=None)
def test_whatever_the_sdk_signs_we_accept(url, form, token):
    sdk, ours = RequestValidator(token), RequestSignature([token])
    params = list(form.items())
    assert ours.is_valid_form(url, params, sdk.compute_signature(url, form))
    assert ours.is_valid_form(url, params, sdk.compute_signature(remove_port(urlparse(url)), form))
    if not url.startswith("wss"):
        assert ours.is_valid_form(url, params, sdk.compute_signature(add_port(urlparse(url)), form))
    assert sdk.validate(url, form, sign_form(token, url, params)) or ":0" in url


@given(urls, forms, tokens, tokens)
@settings(deadline=None)
def test_another_secret_never_signs_for_us(url, form, token, other):
    if token != other:
        params = list(form.items())
        assert not RequestSignature([token]).is_valid_form(url, params, sign_form(other, url, params))


@given(any_text, pairs, any_text, any_text)
@settings(max_examples=examples(500), deadline=None)
def test_the_check_never_raises(url, params, signature, header):
    ours = RequestSignature(["token"], {"k": "s"})
    assert ours.is_valid_form("https://h/" + url, params, signature, header) is False
    assert ours.is_valid_form(url, params, signature) is False
    assert ours.is_valid_upgrade("wss://h/" + url, signature) is False
    assert ours.is_valid_json("https://h/?" + url, signature.encode("utf-8", "replace"), signature) is False
