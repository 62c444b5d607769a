"""Promised messages against a provider and a mail server that misbehave. The ledger says what really went out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.contact.email import message_id
from ivr.dialog import events as ev
from ivr.sensitive import Sensitive
from ivr.store.promises import NewPromise
from tests.rim.site import Site

pytestmark = pytest.mark.usefixtures("on_every_store")


def promise_sms(office: Site, key: str = "message:CA1:link:1", to: str = "+12025550143") -> None:
    now = office.clock.now()
    with office.services.db.write(durable=True) as c:
        office.services.promises.insert(c, NewPromise(key, "message", "sms", "CA1", {"to": to, "text": f"hello {key}"}, now,
                                                      now + timedelta(hours=24)), now)


def promise_mail(office: Site, key: str = "message:CA1:link:1", to: str = "ana@example.org") -> None:
    now = office.clock.now()
    payload = {"to": to, "text": "hello", "subject": "Hello\r\nBcc: x@example.org", "language": "en"}
    with office.services.db.write(durable=True) as c:
        office.services.promises.insert(c, NewPromise(key, "message", "email", "CA1", payload, now, now + timedelta(hours=24)), now)


def states(office: Site) -> list[str]:
    return [row["state"] for row in office.services.promises.all()]


def until_settled(office: Site, rounds: int = 40) -> int:
    """Let the clock run until nothing is due any more; the number of rounds that took."""
    for n in range(rounds):
        office.work()
        if all(s in ("done", "failed", "expired") for s in states(office)):
            return n
        office.clock.advance(120)
    raise AssertionError(states(office))


@pytest.mark.parametrize("fault", ["429", "500", "500_but_sent", "timeout", "timeout_after_send", "drop"])
def test_a_provider_that_stumbles_gets_it_once_all_the_same(office: Site, fault: str) -> None:
    office.services.worker._lanes[0].performer.senders["sms"]._sender._rest._timeouts = (0.5, 0.5)
    office.rest.faults.next(fault)
    promise_sms(office)
    until_settled(office)
    assert states(office) == ["done"]
    assert len(office.ledger.sms) == 1, "never lost, never doubled"


@pytest.mark.parametrize("code", [21610, 21211, 21614, 21408])
def test_what_the_provider_refuses_for_good_is_not_tried_again(office: Site, code: int) -> None:
    office.rest.faults.next(code)
    promise_sms(office)
    office.work()
    assert states(office) == ["failed"]
    assert office.services.consents.revoked("+12025550143", "sms") == (code == 21610)
    office.clock.advance(3600)
    office.work()
    assert office.ledger.sms == []


def test_a_poison_row_is_parked_and_the_others_flow(office: Site) -> None:
    now = office.clock.now()
    with office.services.db.write() as c:
        office.services.promises.insert(c, NewPromise("message:bad", "message", "sms", "CA1", {"no": "number"}, now,
                                                      now + timedelta(hours=1)), now)
    promise_sms(office)
    until_settled(office)
    assert sorted(states(office)) == ["done", "failed"]
    assert len(office.ledger.sms) == 1


def test_what_came_too_late_ends_loudly(office: Site, capsys: pytest.CaptureFixture[str]) -> None:
    promise_sms(office)
    office.clock.advance(25 * 3600)
    office.work()
    assert states(office) == ["expired"]
    assert office.ledger.sms == []


@pytest.mark.parametrize(("script", "copies"), [(["451"], 1), (["451", "451"], 1), (["drop_after_data"], 2)])
def test_a_mail_server_that_stumbles(office: Site, script: list[str], copies: int) -> None:
    office.mail.script(*script)
    promise_mail(office)
    until_settled(office)
    mails = office.ledger.emails
    assert 1 <= len(mails) <= copies
    assert {m.message_id for m in mails} == {message_id("message:CA1:link:1", "no-reply@ivr.example.org")}, "one mail to its reader"


def test_a_mail_that_is_refused_for_good(office: Site) -> None:
    office.mail.script("550")
    promise_mail(office)
    until_settled(office)
    assert states(office) == ["failed"]


def test_a_mail_server_that_is_down_for_an_hour(office: Site) -> None:
    office.mail.stop()
    promise_mail(office)
    for _ in range(10):
        office.work()
        office.clock.advance(360)
    office.mail.start()
    until_settled(office)
    assert states(office) == ["done"]
    assert len(office.ledger.emails) == 1


def test_headers_cannot_be_injected(office: Site) -> None:
    promise_mail(office)
    office.work()
    (mail,) = office.ledger.emails
    assert mail.subject == "Hello Bcc: x@example.org"
    assert mail.to == "ana@example.org"


def test_what_the_caller_said_is_data_everywhere(office: Site) -> None:
    for nasty in ("<Hangup/><Dial>911</Dial>", "{{7*7}} {fact.hours}", "'; DROP TABLE calls; --", "=HYPERLINK(1)", "\u202e\x07"):
        call = office.call()
        call.say(nasty)
        assert not call.errors
        assert call.ended or call.gathering
        log = office.services.calls.log_of(call.sid)
        heard = [e.event for e in log if isinstance(e.event, ev.SpeechHeard)]
        assert not heard or isinstance(heard[0].text, Sensitive)
