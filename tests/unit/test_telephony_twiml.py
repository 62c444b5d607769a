"""TwiML documents: attributes, order, the last verb, escaping, limits."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ivr.dialog.actions import Listen, Say, Transfer
from ivr.errors import Bug, ConfigProblem
from ivr.sensitive import Sensitive
from ivr.telephony import twiml

HELLO, HOLA = Say("hello", "Hello & <welcome>", "en"), Say("hello", "Hola, señora", "es")
MENU = Listen(turn=3, language="en", hints=("case status", "a,b", "x" * 101, " "))
LAST = {"Redirect", "Hangup", "Pause", "Leave"}


def root(document: str) -> ET.Element:
    assert document.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    return ET.fromstring(document)


def test_a_menu():
    gather, redirect = root(twiml.gather([HELLO, HOLA], MENU, action_url="https://h/turn?n=3"))
    assert gather.attrib == {"input": "dtmf speech", "actionOnEmptyResult": "true", "numDigits": "1", "timeout": "6",
                             "speechTimeout": "1", "finishOnKey": "", "language": "en-US", "bargeIn": "true",
                             "hints": "case status,a b", "action": "https://h/turn?n=3", "method": "POST"}
    assert [(c.tag, c.get("language"), c.text) for c in gather] == [("Say", "en-US", "Hello & <welcome>"),
                                                                   ("Say", "es-US", "Hola, señora")]
    assert (redirect.tag, redirect.text, redirect.get("method")) == ("Redirect", "https://h/turn?n=3&empty=1", "POST")


def test_a_number():
    listen = Listen(1, "es", timeout_s=8.2, max_digits=13, end_silence_ms=1200, barge_in=False)
    gather, _ = root(twiml.gather([], listen, action_url="/turn"))
    assert {k: gather.get(k) for k in ("numDigits", "finishOnKey", "timeout", "speechTimeout", "language", "bargeIn")} \
        == {"numDigits": "13", "finishOnKey": "#", "timeout": "9", "speechTimeout": "2", "language": "es-US",
            "bargeIn": "false"}


def test_keys_without_a_limit_and_without_speech():
    gather, redirect = root(twiml.gather([], Listen(1, "en", speech=False, max_digits=0), action_url="/turn"))
    assert gather.get("input") == "dtmf" and gather.get("numDigits") is None and gather.get("speechTimeout") is None
    assert redirect.text == "/turn?empty=1"


def test_what_may_not_be_interrupted_comes_first():
    legal = Say("legal", "Calls are recorded.", "en", barge_in=False)
    document = root(twiml.gather([HELLO, legal, HOLA], MENU, action_url="/turn"))
    assert [e.tag for e in document] == ["Say", "Say", "Gather", "Redirect"]
    assert [e.text for e in document.find("Gather")] == [HOLA.text]


def test_rendered_audio_is_played():
    document = root(twiml.gather([HELLO, HOLA], MENU, action_url="/turn",
                                 audio_url=lambda s: "https://h/a.wav?k=1&b=2" if s.language == "en" else None))
    assert [(e.tag, e.text) for e in document.find("Gather")] == [("Play", "https://h/a.wav?k=1&b=2"),
                                                                  ("Say", HOLA.text)]


def test_an_empty_text_is_not_said():
    assert root(twiml.hangup([Say("x", " \x00 ", "en")]))[0].tag == "Hangup"


def test_a_long_text_is_split_and_nothing_is_lost():
    text = "word " * 2000
    says = root(twiml.hangup([Say("x", text, "en")])).findall("Say")
    assert len(says) > 1 and all(len(s.text) <= 4096 for s in says) and "".join(s.text for s in says) == text


def test_stream():
    connect, redirect = root(twiml.stream("wss://h/media", {"token": "a&b", "call": "CA1"}, "https://h/after"))
    stream = connect.find("Stream")
    assert stream.get("url") == "wss://h/media"
    assert {p.get("name"): p.get("value") for p in stream} == {"token": "a&b", "call": "CA1"}
    assert (redirect.tag, redirect.text) == ("Redirect", "https://h/after")


@pytest.mark.parametrize("url", ["wss://h/media?x=1", "https://h/media", "wss://h/media#x", ""])
def test_stream_refuses_an_address_twilio_would_refuse(url):
    with pytest.raises(ConfigProblem):
        twiml.stream(url, {}, "/after")


@pytest.mark.parametrize("parameters", [{"k": "v" * 500}, {str(i): "" for i in range(101)}])
def test_stream_parameters_are_bounded_and_not_quoted(parameters):
    with pytest.raises(Bug) as caught:
        twiml.stream("wss://h/media", parameters, "/after")
    assert "vvv" not in str(caught.value)


def test_queue():
    transfer = Transfer("tier2", "live", "rule-1", "en")
    say, enqueue, redirect = root(twiml.enqueue(transfer, says=[HELLO], action_url="/q", wait_url="/w"))
    assert (enqueue.text, enqueue.get("action"), enqueue.get("waitUrl")) == ("tier2", "/q", "/w")
    assert redirect.text == "/q?empty=1"
    assert [e.tag for e in root(twiml.waiting_room([HELLO], 0.2))] == ["Say", "Pause"]
    dial, hangup = root(twiml.agent_dial_queue("tier2", "/dialled"))
    assert (dial[0].tag, dial[0].text, hangup.tag) == ("Queue", "tier2", "Hangup")


def test_a_queue_name_is_bounded():
    with pytest.raises(Bug):
        twiml.agent_dial_queue("x" * 65, "/q")


def test_message():
    assert root(twiml.message("Sí <b>")).find("Message").text == "Sí <b>"
    assert len(root(twiml.message("x" * 5000)).find("Message").text) == 1600
    assert len(root(twiml.empty())) == 0


def test_sensitive_text_is_spoken_in_full():
    document = twiml.hangup([Say("x", Sensitive("EAC9999999999"), "en", sensitive=True)])
    assert root(document)[0].text == "EAC9999999999"


@pytest.mark.parametrize("document", [
    twiml.gather([HELLO], MENU, action_url="/t"), twiml.stream("wss://h/m", {}, "/a"), twiml.hangup([HELLO]),
    twiml.hangup(), twiml.enqueue(Transfer("q", "p", "r", "en"), action_url="/q", wait_url="/w"),
    twiml.waiting_room([], 5), twiml.agent_dial_queue("q", "/q"), twiml.say_and_redirect([HELLO], "/t"),
    twiml.leave_queue()])
def test_no_document_falls_off_its_end(document):
    assert root(document)[-1].tag in LAST


@pytest.mark.parametrize("document", [twiml.gather([HELLO], MENU, action_url="/t"), twiml.hangup([HELLO])])
def test_nobody_is_dialled(document):
    assert "<Dial" not in document and "<Number" not in document


def test_hints_are_bounded():
    phrases = tuple(f"{i:04d}" + "x" * 90 for i in range(1000))
    gather, _ = root(twiml.gather([], Listen(1, "en", hints=phrases), action_url="/t"))
    hints = gather.get("hints").split(",")
    assert 0 < len(hints) <= 500 and all(len(h) <= 100 for h in hints)


def test_a_document_that_is_too_large_is_our_bug():
    with pytest.raises(Bug):
        twiml.hangup([Say("x", "& " * 20_000, "en")])


def test_speech_is_data():
    for text in ("<Hangup/>", "</Say><Dial>+19005550100</Dial>", "{{7*7}}", "]]>", "<!DOCTYPE x>"):
        document = root(twiml.hangup([Say("x", text, "en")]))
        assert [e.tag for e in document] == ["Say", "Hangup"] and document[0].text == text
