"""A call that keeps a promise, in the engine: it waits in a queue, at no node, and nobody is behind it whom the policy keeps out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.replay import replay
from ivr.dialog.session import Keeps, Session
from ivr.flow.model import Bundle
from ivr.publishing.outcomes import kinds_of
from ivr.runtime.callbacks.door import queue_for
from ivr.sensitive import Sensitive

TUESDAY = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
NUMBER = Sensitive("+12025550143")
FUTURE = {"reason": "reschedule_biometrics", "appt": "future", "identity": "verified", "role": "applicant", "g28": "on_file"}


def called_back(**fields: Any) -> ev.CalledBack:
    given: dict[str, Any] = {
        "call_id": "CA2", "language": "en", "queue": "tier2", "policy": "callback", "promise": "routine", "key": "callback:CA1:n:1",
        "attempt_id": "attempt", "reference": "AC7", "promised_in": "CA1", "caller_number": NUMBER, "variables": FUTURE,
        "context": {"receipt_number": "EAC9999999999"}}
    return ev.CalledBack(**{**given, **fields})


def begun(bundle: Bundle, **fields: Any) -> tuple[Session, tuple[act.Action, ...]]:
    return step(bundle, sessions.fresh("CA2", bundle.hash), called_back(**fields), TUESDAY)


def test_it_waits_in_the_queue_and_knows_what_it_keeps(uscis: Bundle) -> None:
    session, (say, transfer) = begun(uscis)
    assert isinstance(say, act.Say) and isinstance(transfer, act.Transfer)
    assert (say.key, transfer.queue, transfer.policy, transfer.policy_rule) == ("callback_connecting", "tier2", "callback", "callback")
    assert (session.status, session.waiting, session.frames, session.transfer) == ("live", "queue:tier2", (), transfer)
    assert session.keeps == Keeps("callback:CA1:n:1", "attempt", "AC7", "CA1")
    assert session.vars["reason"] == "reschedule_biometrics"
    assert sessions.from_json(sessions.to_json(session)) == session
    assert "EAC999" not in repr(session) + repr(called_back()), "what is handed on may be about the caller"


def test_who_answers_has_shown_nothing_yet(uscis: Bundle) -> None:
    session, _ = begun(uscis)
    first = step(uscis, sessions.fresh("CA3", uscis.hash), ev.CallStarted("CA3"), TUESDAY)[0].vars
    for name in ("identity", "role", "g28"):
        assert session.vars[name] == first[name] != FUTURE[name], name


@pytest.mark.parametrize(("outcome", "words", "ends"), [
    ("connected", "goodbye", "called_back"), ("left", "goodbye", "left"), ("failed", "callback_no_agent", "no_agent"),
    ("wait_too_long", "callback_no_agent", "no_agent"), ("closed", "callback_no_agent", "no_agent"),
    ("?", "callback_no_agent", "no_agent")])
def test_the_end_of_the_queue_ends_it(uscis: Bundle, outcome: str, words: str, ends: str) -> None:
    waiting, _ = begun(uscis)
    session, actions = step(uscis, waiting, ev.QueueEnded("tier2", outcome), TUESDAY)
    assert [getattr(a, "key", a.type) for a in actions] == [words, "hangup"]
    assert (session.status, session.outcome, session.transfer, session.waiting) == ("ended", ends, None, "")
    assert session.keeps == waiting.keeps
    assert step(uscis, session, ev.QueueEnded("tier2", outcome), TUESDAY) == (session, ())


def test_hanging_up_ends_it(uscis: Bundle) -> None:
    session, actions = step(uscis, begun(uscis)[0], ev.CallEnded("hangup"), TUESDAY)
    assert (session.status, session.outcome, actions) == ("ended", "hangup", ())


@pytest.mark.parametrize("fields", [
    {"variables": {**FUTURE, "appt": "past"}}, {"variables": {}}, {"variables": {"reason": "reschedule_interview"}},
    {"policy": "service_request"}, {"policy": "no_such"}, {"queue": "tier1"}, {"queue": "no_such"}, {"promise": "urgent"}])
def test_nobody_is_behind_a_door_that_the_policy_shuts(uscis: Bundle, fields: dict[str, Any]) -> None:
    session, actions = begun(uscis, **fields)
    assert [a.type for a in actions] == ["report_refusal", "say", "hangup"]
    assert (session.status, session.outcome, session.transfer) == ("ended", "no_agent", None)
    assert session.keeps is not None, "the promise is to be tried again"


def test_it_begins_nothing_that_has_begun(uscis: Bundle) -> None:
    live, _ = step(uscis, sessions.fresh("CA2", uscis.hash), ev.CallStarted("CA2"), TUESDAY)
    assert step(uscis, live, called_back(), TUESDAY) == (live, ())
    waiting, _ = begun(uscis)
    for event in (ev.CallStarted("CA2"), called_back(), ev.StreamLost(), ev.TtyDetected(), ev.NoInput(0),
                  ev.QueueEnded("tier1", "connected"),
                  ev.SpeechHeard(0, Sensitive("agent")), ev.DigitsReceived(0, Sensitive("0"))):
        assert step(uscis, waiting, event, TUESDAY) == (waiting, ()), event


def test_a_language_that_is_gone_is_the_first_one(uscis: Bundle) -> None:
    assert begun(uscis, language="fr")[0].language == uscis.default_language
    assert begun(uscis, language="es")[1][0].language == "es"  # type: ignore[union-attr]


def test_it_is_the_same_when_it_is_replayed(uscis: Bundle) -> None:
    events = [called_back(place_since="2026-03-10T13:00:00+00:00"), ev.ContactGiven("email", Sensitive("ana@example.org")),
              ev.QueueEnded("tier2", "connected"), ev.CallEnded("hangup")]
    once = replay(uscis, "CA2", [(TUESDAY, e) for e in events])
    again = replay(uscis, "CA2", [(TUESDAY, ev.from_json(ev.to_json(e))) for e in events])
    assert once == again
    assert (once[0].version, once[0].outcome, once[0].email) == (3, "called_back", "ana@example.org")


def test_bundles_are_not_compared_by_it(uscis: Bundle) -> None:
    fresh = sessions.fresh("CA2", uscis.hash)
    waiting, actions = begun(uscis)
    assert kinds_of(fresh, waiting, actions) == ()
    assert kinds_of(waiting, *step(uscis, waiting, ev.CallEnded("hangup"), TUESDAY)) == ()
    assert kinds_of(fresh, dataclasses.replace(waiting, keeps=None), actions) == ("transfer",)


@pytest.mark.parametrize(("payload", "queue"), [
    ({}, "tier2"), ({"place": {"queue": "tier2", "since": "2026-03-10T13:00:00+00:00"}}, "tier2"),
    ({"place": {"queue": "tier1", "since": ""}}, "tier2"), ({"place": {"queue": "no_such"}}, "tier2")])
def test_a_kept_place_is_in_its_queue_where_the_policy_still_says_so(uscis: Bundle, payload: dict[str, Any], queue: str) -> None:
    found = queue_for(uscis, "routine", {"policy": "callback", "variables": FUTURE, **payload}, "en", TUESDAY)
    assert found is not None and found[0].name == queue


def test_a_kept_place_is_not_given_up_for_a_lower_tier(uscis: Bundle) -> None:
    phone = {"reason": "accommodation_request", "access_need": "phone_use"}
    asked = {"policy": "callback", "variables": phone}
    assert queue_for(uscis, "routine", asked, "en", TUESDAY)[0].name == "tier1"  # type: ignore[index]
    kept = {**asked, "place": {"queue": "tier2", "since": "2026-03-10T13:00:00+00:00"}}
    assert queue_for(uscis, "routine", kept, "en", TUESDAY)[0].name == "tier2"  # type: ignore[index]
