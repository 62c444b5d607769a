"""One call's ear on real speech, tones and noise. The voice detector is the real one; no recogniser is needed."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from fixtures_speech import utterances
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech import mulaw
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.listener import (
    CallListener,
    KeyPressed,
    ListenerEvent,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
    UtterancePaused,
)
from ivr.speech.tones import ToneGate
from ivr.speech.wav import read_wav
from ivr.testing.noises import baudot, catalogue, dtmf

QUIET = np.zeros(8000, np.float32)


def events(samples: np.ndarray, chunk: int = 160, end_silence_ms: int = 600) -> list[ListenerEvent]:
    listener = CallListener(end_silence_ms=end_silence_ms)
    payload = mulaw.encode(samples)
    out = [e for at in range(0, len(payload), chunk) for e in listener.feed(payload[at:at + chunk])]
    return out


def told(found: list[ListenerEvent]) -> list[tuple[object, ...]]:
    """Events as plain values, so that they can be compared."""
    return [(type(e).__name__, getattr(e, "at_ms", None), getattr(e, "digit", None), getattr(e, "started_ms", None),
             getattr(e, "samples", QUIET[:0]).tobytes()) for e in found]


@pytest.fixture(scope="module")
def sentence(espeak: EspeakSynthesizer) -> np.ndarray:
    return np.concatenate([QUIET, espeak.speak("I would like to check my case", "en"), QUIET])


def test_a_sentence_starts_pauses_and_ends(sentence: np.ndarray) -> None:
    found = events(sentence)
    assert [type(e) for e in found] == [SpeechStarted, UtterancePaused, UtteranceEnded]
    started, paused, ended = found
    assert isinstance(started, SpeechStarted) and 900 <= started.at_ms <= 1300
    assert isinstance(paused, UtterancePaused) and isinstance(ended, UtteranceEnded)
    assert np.array_equal(paused.samples, ended.samples), "the early result must be for the same sound"
    assert ended.speech_ms > 1000 and ended.samples.dtype == np.float32


def test_the_utterance_holds_the_whole_sentence(sentence: np.ndarray) -> None:
    (ended,) = [e for e in events(sentence) if isinstance(e, UtteranceEnded)]
    loud = float(np.sum(mulaw.decode(mulaw.encode(sentence)) ** 2))
    assert float(np.sum(ended.samples ** 2)) > 0.98 * loud


@settings(max_examples=8, deadline=None)
@given(chunk=st.integers(1, 2000))
def test_the_size_of_the_pieces_changes_nothing(sentence: np.ndarray, chunk: int) -> None:
    assert told(events(sentence, chunk)) == told(events(sentence, 160))


def test_speech_that_goes_on_is_told(sentence: np.ndarray) -> None:
    speech = sentence[8000:-8000]
    gap = np.zeros(3200, np.float32)
    found = events(np.concatenate([QUIET, speech, gap, speech, QUIET, QUIET]), end_silence_ms=1200)
    kinds = [type(e) for e in found]
    assert SpeechResumed in kinds and kinds.count(UtteranceEnded) == 1
    assert kinds.index(UtterancePaused) < kinds.index(SpeechResumed)


def test_keys_are_told_and_are_no_speech() -> None:
    found = events(np.concatenate([QUIET, dtmf("4729#"), QUIET]))
    assert "".join(e.digit for e in found if isinstance(e, KeyPressed)) == "4729#"
    assert all(isinstance(e, KeyPressed) for e in found)


def test_a_text_telephone_is_no_speech() -> None:
    assert events(np.concatenate([QUIET, baudot(20, np.random.default_rng(1)), QUIET])) == []


def strength(samples: np.ndarray, hz: float) -> float:
    """Amplitude of one tone in the sound; a key of `dtmf` has about 0.25 of each of its two."""
    wave = np.exp(-2j * np.pi * hz * np.arange(samples.size) / 8000)
    return float(2 * abs(np.dot(samples, wave)) / samples.size)


def test_a_key_between_words_is_not_in_the_sound(sentence: np.ndarray) -> None:
    speech = sentence[8000:-8000]
    found = events(np.concatenate([QUIET, speech, dtmf("5", on_ms=200, off_ms=0), QUIET]))
    (ended,) = [e for e in found if isinstance(e, UtteranceEnded)]
    assert [e.digit for e in found if isinstance(e, KeyPressed)] == ["5"]
    assert max(strength(ended.samples[-1200:], hz) for hz in (770, 1336)) < 0.02


def test_flush_closes_what_is_under_way(sentence: np.ndarray) -> None:
    listener = CallListener(end_silence_ms=1200)
    assert not [e for e in listener.feed(mulaw.encode(sentence[:-7000])) if isinstance(e, UtteranceEnded)]
    assert [type(e) for e in listener.flush()] == [UtteranceEnded]
    assert listener.flush() == []


def test_reset_forgets(sentence: np.ndarray) -> None:
    listener = CallListener()
    payload = mulaw.encode(sentence)
    listener.feed(payload[:14000])
    assert listener.speaking
    listener.reset()
    assert not listener.speaking and listener.heard_ms == 0
    assert told(listener.feed(payload)) == told(events(sentence))


def test_idle_memory_is_bounded() -> None:
    listener = CallListener()
    for _ in range(60):
        listener.feed(bytes([mulaw.SILENCE]) * 8000)
    assert sum(part.size for part in listener._kept) <= 8 * 600


@pytest.mark.parametrize("kind", ["silence", "dtmf", "baudot"])
def test_what_must_be_silent_starts_no_utterance(kind: str) -> None:
    assert [n.name for n in catalogue() if n.kind == kind and utterances(n.samples)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_key_and_hardly_a_tone_is_found_in_recorded_speech(asterisk: tuple[ModuleType, Path], language: str) -> None:
    module, folder = asterisk
    frames = withheld = keys = 0
    for name, path in list(module.clips(folder, language).items())[::4]:
        if "tone" in name or "beep" in name:
            continue
        sound, gate = read_wav(path.read_bytes()).samples, ToneGate()
        for at in range(0, sound.size - 159, 160):
            verdict = gate.feed(sound[at:at + 160])
            frames, withheld, keys = frames + 1, withheld + verdict.withhold, keys + bool(verdict.key)
    assert keys == 0 and frames > 10_000 and withheld < frames / 1000
