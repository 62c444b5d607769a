"""How long a typist is waited for: told once that the time runs out, and all of it anew with every character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony import tty_events as te
from ivr.telephony.tty_wait import WARN_SHARE, TypistWait


@given(st.floats(20.0, 60_000.0), st.floats(1.0, 500.0))
def test_a_warning_and_then_the_end_once_each(timeout_ms: float, frame_ms: float) -> None:
    wait, told, passed_ms = TypistWait(), [], 0.0
    wait.expect(timeout_ms)
    while wait.is_on:
        passed_ms += frame_ms
        for event in wait.passed(frame_ms):
            told.append((type(event), passed_ms))
    assert [kind for kind, _ in told][-1] is te.WaitOver
    assert [kind for kind, _ in told].count(te.TimeRunningOut) <= 1
    assert told[-1][1] >= timeout_ms * (1 - 1e-9)
    assert all(at_ms >= timeout_ms * WARN_SHARE * (1 - 1e-9) for _, at_ms in told)
    assert wait.passed(timeout_ms) == [], "nobody waits any more"


def test_a_character_gives_all_of_the_time_again() -> None:
    wait = TypistWait()
    wait.expect(1000.0)
    assert wait.passed(800.0) == [te.TimeRunningOut()]
    wait.anew()
    assert wait.passed(600.0) == []
    assert wait.passed(200.0) == [te.TimeRunningOut()]
    assert wait.passed(200.0) == [te.WaitOver()]


def test_what_has_come_is_not_waited_for() -> None:
    wait = TypistWait()
    wait.expect(1000.0)
    wait.over()
    assert not wait.is_on
    assert wait.passed(5000.0) == []
