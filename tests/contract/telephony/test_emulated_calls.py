"""The emulated carrier against Twilio's documented behaviour: the SDK's validator judges its webhooks."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask, request
from twilio.request_validator import RequestValidator

from ivr.telephony import form_fields
from ivr.telephony.signature import SETTINGS_HEADER, SIGNATURE_HEADER, RequestSignature
from ivr.testing.carrier import Carrier
from ivr.testing.ledger import Ledger
from ivr.testing.transport import HttpTransport, WsgiTransport
from ivr.testing.twiml_interpreter import TwimlError, read
from ivr.testing.twiml_steps import GatherStep, HangupStep, Spoken
from ivr.testing.webhook_sender import TOKEN_HEADER, Faults

ACCOUNT, TOKEN = "AC" + "0" * 32, "secret-token"


def document(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'.encode()


class Scripted:
    """An application that answers each path from a table and keeps what it was sent."""

    def __init__(self, **pages: str | tuple[int, str, str]):
        self.app = Flask("scripted")
        self.seen: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.app.add_url_rule("/<path:path>", view_func=self._page, methods=["GET", "POST"])
        self._pages = pages

    def _page(self, path: str):
        self.seen.append((path, request.values.to_dict(), dict(request.headers)))
        page = self._pages[path.replace("/", "_")]
        if isinstance(page, tuple):
            return self.app.response_class(page[1], page[0], mimetype=page[2])
        return self.app.response_class(document(page), mimetype="text/xml")

    def carrier(self, **options) -> Carrier:
        return Carrier(WsgiTransport(self.app), ACCOUNT, TOKEN, status_path="", **options)

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.seen]


def test_a_call_from_beginning_to_end(carrier, ledger):
    call = carrier.call(from_="+12025550143")
    assert [(s.text, s.language) for s in call.heard] == [("Welcome.", "en-US"), ("Bienvenido.", "es-US")]
    call.silence()
    assert call.heard_text == "Are you there? Welcome. Bienvenido."
    call.say("case status", confidence=0.0)
    assert call.heard_text == "You said case status." and call.ended == "hangup"
    assert not call.errors and call.verbs[-2:] == ["Say", "Hangup"]
    assert [w.status for w in ledger.webhooks] == [200] * len(ledger.webhooks)
    statuses = [dict(w.params) for w in ledger.webhooks if w.kind == "status"]
    assert [(s["CallStatus"], s["SequenceNumber"]) for s in statuses] == [("ringing", "0"), ("in-progress", "1"),
                                                                          ("completed", "2")]


def test_the_waiting_line(carrier, ledger):
    first, second = carrier.call(), carrier.call()
    first.press("1"), second.press("1")
    assert second.waiting_in == "tier2" and second.heard_text == "You are number 2 of 2."
    bridge = carrier.agent_answers("tier2")
    assert bridge.caller is first and first.waiting_in == ""
    second.wait_round()
    assert second.heard_text == "You are number 1 of 1."
    bridge.ends()
    assert first.heard_text == "Queue said bridged." and first.ended == "hangup"
    second.hangup()
    assert [(q.call, q.result) for q in ledger.queue] == [(first.sid, "bridged"), (second.sid, "hangup")]
    told = [dict(w.params)["QueueResult"] for w in ledger.webhooks if w.kind == "queue"]
    assert told == ["bridged", "hangup"] and carrier.agent_answers("tier2") is None


def test_leaving_the_line(carrier):
    calls = [carrier.call() for _ in range(3)]
    for call in calls:
        call.press("1")
    calls[0].wait_round()
    assert calls[0].heard_text == "Queue said leave." and not calls[0].errors


def test_an_agent_who_dials_the_queue(carrier):
    caller = carrier.call()
    caller.press("1")
    agent = carrier.create_call("+12025550199", "+18005550100", "https://ivr.example.org/agent")
    assert agent.status == "ringing"
    agent.answer()
    assert agent.bridge is caller.bridge and caller.bridge is not None
    agent.hangup()
    assert caller.heard_text == "Queue said bridged." and agent.ended == "caller"


def test_an_agent_waits_for_a_caller(carrier):
    carrier.queues.named("tier2")
    agent = carrier.create_call("+12025550199", "+18005550100", "https://ivr.example.org/agent")
    agent.answer()
    assert agent.bridge is None and not agent.ended
    caller = carrier.call()
    caller.press("1")
    assert caller.bridge is agent.bridge is not None
    caller.hangup()
    assert agent.ended == "hangup"


def test_a_full_queue():
    app = Scripted(voice='<Enqueue action="/full">q</Enqueue>', full="<Hangup/>")
    carrier = app.carrier()
    carrier.queues.named("q", max_size=0)
    assert carrier.call().ended == "hangup"
    assert app.seen[-1][1]["QueueResult"] == "queue-full"


@pytest.mark.parametrize("port", ["", "with", "without"])
def test_the_sdk_accepts_every_webhook_we_sign(port):
    app = Scripted(voice='<Gather input="speech dtmf" action="/x?a=1&amp;b=%20"/>', x="<Hangup/>",
                   **{"voice_status": (204, "", "text/plain")})
    carrier = Carrier(WsgiTransport(app.app), ACCOUNT, TOKEN, faults=Faults(signed_port=port))
    call = carrier.call(from_="anonymous")
    call.say("¿qué tal? & más")
    assert len(app.seen) == 5
    for row in carrier.ledger.webhooks:
        seen = next(h for p, _, h in app.seen if h[TOKEN_HEADER.title()] == row.token)
        signature = seen[SIGNATURE_HEADER]
        assert RequestValidator(TOKEN).validate(row.url, dict(row.params), signature)
        assert RequestSignature([TOKEN]).is_valid_form(row.url, list(row.params), signature)
        assert not RequestValidator("other").validate(row.url, dict(row.params), signature)


def test_a_get_carries_its_fields_in_the_signed_url():
    app = Scripted(voice='<Redirect method="GET">/next?a=1</Redirect>', next="<Hangup/>")
    carrier = app.carrier()
    carrier.call()
    row = carrier.ledger.webhooks[-1]
    assert "?a=1&CallSid=CA" in row.url
    assert RequestSignature([TOKEN]).is_valid_get(row.url, app.seen[-1][2][SIGNATURE_HEADER])


def test_forged_and_shared_key_requests():
    app = Scripted(voice="<Hangup/>")
    app.carrier(faults=Faults(forged=True)).call()
    app.carrier(shared_key=("key1", "s3cret")).call()
    check = RequestSignature([TOKEN], {"key1": "s3cret"})
    verdicts = []
    for _, form, headers in app.seen:
        verdicts.append(check.is_valid_form("https://ivr.example.org/voice", list(form.items()),
                                            headers[SIGNATURE_HEADER], headers.get(SETTINGS_HEADER.title(), "")))
    assert verdicts == [False, True]


def test_repeats_have_one_token_and_retries_too():
    app = Scripted(voice='<Gather action="/x" actionOnEmptyResult="true"/>', x="<Hangup/>")
    carrier = app.carrier(faults=Faults(repeat=2, retry_timed_out=True))
    carrier.faults.time_outs["gather"] = 1
    call = carrier.call()
    call.silence()
    rows = [r for r in carrier.ledger.webhooks if r.kind == "gather"]
    assert [(r.attempt, r.status) for r in rows] == [(1, 0), (2, 200), (3, 200), (4, 200)]
    assert len({r.token for r in rows}) == 1 and len({r.answer for r in rows}) == 1
    assert {r.token for r in carrier.ledger.webhooks if r.kind == "voice"}.isdisjoint({rows[0].token})


def test_a_time_out_goes_to_the_fallback_url():
    app = Scripted(voice="<Say>too late</Say>", fallback="<Say>Please call again.</Say><Hangup/>")
    carrier = app.carrier(fallback_url="https://ivr.example.org/fallback")
    carrier.faults.time_outs["voice"] = 1
    call = carrier.call()
    assert app.paths() == ["voice", "fallback"] and call.heard_text == "Please call again."
    form = app.seen[-1][1]
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11205", "https://ivr.example.org/voice")


@pytest.mark.parametrize("page,code", [
    ((500, "oops", "text/plain"), 11200), ((404, "", "text/xml"), 11200), ((200, "{}", "application/json"), 12300),
    ((200, "<Response><Say>", "text/xml"), 12100), ((200, "", "text/xml"), 12100),
    ((200, "<html></html>", "text/xml"), 12100),
    ((200, "<Response>" + " " * 66_000 + "</Response>", "text/xml"), 11750)])
def test_a_bad_answer_ends_the_call_without_a_fallback(page, code):
    call = Scripted(voice=page).carrier().call()
    assert call.ended == "error" and call.errors[0][0] == code


def test_the_end_of_a_document_hangs_up():
    assert Scripted(voice="<Say>Hi</Say>").carrier().call().ended == "document_end"


def test_a_redirect_loop_ends():
    app = Scripted(voice="<Redirect>/voice</Redirect>")
    call = app.carrier().call()
    assert call.ended == "error" and len(app.seen) == 100


def test_an_empty_gather_falls_through_unless_told_otherwise():
    app = Scripted(voice='<Gather action="/x"><Say>Press</Say></Gather><Say>Nothing</Say><Hangup/>')
    call = app.carrier().call()
    call.silence()
    assert call.heard_text == "Nothing" and app.paths() == ["voice"]
    app = Scripted(voice='<Gather action="/x" actionOnEmptyResult="true"/><Say>No</Say>', x="<Hangup/>")
    call = app.carrier().call()
    call.silence()
    assert app.paths() == ["voice", "x"] and app.seen[1][1]["Digits"] == ""


@pytest.mark.parametrize("attributes,keys,digits,finish,dropped", [
    ('numDigits="1"', "12", "1", "", "2"), ("", "12#3", "12", "#", "3"), ('numDigits="4"', "12", "12", "", ""),
    ('finishOnKey="*"', "1#*", "1#", "*", ""), ('finishOnKey="" numDigits="1"', "#", "#", "", ""),
    ('actionOnEmptyResult="true"', "#", "", "#", "")])
def test_keys(attributes, keys, digits, finish, dropped):
    app = Scripted(voice=f'<Gather action="/x" {attributes}/>', x="<Hangup/>")
    call = app.carrier().call()
    call.press(keys)
    form = app.seen[1][1]
    assert (form["Digits"], form["FinishedOnKey"], call.dropped_keys) == (digits, finish, dropped)


def test_speech_where_only_keys_are_taken_is_silence():
    app = Scripted(voice='<Gather action="/x" actionOnEmptyResult="true"/>', x="<Hangup/>")
    app.carrier().call().say("hello")
    assert "SpeechResult" not in app.seen[1][1]


def test_verbs_and_attributes_nobody_knows_are_12200():
    page = '<Sing>la</Sing><Say volume="9">Hi</Say><Gather><Dial>+1900</Dial></Gather><Leave/><Hangup/>'
    call = Scripted(voice=page).carrier().call()
    call.silence()
    assert [code for code, _ in call.errors] == [12200] * 4 and call.heard_text == "" and call.history[0].text == "Hi"


def test_reject_pause_play_record():
    app = Scripted(voice="<Reject reason='busy'/>")
    call = app.carrier().call()
    assert (call.ended, call.status) == ("busy", "busy")
    app = Scripted(voice="<Pause length='3'/><Play>https://h/a.wav</Play><Record action='/done'/>", done="<Hangup/>")
    call = app.carrier().call()
    assert call.paused_s == 3 and call.heard[0] == Spoken("https://h/a.wav", "", "play")
    call.silence()
    assert app.paths() == ["voice", "done"]


def test_a_dialled_person_is_in_the_ledger():
    carrier = Scripted(voice="<Dial><Number>+12025550111</Number></Dial><Hangup/>").carrier()
    carrier.call()
    assert [(d.kind, d.target) for d in carrier.ledger.dials] == [("number", "+12025550111")]


def test_a_replay_is_the_same_request_again():
    app = Scripted(voice="<Hangup/>")
    carrier = app.carrier()
    carrier.call()
    assert carrier.sender.replay(carrier.ledger.webhooks[0]).status == 200
    assert app.seen[0] == app.seen[1] and len({w.token for w in carrier.ledger.webhooks}) == 1


def test_an_answer_to_a_text_that_is_no_twiml():
    app = Scripted(sms=(200, "ok", "text/plain"))
    carrier = app.carrier()
    assert carrier.text("hi") == [] and carrier.messages.errors[0][0] == 12100


@pytest.mark.parametrize("faults,order", [
    (Faults(status_order="reversed"), ["2", "1", "0"]),
    (Faults(duplicate_status=True), ["0", "0", "1", "1", "2", "2"])])
def test_status_callbacks_out_of_order_and_twice(faults, order):
    app = Scripted(voice="<Hangup/>", **{"voice_status": (200, "", "text/plain")})
    carrier = Carrier(WsgiTransport(app.app), ACCOUNT, TOKEN, faults=faults)
    carrier.call()
    assert [dict(w.params)["SequenceNumber"] for w in carrier.ledger.webhooks if w.kind == "status"] == order


def test_over_real_http(serving, small_app):
    carrier = Carrier(HttpTransport(serving(small_app)), ACCOUNT, TOKEN)
    call = carrier.call()
    call.say("hello")
    assert call.heard_text == "You said hello."
    assert "https://ivr.example.org/voice" in {w.url for w in carrier.ledger.webhooks}


def test_an_application_that_is_gone(serving):
    carrier = Carrier(HttpTransport("http://127.0.0.1:9"), ACCOUNT, TOKEN, status_path="")
    call = carrier.call()
    assert call.ended == "error" and call.errors[0][0] == 11205


def test_a_text_and_its_answer(carrier, ledger):
    assert carrier.text("hello") == ["Got hello"]
    assert [(s.body, s.via) for s in ledger.sms] == [("Got hello", "twiml")]


def test_stop_is_answered_by_the_carrier_and_still_posted(carrier, ledger):
    assert carrier.text("Stop") == ["You have successfully been unsubscribed."]
    assert [w.kind for w in ledger.webhooks] == ["sms"] and "twiml" not in {s.via for s in ledger.sms}
    carrier.text("START")
    assert carrier.text("hello") == ["Got hello"]


def test_the_form_decodes_as_it_was_signed(carrier, ledger):
    carrier.call(from_="+12025550143")
    row = ledger.webhooks[0]
    assert form_fields.decode(urlencode(row.params).encode()) == list(row.params)


def test_the_ledger_as_json(small_app):
    ledger = Ledger()
    ledger.promise({"reference": "ABCD", "due_by": "2026-03-10T10:00:00-05:00"})
    carrier = Carrier(WsgiTransport(small_app), ACCOUNT, TOKEN, ledger)
    carrier.text("hello")
    carrier.call().press("1")
    data = ledger.as_json()
    assert {"to", "from", "body", "sid", "at", "via"} == set(data["sms"][0])
    assert data["queue"][0]["queue"] == "tier2" and data["promises"][0]["reference"] == "ABCD"


def test_the_interpreter_by_itself():
    program = read("text/xml; charset=utf-8", document('<Gather input="speech"><Say>Hi</Say></Gather><Hangup/>'))
    step = program.next()
    assert isinstance(step, GatherStep) and step.prompts[0].text == "Hi" and step.timeout_s == 5
    assert [program.next(), program.next()] == [HangupStep("hangup"), HangupStep("document_end")]
    with pytest.raises(TwimlError):
        read("text/plain", document(""))
