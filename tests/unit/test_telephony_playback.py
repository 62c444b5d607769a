"""The playback clock, and what a caller heard when interrupting."""

from __future__ import annotations

import pytest

from ivr.telephony.playback import MAX_PHRASES, Heard, Playback, words_heard


def test_audio_queues_behind_what_is_playing():
    clock = Playback()
    assert clock.sent("a", 8000, now_ms=100) == 1100
    assert clock.sent("b", 4000, now_ms=200) == 1600
    assert clock.remaining_ms(600) == 1000
    assert clock.sent("c", 800, now_ms=5000) == 5100


def test_what_was_heard_on_barge_in():
    clock = Playback()
    clock.sent("a", 8000, 0), clock.sent("b", 8000, 0), clock.sent("c", 8000, 0)
    assert clock.cleared(1250) == (Heard("a", 1000, 1000), Heard("b", 250, 1000), Heard("c", 0, 1000))
    assert clock.remaining_ms(1250) == 0 and clock.heard(1250) == ()
    assert clock.sent("d", 800, 1300) == 1400


def test_parts_of_one_phrase_are_one_phrase():
    clock = Playback()
    clock.sent("a", 4000, 0), clock.sent("a", 4000, 10)
    assert clock.heard(750) == (Heard("a", 750, 1000),)


def test_a_returned_mark_beats_the_clock():
    clock = Playback()
    clock.sent("a", 8000, 0), clock.sent("b", 8000, 0)
    clock.returned("a"), clock.returned("never sent")
    assert [h.fraction for h in clock.heard(100)] == [1.0, 0.0]


def test_a_clear_of_an_idle_stream():
    clock = Playback()
    assert clock.cleared(50) == ()
    assert clock.sent("a", 80, 60) == 70


def test_memory_is_bounded():
    clock = Playback()
    for n in range(MAX_PHRASES * 3):
        clock.sent(str(n), 8, 0)
    assert len(clock.heard(0)) <= MAX_PHRASES + 1


@pytest.mark.parametrize("fraction,words", [(1.0, "press one for status"), (0.0, ""), (0.4, "press"),
                                            (0.45, "press one"), (0.99, "press one for"), (-1, ""),
                                            (2, "press one for status")])
def test_words_heard_never_says_more_than_was_heard(fraction, words):
    assert words_heard("press one for status", fraction) == words


def test_an_empty_phrase_was_heard():
    assert Heard("a", 0, 0).fraction == 1.0
