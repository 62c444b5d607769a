"""Whole calls through Twilio's webhooks, with no speech model: `<Gather input="dtmf speech">` alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rim.site import SATURDAY, Site, site

pytestmark = pytest.mark.usefixtures("on_every_store")


def test_a_question_is_answered_and_the_link_arrives(office: Site) -> None:
    call = office.call()
    assert call.verbs[0] == "Gather"
    call.say("where is my case")
    call.say("yes")
    assert "text is on its way" in call.heard_text
    assert office.ledger.sms == [], "written down first, sent by the worker"
    office.work()
    (sms,) = office.ledger.sms
    assert sms.to == "+12025550143"
    assert "uscis.gov/casestatus" in sms.body
    call.say("no")
    assert call.ended == "hangup"
    assert office.services.turns.session(call.sid).outcome == "self_service"


def test_the_same_in_spanish(office: Site) -> None:
    call = office.call()
    call.say("dónde está mi caso por favor dígame")
    assert call.gathering.language.startswith("es")
    call.say("sí")
    office.work()
    assert "USCIS" in office.ledger.sms[0].body
    assert "STOP" in office.ledger.sms[0].body
    assert all(s.language.startswith("es") for s in call.heard)


def test_the_whole_flow_by_keys_alone(office: Site) -> None:
    call = office.call()
    for keys in ("9", "1", "3", "2", "1"):
        call.press(keys)
    office.work()
    assert "addresschange" in office.ledger.sms[0].body


def test_an_email_address_gets_the_link_when_there_is_no_mobile(office: Site) -> None:
    from ivr.dialog import events as ev
    from ivr.sensitive import Sensitive

    call = office.call(from_="anonymous")
    office.services.turns.take(call.sid, ev.ContactGiven("email", Sensitive("ana@example.org")))
    call.say("where is my case")
    call.say("yes")
    office.work()
    (mail,) = office.ledger.emails
    assert mail.to == "ana@example.org"
    assert "https://uscis.gov/casestatus" in mail.body


def test_a_qualifying_caller_waits_in_the_right_queue_and_is_answered(office: Site) -> None:
    call = office.call()
    for text in ("I need to move my fingerprint appointment", "march twentieth", "yes"):
        call.say(text)
    assert call.waiting_in == "tier2"
    call.wait_round()
    assert "number 1" in call.heard_text
    bridge = office.carrier.agent_answers("tier2")
    bridge.ends()
    assert call.ended == "hangup"
    assert [(q.queue, q.result) for q in office.ledger.queue] == [("tier2", "bridged")]


def test_who_waits_too_long_is_offered_to_keep_the_place_and_be_called(office: Site) -> None:
    call = office.call()
    for text in ("I need to move my fingerprint appointment", "march twentieth", "yes"):
        call.say(text)
    office.carrier.queues.clock_s = lambda: 1e9
    call.wait_round()
    assert call.waiting_in == ""
    assert "call you when it is your turn" in call.heard_text
    call.say("no")
    assert "call you back" in call.heard_text


def test_outside_hours_a_callback_is_written_down_before_it_is_spoken(tmp_path: Path) -> None:
    with site(tmp_path, SATURDAY) as closed:
        call = closed.call()
        for text in ("I need to move my fingerprint appointment", "march twentieth", "yes", "yes", "yes", "no"):
            call.say(text)
        (promise,) = closed.promises("callback")
        assert promise["state"] == "waiting"
        assert promise["payload"]["numbers"] == ["+12025550143"]
        assert promise["payload"]["due_by"] == "2026-04-24T20:00:00-04:00", "30 business days after the next opening"
        assert promise["not_after"] == "2026-05-02T00:00:00+00:00", "a week later at the latest, after the caller was told; stored in UTC"
        assert "April 24" in call.heard_text
        spelled = ", ".join(" ".join(promise["reference"][i:i + 2]) for i in range(0, 8, 2))
        assert call.heard_text.count(spelled) == 2, "the reference is spoken twice"
        closed.work()
        assert promise["reference"] in closed.ledger.sms[0].body.replace("-", "")
        assert closed.ledger.queue == []


def test_an_interview_becomes_a_service_request(office: Site) -> None:
    call = office.call()
    for text in ("I have to reschedule my interview", "yes", "no", "no", "nine oh two one zero", "yes", "no", "any day", "no", "yes"):
        call.say(text)
    (request,) = office.promises("service_request")
    assert request["name"] == "field_office"
    assert request["payload"]["context"]["office_zip"] == "90210"
    assert office.ledger.queue == []


UNQUALIFIED = {
    "plainly": ["agent", "agent", "agent"],
    "at every question": ["I want to speak to a person", "something else", "representative", "something else", "operator"],
    "by keys": ["/0", "/5", "/0", "/5", "/0"],
    "with an interview": ["talk to an agent", "move an interview", "yes", "yes", "agent"],
    "with an appointment that is over": ["I need to move my fingerprint appointment", "march second", "yes", "agent", "agent"],
    "in Spanish": ["quiero hablar con un agente por favor", "agente", "representante", "/0"],
    "with travel that can wait": ["I have an emergency and must travel", "yes", "no", "agent"],
    "angrily": ["give me a human being right now", "no", "agent", "agent", "operator", "agent"],
}


@pytest.mark.parametrize("way", UNQUALIFIED)
def test_who_does_not_qualify_never_reaches_the_queue(office: Site, way: str) -> None:
    call = office.call()
    for move in UNQUALIFIED[way]:
        if call.ended:
            break
        call.press(move[1:]) if move.startswith("/") else call.say(move)
        assert call.waiting_in == ""
        assert call.ended or call.heard_text, "never silence"
    assert office.ledger.queue == []
    assert "Enqueue" not in call.verbs
    assert "Dial" not in call.verbs
    assert office.promises("callback") == [], "and no callback as a back door"


def test_somebody_who_never_speaks_is_told_where_to_go(office: Site) -> None:
    call = office.call()
    for _ in range(40):
        if call.ended:
            break
        call.silence()
        assert call.heard_text
    assert call.ended == "hangup"
    assert office.services.turns.session(call.sid).outcome == "safe_landing"
    assert office.services.bundles.current.facts["url_tools"].spoken["en"] in " ".join(s.text for s in call.history)


def test_lines_have_their_own_rules(office: Site) -> None:
    abroad = office.call(to="+12126203418")
    abroad.say("where is my case")
    assert "text you" not in abroad.heard_text, "no text is offered to callers abroad"
    assert "by email" in abroad.heard_text
    abroad.press("2")
    assert office.services.bundles.current.facts["url_case_status"].spoken["en"] in abroad.heard_text
    office.work()
    assert office.ledger.sms == []


def test_hanging_up_ends_the_call_and_its_session(office: Site) -> None:
    call = office.call()
    call.hangup()
    session = office.services.turns.session(call.sid)
    assert (session.status, session.outcome) == ("ended", "hangup")


def test_a_running_call_keeps_the_bundle_it_began_with(tmp_path: Path) -> None:
    with site(tmp_path) as old:
        call = old.call()
        began_with = old.services.bundles.current.hash
        calls = old.services.calls
        assert calls.load(call.sid).session.bundle_hash == began_with
    with site(tmp_path, bundle=Path(__file__).parent.parent.parent / "flows/starter") as new:
        assert new.services.bundles.current.hash != began_with
        new.carrier.calls[call.sid] = call
        call.carrier = new.carrier
        call.say("where is my case")
        assert "case" in call.heard_text, "the words of the bundle it began with, though another one is served now"
