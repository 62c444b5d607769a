"""Keys, text telephones and call progress, made from numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech import mulaw
from ivr.speech.tones import ToneGate, Verdict
from ivr.testing.noises import baudot, catalogue, dtmf
from tests.examples import examples

pytestmark = pytest.mark.unit
KEYS = "0123456789*#ABCD"


def verdicts(samples: np.ndarray) -> list[Verdict]:
    gate = ToneGate()
    heard = mulaw.decode(mulaw.encode(samples))
    return [gate.feed(heard[i:i + 160]) for i in range(0, heard.size - 159, 160)]


def keys_in(samples: np.ndarray) -> str:
    return "".join(v.key for v in verdicts(samples))


@settings(max_examples=examples(60), deadline=None)
@given(st.text(KEYS, min_size=1, max_size=8), st.integers(50, 300), st.integers(50, 300), st.integers(0, 159),
       st.floats(0.02, 0.4), st.sampled_from([-0.012, 0.0, 0.012]))
def test_every_key_is_told_once(keys: str, on_ms: int, off_ms: int, offset: int, level: float, detune: float) -> None:
    sound = dtmf(keys, on_ms=on_ms, off_ms=off_ms, level=level, detune=detune)
    assert keys_in(np.concatenate([np.zeros(offset, np.float32), sound])) == keys


@given(st.sampled_from(KEYS), st.integers(5, 18), st.integers(0, 159))
def test_a_blip_is_no_key(key: str, on_ms: int, offset: int) -> None:
    sound = np.concatenate([np.zeros(offset + 400, np.float32), dtmf(key, on_ms=on_ms)])
    assert keys_in(sound) == ""


@pytest.mark.parametrize("detune", [-0.05, 0.05])
def test_a_tone_beside_its_place_is_no_key(detune: float) -> None:
    assert keys_in(dtmf("123456", detune=detune)) == ""


def test_a_key_in_noise_is_found() -> None:
    sound = dtmf("159", level=0.2)
    noise = np.random.default_rng(3).normal(0, 0.03, sound.size).astype(np.float32)
    assert keys_in(sound + noise) == "159"


@pytest.mark.parametrize("baud", [45.45, 50.0])
def test_a_text_telephone_is_withheld(baud: float) -> None:
    found = verdicts(baudot(12, np.random.default_rng(5), baud=baud))
    assert all(v.withhold for v in found[5:])
    assert "baudot" in {v.kind for v in found[:8]}


@pytest.mark.parametrize("name", ["dial tone", "ringback", "busy", "fax calling", "fax answering", "voicemail beep"])
def test_network_tones_are_withheld(name: str) -> None:
    sound = next(n for n in catalogue() if n.name == name)
    rms = np.sqrt(np.mean(sound.samples[:sound.samples.size // 160 * 160].reshape(-1, 160) ** 2, axis=1))
    loud = [v for v, level in zip(verdicts(sound.samples), rms, strict=True) if level > 0.05]
    assert sum(v.withhold for v in loud) >= 0.85 * len(loud)


def test_silence_and_hiss_pass() -> None:
    rng = np.random.default_rng(2)
    for sound in (np.zeros(8000), rng.normal(0, 0.1, 16000)):
        assert not any(v.withhold for v in verdicts(sound.astype(np.float32)))


def test_there_are_forty_noises_and_they_are_the_same_each_time() -> None:
    first, second = catalogue(), catalogue()
    assert sum(n.kind == "noise" for n in first) == 40
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(first, second, strict=True))
