"""What stops a prompt and what does not, in virtual time: the laws of the timeline in `barge_in`, and of early ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.barge_in import HOLD_MS, BargeIn
from ivr.speech.endpointing import Ended, Endpointer, Paused, SpeechBegan

pytestmark = pytest.mark.unit
BLOCK = 32.0


class Scene:
    """A prompt of a given length, and somebody who speaks over it. Time moves in blocks of 32 ms."""

    def __init__(self, prompt_ms: float, *, allowed: bool = True):
        self.ends, self.barge, self.allowed = Endpointer(500), BargeIn(), allowed
        self.now = self.played_until = 0.0
        self.prompt_ends = prompt_ms
        self.holds: list[float] = []
        self.heard: list[str] = []
        self.dropped: list[str] = []

    @property
    def playing(self) -> bool:
        return not self.barge.held and self.now < self.prompt_ends

    def speak(self, ms: float, words: str, *, backchannel: bool = False) -> Scene:
        """Voice, then silence until the utterance has ended and was recognised."""
        spoken = self.now + ms
        while True:
            start, self.now = self.now, self.now + BLOCK
            for event in self.ends.step(0.9 if self.now <= spoken else 0.05, start, self.now):
                if isinstance(event, SpeechBegan):
                    self.barge.began(playing=self.playing)
                elif isinstance(event, Paused):
                    self._known(backchannel, final=False)
                elif isinstance(event, Ended):
                    drop = self._known(backchannel, final=True)
                    (self.dropped if drop else self.heard).append(words)
                    return self
            if self.ends.speaking and self.barge.voiced(self.ends.voiced_ms, allowed=self.allowed).hold:
                self.holds.append(self.now)

    def _known(self, backchannel: bool, final: bool) -> bool:
        verdict = self.barge.recognised(backchannel=backchannel, allowed=self.allowed, final=final)
        if verdict.hold:
            self.holds.append(self.now)
        if verdict.go_on:
            self.prompt_ends = self.now + max(0.0, self.prompt_ends - self.holds[-1])
        return verdict.drop


def test_long_speech_holds_the_prompt_within_300_ms_of_voice() -> None:
    scene = Scene(10_000).speak(2000, "where is my case")
    assert scene.heard == ["where is my case"] and len(scene.holds) == 1
    assert HOLD_MS <= scene.holds[0] <= HOLD_MS + 2 * BLOCK


@pytest.mark.parametrize("ms", [128, 256, 448, 768])
def test_a_backchannel_does_not_stop_the_prompt(ms: float) -> None:
    scene = Scene(10_000).speak(ms, "uh-huh", backchannel=True)
    assert scene.dropped == ["uh-huh"] and scene.heard == [] and scene.playing
    assert not scene.holds or ms >= HOLD_MS, "and a short one is not even noticed"


def test_a_short_answer_holds_it_as_soon_as_it_is_known() -> None:
    scene = Scene(10_000).speak(200, "yes")
    assert scene.heard == ["yes"] and len(scene.holds) == 1 and not scene.playing


def test_a_notice_is_played_out_and_the_answer_kept() -> None:
    scene = Scene(3000, allowed=False).speak(1500, "agent")
    assert scene.heard == ["agent"] and scene.holds == [] and scene.playing


def test_after_a_backchannel_the_next_words_can_interrupt() -> None:
    scene = Scene(10_000).speak(448, "uh-huh", backchannel=True).speak(1500, "stop, I want an agent")
    assert scene.heard == ["stop, I want an agent"] and not scene.playing


def test_behind_the_prompt_uh_huh_is_an_answer_like_any_other() -> None:
    scene = Scene(0)
    assert scene.speak(400, "okay", backchannel=True).heard == ["okay"] and scene.holds == []


@given(st.lists(st.tuples(st.floats(100, 3000), st.booleans()), min_size=1, max_size=8), st.floats(0, 8000), st.booleans())
def test_nothing_that_was_said_is_lost(said: list[tuple[float, bool]], prompt_ms: float, allowed: bool) -> None:
    """Every utterance is an answer or a backchannel spoken over a prompt; and a prompt is only ever held where it may be."""
    scene = Scene(prompt_ms, allowed=allowed)
    for number, (ms, backchannel) in enumerate(said):
        before = scene.playing or scene.barge.held
        scene.speak(ms, str(number), backchannel=backchannel)
        assert str(number) in scene.heard or (backchannel and before and scene.dropped[-1] == str(number))
    assert len(scene.heard) + len(scene.dropped) == len(said)
    assert allowed or not scene.holds


# Ending at once


def feed(ends: Endpointer, blocks: list[float], at: int = 0) -> list[object]:
    return [e for i, p in enumerate(blocks, at) for e in ends.step(p, i * BLOCK, (i + 1) * BLOCK)]


def test_a_whole_answer_ends_at_the_pause() -> None:
    ends = Endpointer(1200)
    told = feed(ends, [0.9] * 10 + [0.0] * 8)
    assert told[-1] == Paused(0.0, 320.0)
    assert ends.end_now() == Ended(0.0, 320.0, "whole")
    assert not ends.speaking and ends.end_now() is None
    assert feed(ends, [0.0] * 60, 18) == [], "and is not told a second time"


def test_who_speaks_on_is_not_cut_off() -> None:
    ends = Endpointer(1200)
    feed(ends, [0.9] * 10 + [0.0] * 8 + [0.9])
    assert ends.end_now() is None and ends.speaking


def test_before_the_pause_nothing_ends_at_once() -> None:
    ends = Endpointer(1200)
    assert ends.end_now() is None
    feed(ends, [0.9] * 10 + [0.0] * 7)
    assert ends.end_now() is None and ends.speaking


@given(st.lists(st.floats(0, 1), max_size=300))
def test_voice_is_never_longer_than_the_utterance(probabilities: list[float]) -> None:
    ends = Endpointer(600)
    for i, p in enumerate(probabilities):
        ends.step(p, i * BLOCK, (i + 1) * BLOCK)
        assert 0 <= ends.voiced_ms <= (i + 1) * BLOCK and (ends.speaking or ends.voiced_ms == 0)
