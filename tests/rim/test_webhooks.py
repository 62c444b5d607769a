"""Webhooks as an attacker, a bad network and a broken carrier send them."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from ivr.errors import Unavailable
from ivr.telephony.signature import sign_form
from ivr.testing.webhook_sender import Faults
from tests.rim.site import ACCOUNT, NEXT_TOKEN, PUBLIC_URL, TOKEN, Site, site

VOICE = ["/voice", "/voice/gather?turn=1", "/voice/after-stream?turn=1", "/voice/status", "/voice/queue?turn=1", "/voice/wait",
         "/voice/fallback"]
ALL = [*VOICE, "/sms", "/sms/status"]
START = [("CallSid", "CA" + "9" * 32), ("AccountSid", ACCOUNT), ("From", "+12025550143"), ("To", "+18003755283"),
         ("CallStatus", "ringing"), ("Direction", "inbound"), ("CallerName", "")]


def post(office: Site, path: str, pairs: list[tuple[str, str]], *, token: str = TOKEN, signature: str | None = None,
         url: str | None = None, **headers: str) -> Any:
    signature = sign_form(token, url or PUBLIC_URL + path, pairs) if signature is None else signature
    return Client(office.app).post(path, data=urlencode(pairs), content_type="application/x-www-form-urlencoded",
                                   headers={"X-Twilio-Signature": signature, **headers})


def is_twiml(response: Any) -> bool:
    return ElementTree.fromstring(response.get_data()).tag == "Response" and response.content_type.startswith("text/xml")


class TestAuthenticity:
    @pytest.mark.parametrize("path", ALL)
    def test_without_a_signature_nothing_is_done(self, office: Site, path: str) -> None:
        response = post(office, path, START, signature="")
        assert response.status_code == 403
        assert is_twiml(response)
        assert office.services.turns.session(START[0][1]) is None

    @pytest.mark.parametrize("change", [
        {"token": "wrong"}, {"url": PUBLIC_URL + "/voice/"}, {"url": "http://ivr.example.org/voice"},
        {"url": "https://evil.example.org/voice"}, {"signature": "!!"}, {"signature": "A" * 5000}, {"signature": "ñ"}])
    def test_a_signature_for_something_else_is_refused(self, office: Site, change: dict) -> None:
        assert post(office, "/voice", START, **change).status_code == 403

    def test_a_changed_field_is_refused(self, office: Site) -> None:
        signature = sign_form(TOKEN, PUBLIC_URL + "/voice", START)
        changed = [(k, "+18765550100" if k == "From" else v) for k, v in START]
        assert post(office, "/voice", changed, signature=signature).status_code == 403

    def test_both_tokens_are_good_during_rotation(self, office: Site) -> None:
        assert post(office, "/voice", START, token=NEXT_TOKEN).status_code == 200
        assert post(office, "/voice", START, token=TOKEN).status_code == 200

    @pytest.mark.parametrize("port", ["with", "without"])
    def test_either_spelling_of_the_port_is_good(self, tmp_path: Path, port: str) -> None:
        with site(tmp_path, faults=Faults(signed_port=port)) as office:
            assert office.call().gathering

    def test_forwarding_headers_decide_nothing(self, office: Site) -> None:
        lies = {"Host": "evil.example.org", "X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "http"}
        assert post(office, "/voice", START, **lies).status_code == 200
        evil = sign_form(TOKEN, "http://evil.example.org/voice", START)
        assert post(office, "/voice", START, signature=evil, **lies).status_code == 403

    def test_json_with_a_right_signature_is_a_bad_request_not_a_crash(self, office: Site) -> None:
        body = b'{"CallSid": "CA1"}'
        response = Client(office.app).post("/voice", data=body, content_type="application/json",
                                           headers={"X-Twilio-Signature": sign_form(TOKEN, PUBLIC_URL + "/voice")})
        assert response.status_code == 403, "a JSON body without its hash in the address proves nothing"


class TestMalformed:
    @pytest.mark.parametrize("path", VOICE[:6])
    @pytest.mark.parametrize("pairs", [
        [], [("CallSid", "")], [("CallSid", "CA1"), ("CallSid", "CA2")], [("CallSid", "C" * 300)], [("CallSid", "CA\x00")],
        [("CallSid", "CA1"), *[(f"x{n}", "y") for n in range(250)]]])
    def test_a_signed_but_broken_form_gets_400_and_twiml(self, office: Site, path: str, pairs: list) -> None:
        response = post(office, path, pairs)
        assert response.status_code in (400, 403)
        assert is_twiml(response)

    def test_a_huge_body_is_refused(self, office: Site) -> None:
        assert post(office, "/voice", [("CallSid", "CA1"), ("x", "y" * 1_000_000)]).status_code in (400, 403, 413)

    def test_a_turn_number_that_is_none(self, office: Site) -> None:
        for query in ("", "?turn=", "?turn=x", "?turn=-1", "?turn=99999999999"):
            assert post(office, f"/voice/gather{query}", START).status_code == 400

    def test_an_unknown_call_gets_words_and_no_session(self, office: Site) -> None:
        response = post(office, "/voice/gather?turn=1", [("CallSid", "CA" + "8" * 32), ("SpeechResult", "agent")])
        assert response.status_code == 400
        assert b"<Hangup" in response.get_data()
        assert b"Enqueue" not in response.get_data()

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(path=st.sampled_from(ALL), pairs=st.lists(st.tuples(
        st.sampled_from(["CallSid", "From", "To", "SpeechResult", "Digits", "Confidence", "CallStatus", "SequenceNumber", "Body",
                         "MessageSid", "MessageStatus", "QueueResult", "QueueTime", "QueuePosition", "ErrorCode"]) | st.text(max_size=8),
        st.text(max_size=60) | st.sampled_from(["CA" + "7" * 32, "completed", "+12025550143", "999999", "-1", "0.5", "NaN"])),
        max_size=12), signed=st.booleans(), mime=st.sampled_from(["application/x-www-form-urlencoded", "text/plain", ""]))
    def test_whatever_comes_is_never_a_500_and_always_twiml(self, office: Site, path: str, pairs: list, signed: bool,
                                                            mime: str) -> None:
        body = urlencode([(k.encode("utf-8", "surrogatepass"), v.encode("utf-8", "surrogatepass")) for k, v in pairs])
        try:
            signature = sign_form(TOKEN, PUBLIC_URL + path, pairs) if signed else "x"
        except UnicodeError:
            signature = "x"
        response = Client(office.app).post(path, data=body, content_type=mime, headers={"X-Twilio-Signature": signature})
        assert response.status_code in (200, 400, 403)
        assert is_twiml(response)
        assert b"Enqueue" not in response.get_data()

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(raw=st.binary(max_size=300), path=st.sampled_from(ALL))
    def test_raw_bytes(self, office: Site, raw: bytes, path: str) -> None:
        response = Client(office.app).post(path, data=raw, content_type="application/x-www-form-urlencoded",
                                           headers={"X-Twilio-Signature": "x"})
        assert response.status_code in (400, 403)
        assert is_twiml(response)


@pytest.mark.usefixtures("on_every_store")
class TestRepetition:
    def test_every_webhook_delivered_three_times_is_one_call_with_one_effect(self, tmp_path: Path) -> None:
        with site(tmp_path, faults=Faults(repeat=2)) as office:
            call = office.call()
            for text in ("where is my case", "yes", "no"):
                call.say(text)
            office.work()
            assert len(office.ledger.sms) == 1
            deliveries: dict[str, set[bytes]] = {}
            for row in office.ledger.webhooks:
                deliveries.setdefault(row.token, set()).add(row.answer)
            assert all(len(answers) == 1 for answers in deliveries.values()), "byte-equal answers"
            assert office.services.turns.session(call.sid).outcome == "self_service"

    def test_the_same_delivery_at_the_same_moment(self, office: Site) -> None:
        call = office.call()
        turn = office.services.turns.session(call.sid).turn
        pairs = [("CallSid", call.sid), ("SpeechResult", "where is my case"), ("Confidence", "0.9")]
        answers: list[bytes] = []
        gate = threading.Barrier(6)

        def deliver() -> None:
            gate.wait()
            answers.append(post(office, f"/voice/gather?turn={turn}", pairs, **{"I-Twilio-Idempotency-Token": "t1"}).get_data())

        threads = [threading.Thread(target=deliver) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(answers)) == 1
        assert office.services.turns.session(call.sid).answers == 1

    def test_a_repetition_without_a_token_is_known_by_its_turn(self, office: Site) -> None:
        call = office.call()
        pairs = [("CallSid", call.sid), ("Digits", "9")]
        first = post(office, "/voice/gather?turn=1", pairs).get_data()
        other = post(office, "/voice/gather?turn=1", [("CallSid", call.sid), ("Digits", "2")]).get_data()
        assert first == other, "the turn was answered once; what comes later under its number changes nothing"

    def test_an_answer_to_an_old_turn_gives_the_present_question(self, office: Site) -> None:
        call = office.call()
        call.press("9")
        before = office.services.turns.session(call.sid)
        response = post(office, "/voice/gather?turn=0", [("CallSid", call.sid), ("Digits", "1")])
        assert response.status_code == 200
        assert f"turn={before.turn}".encode() in response.get_data()
        assert office.services.turns.session(call.sid) == before

    def test_a_replay_after_the_call_has_ended_does_nothing(self, office: Site) -> None:
        call = office.call()
        call.say("where is my case")
        call.hangup()
        before = office.services.turns.session(call.sid)
        for row in list(office.ledger.webhooks):
            office.carrier.sender.replay(row)
        assert office.services.turns.session(call.sid) == before
        office.work()
        assert office.ledger.sms == []

    def test_status_callbacks_out_of_order_and_twice(self, tmp_path: Path) -> None:
        with site(tmp_path, faults=Faults(status_order="reversed", duplicate_status=True)) as office:
            call = office.call()
            call.hangup()
            assert office.services.turns.session(call.sid).status == "ended"
            assert office.services.statuses.of(call.sid) == "completed"

    def test_an_answer_that_came_too_late_is_given_again(self, tmp_path: Path) -> None:
        with site(tmp_path, faults=Faults(retry_timed_out=True)) as office:
            call = office.call()
            office.carrier.faults.time_outs["gather"] = 1
            call.say("where is my case")
            call.say("yes")
            office.work()
            assert len(office.ledger.sms) == 1


class TestWhenThingsBreak:
    def test_a_server_that_does_not_answer_leaves_the_fallback(self, tmp_path: Path) -> None:
        with site(tmp_path) as office:
            call = office.call()
            office.carrier.faults.time_outs["gather"] = 1
            call.say("where is my case")
            assert call.ended == "hangup"
            tools = office.services.bundles.current.facts["url_tools"].spoken
            assert tools["en"] in call.heard_text
            assert tools["es"] in call.heard_text
            assert not {"Dial", "Enqueue"} & set(call.verbs)

    @pytest.mark.parametrize("path", VOICE[:6])
    def test_a_bug_of_ours_is_words_not_silence(self, office: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("secret +12025550143")

        for name in ("answer", "session"):
            monkeypatch.setattr(office.services.turns, name, broken)
        monkeypatch.setattr(office.services.statuses, "apply", broken)
        extra = [("CallStatus", "completed"), ("SequenceNumber", "1"), ("QueueResult", "leave"), ("QueuePosition", "1")]
        response = post(office, path, [*[p for p in START if p[0] != "CallStatus"], *extra])
        assert response.status_code == 200
        assert is_twiml(response)
        assert b"Traceback" not in response.get_data()

    def test_a_promise_that_cannot_be_written_is_not_spoken(self, office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        call = office.call()
        call.say("where is my case")

        def full(*_: object, **__: object) -> None:
            raise Unavailable("disk full", code="database")

        monkeypatch.setattr(office.services.turns.record._promises, "insert", full)
        call.say("yes")
        assert "on its way" not in call.heard_text
        call.press("2")  # no email either
        assert office.services.bundles.current.facts["url_case_status"].spoken["en"] in call.heard_text, "another way out"
        assert office.services.promises.all() == []


class TestTexts:
    def test_stop_is_honoured_at_once_and_confirmed_once(self, office: Site) -> None:
        office.carrier.text("Stop", from_="+12025550143")
        (ours,) = [row.answer.decode() for row in office.ledger.webhooks if row.kind == "sms"]
        assert "no more texts" in ours
        assert office.carrier.text("hello again", from_="+12025550143") == []
        call = office.call()
        call.say("where is my case")
        call.say("yes")
        assert "on its way" not in call.heard_text
        office.work()
        assert [s for s in office.ledger.sms if s.to == "+12025550143" and "casestatus" in s.body] == []

    def test_start_undoes_it(self, office: Site) -> None:
        office.carrier.text("STOP", from_="+12025550143")
        assert "again" in " ".join(office.carrier.text("start", from_="+12025550143"))
        assert not office.services.consents.revoked("+12025550143", "sms")

    def test_other_words_are_answered_once_even_when_delivered_twice(self, tmp_path: Path) -> None:
        with site(tmp_path, faults=Faults(repeat=1)) as office:
            office.carrier.text("where is my case?")
            answers = {row.answer for row in office.ledger.webhooks if row.kind == "sms"}
            assert len(answers) == 1

    def test_a_text_that_was_not_delivered_is_known(self, office: Site) -> None:
        call = office.call()
        call.say("where is my case")
        call.say("yes")
        office.work()
        office.carrier.messages.settle(office.ledger.sms[0].sid, "sent", "undelivered", error_code=30003)
        first, again = office.promises("message")
        assert (first["state"], again["state"]) == ("failed", "due")


def test_no_personal_data_in_logs_and_metrics(office: Site, capsys: pytest.CaptureFixture[str]) -> None:
    import io

    from ivr.ops import logs

    written = io.StringIO()
    logs.configure("debug", written)
    try:
        call = office.call(from_="+12025550177")
        for text in ("my receipt is IOE0912345678 and my A number is A123456789", "where is my case", "yes"):
            call.say(text)
        office.work()
        office.carrier.text("stop 2025550177", from_="+12025550177")
    finally:
        logs.configure("error", sys.__stderr__)
    seen = capsys.readouterr()
    text = written.getvalue() + seen.out + seen.err + office.services.metrics.text().decode()
    assert "call_started" in text
    for canary in ("2025550177", "0912345678", "123456789"):
        assert canary not in text.replace("-", "").replace(" ", "")
    for line in written.getvalue().splitlines():
        json.loads(line)


def test_health(office: Site) -> None:
    client = Client(office.app)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").get_json()["bundle"] == "uscis"
    office.services.streams.draining = True
    assert client.get("/readyz").status_code == 503
    assert b"ivr_calls_total" in client.get("/metrics").get_data()
    missing = client.get("/nothing")
    assert missing.status_code == 404
    assert "default-src 'none'" in missing.headers["Content-Security-Policy"]
