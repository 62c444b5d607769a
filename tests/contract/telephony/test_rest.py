"""Our REST client and Twilio's SDK against the same fake: shapes, errors, and what is certain after a fault."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from werkzeug.wrappers import Response

from ivr.dialog.actions import Say
from ivr.errors import Bug, Unavailable
from ivr.sensitive import Sensitive
from ivr.telephony import twiml
from ivr.telephony.rest import TwilioRest
from ivr.testing.rest_answers import MAGIC_TO

ACCOUNT, TOKEN = "AC" + "0" * 32, "secret-token"
TO, FROM, BODY = "+12025550143", "+18005550100", "Your link: https://example.org/x"


class OtherHost(TwilioHttpClient):
    """The SDK, pointed at the fake."""

    def __init__(self, base: str):
        super().__init__(timeout=5)
        self._base = base

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://api.twilio.com", self._base), *args, **kwargs)


@pytest.fixture
def sdk(fake, serving):
    return Client(ACCOUNT, TOKEN, http_client=OtherHost(serving(fake)))


def failed(call) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        call()
    for secret in (TO, TO[-7:], BODY):
        assert secret not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value


def test_a_text_is_sent_and_found(api, carrier, ledger):
    before = ledger.now()
    sid = api.send_sms(Sensitive(TO), FROM, BODY, "https://ivr.example.org/sms/status")
    assert [(s.to, s.from_, s.body, s.sid) for s in ledger.sms] == [(TO, FROM, BODY, sid)]
    assert api.find_sms(Sensitive(TO), BODY, before) == sid
    assert api.find_sms(TO, "another text", before) is None
    assert api.find_sms("+12025550144", BODY, before) is None
    assert api.find_sms(TO, BODY, before + timedelta(minutes=5)) is None


def test_finding_goes_through_the_pages(api, carrier, ledger):
    before = ledger.now()
    wanted = api.send_sms(TO, FROM, BODY)
    for n in range(150):
        carrier.messages.create(TO, FROM, f"filler {n}")
    assert api.find_sms(TO, BODY, before) == wanted


def test_status_callbacks_on_demand(api, carrier, ledger):
    sid = api.send_sms(TO, FROM, BODY, "https://ivr.example.org/sms/status")
    carrier.messages.settle(sid, "sent", "undelivered", error_code=30003, repeat=2)
    rows = [dict(w.params) for w in ledger.webhooks]
    assert [r["MessageStatus"] for r in rows] == ["sent", "sent", "undelivered", "undelivered"]
    assert rows[-1]["ErrorCode"] == "30003" and {w.status for w in ledger.webhooks} == {200}
    with pytest.raises(ValueError):
        carrier.messages.settle(sid, "queued")


@pytest.mark.parametrize("fault,retryable,uncertain,code,sent", [
    ("429", True, False, "20429", 0), ("500", True, True, "20500", 0), ("500_but_sent", True, True, "20500", 1),
    ("timeout", True, True, "timeout", 0), ("timeout_after_send", True, True, "timeout", 1),
    ("drop", True, True, "connection", 0), (21610, False, False, "21610", 0), (21408, False, False, "21408", 0),
    (21211, False, False, "21211", 0), (20003, True, False, "20003", 0)])
def test_what_is_known_after_a_fault(api, fake, ledger, fault, retryable, uncertain, code, sent):
    fake.faults.for_number(TO, fault)
    before = ledger.now()
    problem = failed(lambda: api.send_sms(TO, FROM, BODY))
    assert (problem.retryable, problem.uncertain, problem.code) == (retryable, uncertain, code)
    assert problem.retry_after_s == (1.0 if fault == "429" else None)
    assert len(ledger.sms) == sent
    assert (api.find_sms(TO, BODY, before) is not None) == bool(sent)
    assert api.send_sms(TO, FROM, BODY), "the fault is used up"


@pytest.mark.parametrize("number,code", MAGIC_TO.items())
def test_twilio_s_own_test_numbers(api, number, code):
    problem = failed(lambda: api.send_sms(number, FROM, BODY))
    assert (problem.code, problem.retryable) == (str(code), False)


def test_opted_out(api, carrier):
    carrier.text("STOP", to=FROM, from_=TO)
    assert failed(lambda: api.send_sms(TO, FROM, BODY)).code == "21610"
    carrier.text("start", to=FROM, from_=TO)
    assert api.send_sms(TO, FROM, BODY)


def test_nobody_listens():
    rest = TwilioRest(ACCOUNT, TOKEN, "http://127.0.0.1:9", timeout_s=0.5)
    problem = failed(lambda: rest.send_sms(TO, FROM, BODY))
    assert (problem.retryable, problem.uncertain, problem.code) == (True, False, "connect")
    assert not failed(lambda: rest.find_sms(TO, BODY, datetime(2026, 3, 10, tzinfo=UTC))).uncertain


def test_wrong_credentials_lose_nothing(fake, serving):
    rest = TwilioRest(ACCOUNT, "wrong", serving(fake))
    problem = failed(lambda: rest.send_sms(TO, FROM, BODY))
    assert (problem.code, problem.retryable, problem.uncertain) == ("20003", True, False) and problem.hint


def test_an_answer_that_is_no_json(serving):
    rest = TwilioRest(ACCOUNT, TOKEN, serving(Response("<html>", 201)))
    problem = failed(lambda: rest.send_sms(TO, FROM, BODY))
    assert problem.uncertain and problem.code == "bad-answer"


def test_numbers_and_texts_are_not_logged(api, ledger, caplog):
    with caplog.at_level(logging.DEBUG):
        api.send_sms(TO, FROM, BODY)
        api.find_sms(TO, BODY, ledger.now())
    assert "2025550143" not in caplog.text and "Your link" not in caplog.text


def test_a_call_is_given_another_document(api, carrier, ledger):
    call = carrier.call()
    call.press("1")
    api.update_call(call.sid, twiml.hangup([Say("k", "The office closes now.", "en")]))
    assert call.heard_text == "The office closes now." and call.ended == "hangup"
    assert ledger.queue[0].result == "redirected"
    assert failed(lambda: api.update_call(call.sid, twiml.hangup())).code == "21220"
    assert failed(lambda: api.update_call("CAunknown", twiml.hangup())).code == "20404"
    with pytest.raises(Bug):
        api.update_call(call.sid, "x" * 4001)


def test_an_outbound_call(api, carrier, ledger):
    sid = api.create_call(TO, FROM, "https://ivr.example.org/voice", status_callback="https://ivr.example.org/voice/status")
    call = carrier.calls[sid]
    call.answer()
    assert call.heard_text == "Welcome. Bienvenido."
    call.hangup()
    states = [dict(w.params)["CallStatus"] for w in ledger.webhooks if w.kind == "status"]
    assert states == ["queued", "ringing", "in-progress", "completed"]
    other = carrier.calls[api.create_call(TO, FROM, "https://ivr.example.org/voice")]
    other.decline("busy")
    assert other.status == "busy"


class TestTheSdkAgrees:
    """Twilio's own client reads the fake's answers into its own types."""

    def test_messages(self, sdk, carrier):
        message = sdk.messages.create(to=TO, from_=FROM, body=BODY)
        assert (message.status, message.to, message.from_, message.body) == ("queued", TO, FROM, BODY)
        assert message.date_created is not None and message.date_sent is None
        carrier.messages.settle(message.sid, "sent", "delivered")
        again = sdk.messages(message.sid).fetch()
        assert again.status == "delivered" and again.date_sent is not None
        for n in range(5):
            sdk.messages.create(to=TO, from_=FROM, body=str(n))
        assert [m.body for m in sdk.messages.list(to=TO, page_size=2)] == ["4", "3", "2", "1", "0", BODY]
        day = again.date_sent.date()
        assert [m.body for m in sdk.messages.list(date_sent_after=day)] == [BODY]
        assert sdk.messages.list(date_sent_before=day - timedelta(days=1)) == []

    @pytest.mark.parametrize("form,code", [
        ({"to": TO, "body": BODY}, 21603), ({"to": TO, "from_": FROM}, 21602),
        ({"to": "hello", "from_": FROM, "body": BODY}, 21211),
        ({"to": TO, "from_": FROM, "body": "x" * 1601}, 21617)])
    def test_errors(self, sdk, form, code):
        with pytest.raises(TwilioRestException) as caught:
            sdk.messages.create(**form)
        assert (caught.value.code, caught.value.status) == (code, 400)

    def test_unknown_and_unauthorised(self, sdk, fake, serving):
        with pytest.raises(TwilioRestException) as caught:
            sdk.messages("SMnone").fetch()
        assert (caught.value.code, caught.value.status) == (20404, 404)
        with pytest.raises(TwilioRestException) as caught:
            Client(ACCOUNT, "wrong", http_client=OtherHost(serving(fake))).messages("SM1").fetch()
        assert (caught.value.code, caught.value.status) == (20003, 401)

    def test_calls_and_queues(self, sdk, carrier):
        call = sdk.calls.create(to=TO, from_=FROM, url="https://ivr.example.org/voice")
        assert call.status == "ringing"
        caller = carrier.call()
        caller.press("1")
        queue, = sdk.queues.list()
        assert (queue.friendly_name, queue.current_size, queue.max_size) == ("tier2", 1, 1000)
        member, = sdk.queues(queue.sid).members.list()
        assert (member.call_sid, member.position) == (caller.sid, 1)
        with pytest.raises(TwilioRestException):
            sdk.queues(queue.sid).delete()
        assert sdk.calls(caller.sid).update(status="completed").status == "completed"
        assert caller.ended == "api" and sdk.queues(queue.sid).fetch().current_size == 0
        assert sdk.queues(queue.sid).delete() is True
        assert sdk.queues.list() == []


def test_a_queue_is_taken_away_and_a_call_ended_twice_without_harm(fake, serving, carrier):
    rest, caller = TwilioRest(ACCOUNT, TOKEN, serving(fake)), carrier.call()
    caller.press("1")
    queue = carrier.queues.by_name["tier2"].sid
    with pytest.raises(Unavailable):
        rest.delete_queue(queue)
    for _ in range(2):
        rest.end_call(caller.sid)
    assert caller.ended == "api"
    for _ in range(2):
        rest.delete_queue(queue)
    assert "tier2" not in carrier.queues.by_name
