"""The carrier's playback buffer of the fake: what was heard by when, and which marks come back how."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.testing.played_audio import BYTES_PER_S, MAX_BUFFER_S, PlayedAudio

SECOND = b"\x01" * BYTES_PER_S


def test_audio_waits_behind_what_is_playing_and_its_mark_behind_it() -> None:
    audio = PlayedAudio()
    assert audio.arrived(SECOND, 0.0) and audio.arrived(SECOND, 0.5)
    audio.marked("end", 0.5)
    assert audio.end_s == pytest.approx(2.0)
    assert len(audio.heard(1.5)) == BYTES_PER_S * 1.5
    assert audio.passed(1.99) == []
    assert audio.passed(2.0) == ["end"]
    assert (audio.marks, audio.passed(9.0)) == ([("end", "played")], [])


def test_clearing_keeps_what_was_heard_and_returns_every_mark() -> None:
    audio = PlayedAudio()
    audio.arrived(SECOND, 0.0)
    audio.marked("first", 0.0)
    audio.arrived(SECOND, 0.0)
    audio.marked("second", 0.0)
    assert audio.cleared(1.25) == ["first", "second"]
    assert audio.marks == [("first", "played"), ("second", "cleared")]
    assert len(audio.heard(60.0)) == BYTES_PER_S * 1.25
    assert (audio.end_s, audio.clears, audio.marks_sent) == (1.25, [1.25], 2)


def test_ten_minutes_is_all_that_fits() -> None:
    audio = PlayedAudio()
    assert audio.arrived(SECOND * int(MAX_BUFFER_S + 1), 0.0)
    assert not audio.arrived(SECOND, 0.0)
    assert audio.arrived(SECOND, 2.0), "there is room again"


@given(st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(0, 3 * BYTES_PER_S))), st.floats(0.0, 30.0))
def test_nobody_hears_more_than_was_sent_or_than_there_was_time_for(sent: list[tuple[float, int]], later_s: float) -> None:
    audio, now_s = PlayedAudio(), 0.0
    for pause_s, length in sent:
        now_s += pause_s
        audio.arrived(b"\x01" * length, now_s)
    heard = len(audio.heard(now_s + later_s))
    assert heard <= sum(length for _, length in sent)
    assert heard <= (now_s + later_s) * BYTES_PER_S + len(sent)
