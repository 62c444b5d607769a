"""Who may go through which door, on the reference deployment's own policy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.flow.policy import broken_never, environment, is_open_now, true_rule

OPEN = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
CLOSED = datetime(2026, 3, 8, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle(Path(__file__).parents[2] / "flows" / "uscis")


def env(bundle: Bundle, now: datetime = OPEN, **vars: str):
    return environment(bundle, vars, language="en", channel="voice", line="main", now=now, contact="sms")


@pytest.mark.parametrize(("vars", "rule"), [
    ({}, None),
    ({"reason": "reschedule_biometrics"}, None),
    ({"reason": "reschedule_biometrics", "appt": "past"}, None),
    ({"reason": "reschedule_biometrics", "appt": "future"}, "bio-advance"),
    ({"reason": "emergency_advance_parole", "urgency": "routine"}, None),
    ({"reason": "emergency_advance_parole", "urgency": "urgent"}, "adv-parole"),
    ({"reason": "reschedule_interview", "appt": "future", "urgency": "urgent"}, None),
])
def test_live_agent_and_with_it_the_callback(bundle: Bundle, vars: dict[str, str], rule: str | None):
    entries = bundle.policy.entries
    found = true_rule(entries["live_agent"], env(bundle, **vars))
    assert (found.id if found else None) == rule
    assert (true_rule(entries["callback"], env(bundle, **vars)) is not None) is (rule is not None)


def test_opening_hours_decide_only_about_now(bundle: Bundle):
    door = bundle.policy.entries["live_agent"]
    vars = {"reason": "reschedule_biometrics", "appt": "future"}
    assert is_open_now(door, env(bundle, OPEN, **vars))
    assert not is_open_now(door, env(bundle, CLOSED, **vars))
    assert true_rule(door, env(bundle, CLOSED, **vars))


def test_never_rules_look_at_the_kind(bundle: Bundle):
    here = env(bundle, reason="reschedule_interview")
    assert broken_never(bundle.policy, "transfer", here) is not None
    assert broken_never(bundle.policy, "promise", here, "field_office") is None
    assert broken_never(bundle.policy, "promise", here, "routine").id == "no-routine-back-door"
    assert broken_never(bundle.policy, "transfer", env(bundle, reason="reschedule_biometrics", appt="future"), "tier2") is None


def test_environment_has_the_built_in_names(bundle: Bundle):
    here = env(bundle)
    assert {n: here[n] for n in ("hours", "weekday", "language", "channel", "line", "contact", "reason")} == {
        "hours": "open", "weekday": "tuesday", "language": "en", "channel": "voice", "line": "main", "contact": "sms",
        "reason": "none"}


def test_an_unknown_policy_is_a_key_error(bundle: Bundle):
    with pytest.raises(KeyError):
        env(bundle)["nobody.eligible"]
