"""Small stumbles that fault tests found: each once more, by itself."""

from __future__ import annotations

from ivr.contact.breaker import FAILURES
from ivr.contact.retry import MAX_UNCERTAIN
from tests.rim.site import Site
from tests.rim.test_worker import promise_sms, states


def test_a_call_whose_first_word_comes_behind_its_last_one_is_over(office: Site) -> None:
    call = office.call()
    call.hangup()
    rows = [w for w in office.ledger.webhooks if w.kind in ("voice", "status")]
    (begin,) = [w for w in rows if w.kind == "voice"]
    (end,) = [w for w in rows if dict(w.params)["CallStatus"] == "completed"]
    for n, row in enumerate((end, begin)):
        params = [(k, "CA" + "9" * 32 if k == "CallSid" else v) for k, v in row.params]
        office.carrier.sender.send(row.kind, f"{row.url}", params)
        session = office.services.turns.session("CA" + "9" * 32)
        assert (session is None) == (n == 0)
    assert session is not None and session.status == "ended"
    before = len(office.services.calls.log_of(call.sid))
    office.carrier.sender.replay(begin)
    assert len(office.services.calls.log_of(call.sid)) == before, "nothing is added to a call that ended as calls do"


def test_a_provider_that_fails_for_long_costs_time_and_no_promise(office: Site) -> None:
    promise_sms(office)
    office.rest.faults.next(*["500"] * (MAX_UNCERTAIN + 4))
    for _ in range(200):
        office.work()
        office.clock.advance(60)
    assert states(office) == ["done"]
    assert len(office.rest.faults.seen) == MAX_UNCERTAIN + 4
    assert len(office.ledger.sms) == 1


def test_an_empty_listing_does_not_close_the_breaker(office: Site) -> None:
    office.rest.faults.next(*["500"] * 1000)
    for n in range(FAILURES + 1):
        promise_sms(office, f"message:CA{n}:link:1", f"+1202555{1000 + n}")
    for _ in range(40):
        office.work()
        office.clock.advance(2)
    breakers = office.services.worker._breakers
    assert breakers.open_providers() == ["twilio"]
