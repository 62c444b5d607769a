"""Who does not come to our own desk, having been called: the carrier has them, or nobody rings."""

from __future__ import annotations

import pytest

from ivr.contact.callbacks.model import REACHED
from tests.rim.called_back import Voice, answered, endings, live_sessions, rings
from tests.rim.promised_call import promise_call, state
from tests.rim.site import Site
from tests.rim.text_people import Screen


def test_with_nobody_at_the_desk_they_wait_at_the_carrier(office: Site, voice: Voice) -> None:
    key = promise_call(office)
    call = answered(office)
    assert (call.waiting_in, office.services.turns.session(call.sid)) == ("tier2", None)
    bridge = office.carrier.agent_answers("tier2")
    assert bridge is not None
    bridge.ends()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})


@pytest.mark.parametrize("which", ["tier1", "no microphone", "other language"])
def test_somebody_who_cannot_take_them_is_nobody(office: Site, voice: Voice, which: str) -> None:
    other = {"tier1": Screen("ana", ("tier1",)), "no microphone": Screen("ana", speaks=False),
             "other language": Screen("ana", languages=("es",))}[which]
    office.services.desk.sign_in(other)
    promise_call(office)
    call = answered(office)
    assert (call.waiting_in, other.of("offer")) == ("tier2", [])
    call.hangup()


@pytest.mark.parametrize("at_the_engine", [False, True])
def test_a_policy_that_has_become_false_is_counted_and_nobody_rings(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch,
                                                                    at_the_engine: bool) -> None:
    key = promise_call(office, variables={"reason": "reschedule_biometrics", "appt": "past"})
    if at_the_engine:
        queue = office.services.bundles.current.queues["tier2"]
        monkeypatch.setattr("ivr.web.outbound.queue_for", lambda *args: (queue, "some-rule"))
    call = answered(office)
    assert (call.ended, screen.of("offer"), call.verbs[-2:]) == ("hangup", [], ["Say", "Hangup"])
    assert "again" in call.history[-1].text
    assert (state(office, key), endings(office)) == ("waiting", {"no_agent": 1.0})
    assert office.services.metrics.refused._value.get() == 1
    assert live_sessions(office) == []


def test_with_all_lines_busy_they_wait_at_the_carrier(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    promise_call(office)
    call = rings(office)
    other = office.call()
    monkeypatch.setattr(office.services.calls, "_most", 1)
    call.answer()
    call.press("1")
    assert (call.waiting_in, screen.of("offer")) == ("tier2", [])
    for each in (call, other):
        each.hangup()
