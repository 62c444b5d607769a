"""Laws of a call that keeps a promise, for any promise and whatever comes: no door opens but by the policy, it ends, it replays."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.flow import policy as policies
from ivr.flow.callback_policy import case_variables
from ivr.runtime.callbacks.door import queue_for
from tests.examples import examples
from tests.property.test_engine_properties import BUNDLE, CLOSED, NUMBER, OPEN, event_for, moves

DOMAINS = {name: values for name, values in policies.domains(BUNDLE).items() if name in policies.initial_vars(BUNDLE)}
QUEUES, POLICIES = [*BUNDLE.queues, "no_such"], [*BUNDLE.policy.entries, "no_such"]
ways_in = st.sampled_from([
    {"reason": "reschedule_biometrics", "appt": "future"}, {"reason": "emergency_advance_parole", "urgency": "urgent"},
    {"reason": "adit_stamp", "status_proof": "needed"}, {"agent_review": "needed"},
    {"reason": "accommodation_request", "access_need": "phone_use"}, {}])
anything = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in DOMAINS.items()})
variables = st.builds(lambda some, more: {**some, **more}, anything, ways_in)


@st.composite
def beginnings(draw: st.DrawFn) -> ev.CalledBack:
    policy = draw(st.sampled_from([*POLICIES, *["callback"] * 8]))
    return ev.CalledBack("CA2", draw(st.sampled_from(["en", "es", "fr"])), draw(st.sampled_from(QUEUES)), policy,
                         draw(st.sampled_from([*BUNDLE.promises, "routine"])), "callback:CA1:n:1", "attempt", "AC7", "CA1",
                         draw(st.sampled_from([None, NUMBER])), draw(variables), {"receipt_number": "EAC9999999999"},
                         draw(st.sampled_from(["", "2026-03-10T13:00:00+00:00"])))


@settings(max_examples=examples(300), deadline=None)
@given(beginnings(), st.booleans())
def test_nobody_is_reached_but_by_the_policy(event: ev.CalledBack, is_open: bool) -> None:
    now = OPEN if is_open else CLOSED
    session, actions = step(BUNDLE, sessions.fresh("CA2", BUNDLE.hash), event, now)
    assert ev.from_json(ev.to_json(event)) == event
    assert sessions.from_json(sessions.to_json(session)) == session
    transfers = [a for a in actions if isinstance(a, act.Transfer)]
    env = policies.environment(BUNDLE, event.variables, language=session.language, channel="voice", line="main", now=now, contact="sms")
    entry = BUNDLE.policy.entries.get(event.policy)
    rule = policies.true_rule(entry, env) if entry else None
    doors = (("promise", event.promise), ("transfer", event.queue))
    broken = [policies.broken_never(BUNDLE.policy, kind, env, name) for kind, name in doors]
    may = rule is not None and event.queue in BUNDLE.queues and broken == [None, None]
    assert bool(transfers) == may
    assert (session.status, bool(session.waiting)) == (("live", True) if may else ("ended", False))
    if transfers:
        assert rule is not None
        assert (transfers[0].queue, transfers[0].policy_rule, actions[-1]) == (event.queue, rule.id, transfers[0])
    assert any(isinstance(a, act.Say) and a.text.strip() and "{" not in a.text for a in actions), "never silence"


@settings(max_examples=examples(200), deadline=None)
@given(beginnings(), st.booleans())
def test_the_queue_that_is_chosen_is_one_that_the_engine_opens(event: ev.CalledBack, is_open: bool) -> None:
    now, language = OPEN if is_open else CLOSED, event.language if event.language in BUNDLE.languages else "en"
    chosen = queue_for(BUNDLE, event.promise, {"policy": event.policy, "variables": event.variables}, language, now)
    opened = []
    for queue in BUNDLE.queues:
        asked = ev.from_json({**ev.to_json(event), "queue": queue, "language": language})
        _, actions = step(BUNDLE, sessions.fresh("CA2", BUNDLE.hash), asked, now)
        opened += [(a.queue, a.policy_rule) for a in actions if isinstance(a, act.Transfer)]
    assert (chosen is None) == (not opened)
    assert chosen is None or (chosen[0].name, chosen[1]) in opened


@settings(max_examples=examples(100), deadline=None)
@given(beginnings())
def test_nothing_that_opens_a_case_is_carried_over(event: ev.CalledBack) -> None:
    session, _ = step(BUNDLE, sessions.fresh("CA2", BUNDLE.hash), event, OPEN)
    fresh, _ = step(BUNDLE, sessions.fresh("CA3", BUNDLE.hash), ev.CallStarted("CA3"), OPEN)
    assert {"identity", "role", "g28"} <= case_variables(BUNDLE)
    for name in case_variables(BUNDLE) & session.vars.keys():
        assert session.vars[name] == fresh.vars[name]
    assert session.vars.keys() == fresh.vars.keys()


@settings(max_examples=examples(100), deadline=None)
@given(beginnings(), st.lists(moves(), max_size=12), st.booleans())
def test_whatever_comes_it_waits_or_is_over_and_replays(event: ev.CalledBack, steps: list, hangs_up: bool) -> None:
    session, _ = step(BUNDLE, sessions.fresh("CA2", BUNDLE.hash), event, OPEN)
    log: list[ev.Event] = [event]
    for move in steps:
        log.append(event_for(session, move))
        session, actions = step(BUNDLE, session, log[-1], OPEN)
        assert not [a for a in actions if isinstance(a, act.Transfer | act.Listen)], "no flow takes it"
        assert session.status == "ended" or session.waiting == f"queue:{event.queue}"
    if hangs_up:
        log.append(ev.CallEnded("hangup"))
        session, _ = step(BUNDLE, session, log[-1], OPEN)
        assert session.status == "ended"
    again = sessions.fresh("CA2", BUNDLE.hash)
    for each in log:
        again, _ = step(BUNDLE, again, each, OPEN)
    assert again == session
