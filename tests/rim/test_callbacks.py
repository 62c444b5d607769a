"""Promised calls from the promise to its end, through the real worker, webhooks and store, against the emulated carrier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.contact.callbacks.notices import business_days_back
from ivr.contact.callbacks.windows import Windows
from ivr.store.switches import OVERTIME
from ivr.testing.callee import Callee
from tests.rim.promised_call import CELL, EMAIL, OFFICE, dialled, live_through, promise_call, state, written
from tests.rim.site import Site

NEW_YORK = ZoneInfo("America/New_York")
WEEKS = timedelta(days=60)


def later(office: Site, **span: int) -> datetime:
    return office.clock.now() + timedelta(**(span or {"days": 60}))


def local(moment: datetime) -> datetime:
    return moment.astimezone(NEW_YORK)


@pytest.mark.usefixtures("on_every_store")
def test_somebody_who_never_answers_is_called_in_two_rounds_and_written_to(office: Site) -> None:
    key = promise_call(office)
    live_through(office, later(office))
    assert state(office, key) == "unreached"
    calls = dialled(office)
    assert [to for _, to in calls] == [CELL, OFFICE, CELL, OFFICE], "every number in order, twice"
    gap = calls[2][0] - calls[1][0]
    assert timedelta(minutes=60) <= gap <= timedelta(minutes=90)
    assert all(8 <= local(at).hour < 20 and local(at).weekday() < 5 for at, _ in calls)
    assert local(calls[0][0]).time() <= datetime.strptime("18:30", "%H:%M").time()
    assert written(office) == [("sms", "callback_notice"), ("email", "callback_notice"), ("sms", "voicemail_second_try"),
                               ("email", "callback_missed")] or sorted(written(office)) == sorted([
                                   ("sms", "callback_notice"), ("email", "callback_notice"), ("sms", "voicemail_second_try"),
                                   ("email", "callback_missed")])
    (missed,) = [m for m in office.ledger.emails if "tried" in m.subject]
    assert missed.to == EMAIL


def test_the_notice_comes_one_to_two_business_days_before(office: Site) -> None:
    key = promise_call(office)
    live_through(office, later(office))
    notice = next(r for r in office.promises("notice") if r["payload"]["message"] == "callback_notice")
    told_on = local(datetime.fromisoformat(notice["created_at"])).date()
    windows = Windows(office.services.bundles.current.calendar, ())
    called_on = local(dialled(office)[0][0]).date()
    assert business_days_back(windows, called_on, 2) <= told_on <= business_days_back(windows, called_on, 1)
    assert state(office, key) == "unreached"


@pytest.mark.usefixtures("on_every_store")
def test_a_person_who_presses_one_reaches_the_right_tier(office: Site) -> None:
    key = promise_call(office)
    live_through(office, later(office), {CELL: [Callee("human", "1")]})
    assert state(office, key) == "done"
    assert [to for _, to in dialled(office)] == [CELL]
    assert [(q.queue, q.result) for q in office.ledger.queue] == [("tier2", "bridged")]
    said = " ".join(s.text for c in office.carrier.calls.values() for s in c.history)
    row = office.services.promises.get(key)
    assert row is not None
    assert " ".join(row["reference"][:2]) in said, "says about which reference"
    assert "fingerprint" not in said.lower(), "no case details"


def test_the_greeting_is_in_the_language_of_the_promise(office: Site) -> None:
    promise_call(office, language="es")
    live_through(office, later(office), {CELL: [Callee("human", "1")]})
    (call,) = [c for c in office.carrier.calls.values() if c.direction == "outbound-api"]
    assert "oprima 1" in call.history[0].text


def test_a_policy_that_has_become_false_opens_no_door(office: Site) -> None:
    key = promise_call(office, variables={"reason": "reschedule_biometrics", "appt": "past"})
    live_through(office, later(office, days=5), {CELL: [Callee("human", "1")], OFFICE: ["no_answer"]})
    assert office.ledger.queue == []
    assert state(office, key) != "done"


def test_a_machine_gets_the_message_and_nothing_is_written_in_its_place(office: Site) -> None:
    promise_call(office, numbers=[CELL])
    live_through(office, later(office), {CELL: ["machine"]})
    tapes = [" ".join(s.text for s in c.history) for c in office.carrier.calls.values() if c.direction == "outbound-api"]
    assert len(tapes) == 2
    assert "once more within" in tapes[0]
    assert "twice" in tapes[1]
    assert ("sms", "voicemail_second_try") not in written(office)
    assert not any(CELL[-4:] in tape for tape in tapes), "no personal data on a tape"


def test_another_time_is_another_day_with_a_notice_of_its_own(office: Site) -> None:
    key = promise_call(office, numbers=[CELL])
    live_through(office, later(office), {CELL: [Callee("human", "2"), Callee("human", "1")]})
    days = [local(at).date() for at, _ in dialled(office)]
    assert len(days) == 2
    assert days[1] > days[0]
    assert state(office, key) == "done"
    assert written(office).count(("sms", "callback_notice")) == 2


def test_nine_calls_it_off(office: Site) -> None:
    key = promise_call(office)
    live_through(office, later(office), {CELL: [Callee("human", "9")]})
    assert state(office, key) == "cancelled"
    assert len(dialled(office)) == 1


def test_whoever_hangs_up_is_tried_on_the_next_number(office: Site) -> None:
    promise_call(office)
    live_through(office, later(office), {CELL: [Callee("human", "")], OFFICE: [Callee("human", "1")]})
    assert [to for _, to in dialled(office)] == [CELL, OFFICE]


@pytest.mark.parametrize("reason", ["busy", "failed"])
def test_busy_and_failed_are_misses(office: Site, reason: str) -> None:
    key = promise_call(office, numbers=[CELL])
    live_through(office, later(office), {CELL: [reason]})
    assert state(office, key) == "unreached"
    assert len(dialled(office)) == 2


def test_a_text_telephone_is_given_to_people_and_told_so(office: Site) -> None:
    key = promise_call(office, numbers=[CELL])
    live_through(office, later(office), {CELL: ["tty"]})
    assert state(office, key) == "open"
    assert ("email", "callback_tty") in written(office)
    assert len(dialled(office)) == 1


def test_nobody_in_the_queue_is_our_fault_and_tried_again(office: Site) -> None:
    key = promise_call(office, numbers=[CELL])
    live_through(office, later(office), {CELL: [Callee("human", "1", agent=False), Callee("human", "1")]})
    # the first one hung up in the waiting room, which is a miss; the second one was connected
    assert state(office, key) == "done"


def test_urgent_calls_come_within_their_hours_and_without_a_notice(office: Site) -> None:
    promise_call(office, "urgent", [CELL])
    live_through(office, later(office, days=5), {CELL: [Callee("human", "1")]})
    assert dialled(office)[0][0] - datetime(2026, 3, 10, 14, 5, tzinfo=UTC) < timedelta(hours=72)
    assert ("sms", "callback_notice") not in written(office)


def test_without_consent_to_texts_it_is_email(office: Site) -> None:
    promise_call(office, numbers=[CELL], texts=False)
    live_through(office, later(office))
    assert {channel for channel, _ in written(office)} == {"email"}
    assert ("email", "voicemail_second_try") in written(office)


@pytest.mark.usefixtures("on_every_store")
@pytest.mark.parametrize("fault", ["429", "500", "500_but_sent", "timeout", "timeout_after_send", "drop"])
def test_a_carrier_that_stumbles_never_dials_twice(office: Site, fault: str) -> None:
    office.services.callbacks.rest._timeouts = (0.5, 0.5)  # type: ignore[union-attr]
    key = promise_call(office, "urgent", [CELL], email=None, texts=False)
    office.rest.faults.for_number(CELL, fault)
    live_through(office, later(office, days=5), {CELL: [Callee("human", "1")]})
    assert state(office, key) == "done"
    assert len(dialled(office)) == 1, "never lost, never doubled"


def test_a_refused_number_is_a_miss_and_the_next_one_is_tried(office: Site) -> None:
    office.rest.faults.for_number(CELL, 21211, 21211)
    key = promise_call(office)
    live_through(office, later(office), {OFFICE: [Callee("human", "1")]})
    assert state(office, key) == "done"
    assert [to for _, to in dialled(office)] == [OFFICE]


@pytest.mark.usefixtures("on_every_store")
def test_two_promises_to_one_number_are_never_under_way_at_once(office: Site) -> None:
    for n in range(2):
        promise_call(office, "urgent", [CELL], call_id=f"CA{n}")
    for _ in range(8):
        office.work()
        office.clock.advance(30)
    assert len(dialled(office)) == 1
    live_through(office, later(office, days=5), {CELL: [Callee("human", "1")]})
    assert len(dialled(office)) == 2


def test_overtime_needs_the_switch_and_never_goes_into_the_callers_night(office: Site) -> None:
    office.clock.time = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)  # a Saturday
    office.services.switches.set(OVERTIME, "on", "supervisor", office.clock.now())
    promise_call(office, "urgent", [CELL])
    live_through(office, later(office, hours=12), {CELL: [Callee("human", "1")]})
    (at, _), *_ = dialled(office)
    assert local(at).weekday() == 5
    assert 8 <= local(at).hour < 21


def test_webhooks_of_a_call_that_is_over_change_nothing(office: Site) -> None:
    key = promise_call(office, "urgent", [CELL])
    live_through(office, later(office, days=5), {CELL: ["no_answer"]})
    assert state(office, key) == "unreached"
    call = next(c for c in office.carrier.calls.values() if c.direction == "outbound-api")
    url, _ = office.carrier.outbound_url(call.sid)
    before = office.services.ledger.history(key)
    for what in ("answer", "choice", "machine", "status", "queue"):
        office.carrier.tell(what, url.replace("answer", what), call.fields([("Digits", "1"), ("QueueResult", "bridged")]))
    assert office.services.ledger.history(key) == before


def test_a_status_that_never_came_is_asked_for(office: Site) -> None:
    key = promise_call(office, "urgent", [CELL])
    office.work()
    call = next(c for c in office.carrier.calls.values() if c.direction == "outbound-api")
    office.carrier._callbacks[call.sid] = ("", ())
    call.decline("no-answer")
    office.work()
    assert state(office, key) == "calling"
    office.clock.advance(700)
    office.work()
    assert state(office, key) == "waiting"
