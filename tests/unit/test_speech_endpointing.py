"""Laws of endpointing, over random runs of voice probabilities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.endpointing import Ended, Endpointer, Paused, Resumed, SpeechBegan

pytestmark = pytest.mark.unit
BLOCK = 32.0
PROBABILITIES = st.lists(st.floats(0, 1), max_size=600)


def run(probabilities: list[float], end_silence_ms: int = 600, max_turn_ms: int = 12_000) -> list:  # type: ignore[type-arg]
    ends = Endpointer(end_silence_ms, max_turn_ms)
    return [e for i, p in enumerate(probabilities) for e in ends.step(p, i * BLOCK, (i + 1) * BLOCK)]


@given(PROBABILITIES, st.integers(100, 1500))
def test_begin_and_end_alternate(probabilities: list[float], silence: int) -> None:
    marks = [type(e) for e in run(probabilities, silence) if isinstance(e, SpeechBegan | Ended)]
    assert marks[::2] == [SpeechBegan] * len(marks[::2])
    assert marks[1::2] == [Ended] * len(marks[1::2])


@given(PROBABILITIES, st.integers(100, 1500))
def test_an_end_by_silence_has_had_its_silence(probabilities: list[float], silence: int) -> None:
    ends = Endpointer(silence)
    for i, p in enumerate(probabilities):
        for event in ends.step(p, i * BLOCK, (i + 1) * BLOCK):
            if isinstance(event, Ended) and event.reason == "silence":
                assert (i + 1) * BLOCK - event.speech_end_ms >= silence
                quiet = probabilities[int(event.speech_end_ms / BLOCK):i + 1]
                assert all(q < 0.35 for q in quiet)


@given(PROBABILITIES)
def test_no_turn_is_longer_than_the_cap(probabilities: list[float]) -> None:
    for event in run(probabilities, max_turn_ms=3000):
        if isinstance(event, Ended):
            assert event.speech_end_ms - event.start_ms <= 3000 + BLOCK


@given(PROBABILITIES)
def test_a_resumption_follows_a_pause(probabilities: list[float]) -> None:
    paused = False
    for event in run(probabilities):
        if isinstance(event, Resumed):
            assert paused
        paused = isinstance(event, Paused)


@given(st.lists(st.floats(0, 0.49), max_size=200))
def test_quiet_brings_nothing(probabilities: list[float]) -> None:
    assert run(probabilities) == []


def test_one_loud_block_is_not_speech() -> None:
    assert run([0.1, 0.9, 0.1, 0.9, 0.1, 0.1]) == []


def test_the_start_is_the_first_of_two_loud_blocks() -> None:
    assert run([0.1, 0.1, 0.6, 0.6]) == [SpeechBegan(64.0)]


def test_a_word_then_silence() -> None:
    told = run([0.9] * 10 + [0.0] * 30)
    assert told == [SpeechBegan(0.0), Paused(0.0, 320.0), Ended(0.0, 320.0, "silence")]


def test_a_short_silence_asked_for_ends_without_a_pause() -> None:
    assert run([0.9] * 10 + [0.0] * 30, end_silence_ms=200) == [SpeechBegan(0.0), Ended(0.0, 320.0, "silence")]


def test_babble_is_cut() -> None:
    told = run([0.9] * 400)
    assert told[:2] == [SpeechBegan(0.0), Ended(0.0, 12000.0, "cap")]
