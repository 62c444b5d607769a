"""The table of states: what every promise may become, and the page that is drawn from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.contact.states import CANCELLABLE, CLAIMABLE, FINAL, HOLDABLE, MEANING, RETRIABLE, TRANSITIONS, may_go, released
from ivr.contact.states_page import states_markdown
from ivr.runtime.promise_view import explained, shown

PAGE = Path(__file__).parent.parent.parent / "docs/reference/promises.md"


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text() == states_markdown()


def test_every_state_has_a_meaning_and_every_target_is_a_state() -> None:
    assert set(MEANING) == set(TRANSITIONS)
    assert {s for to in TRANSITIONS.values() for s in to} <= set(TRANSITIONS)


def test_nothing_is_sent_without_being_marked_first() -> None:
    for state, to in TRANSITIONS.items():
        if "done" in to:
            assert state in ("sending", "unknown", "waiting", "calling", "open"), "done is reached from where somebody did something"


def test_what_may_have_gone_out_never_goes_back_to_due() -> None:
    assert not any(may_go(state, "due") for state in TRANSITIONS if state != "held")


def test_final_states_are_left_by_people_only() -> None:
    assert not FINAL & set(CLAIMABLE)
    assert {s for s in FINAL if TRANSITIONS[s] & {"retry", "waiting"}} - {"done"} == RETRIABLE
    assert not FINAL & CANCELLABLE


@pytest.mark.parametrize("state", sorted(HOLDABLE))
def test_what_is_held_goes_back_to_a_state_that_asks_first(state: str) -> None:
    assert may_go("held", released(state))
    assert released(state) != "sending"


@pytest.mark.parametrize("state", sorted(TRANSITIONS))
def test_every_state_can_be_explained(state: str) -> None:
    from datetime import UTC, datetime

    row = {"key": "k", "kind": "message", "name": "sms", "state": state, "attempt": 2, "last_error": "timeout",
           "due_at": "2026-03-10T10:00:00", "not_after": "2026-03-11T10:00:00", "created_at": "2026-03-10T09:00:00",
           "lease_until": None, "progress": {}, "payload": {"to": "+12025550143", "text": "secret words"}}
    words = explained(row, None, datetime(2026, 3, 10, tzinfo=UTC))
    assert state in words
    assert "secret" not in words + str(shown(row))
    assert "2025550143" not in words + str(shown(row))
