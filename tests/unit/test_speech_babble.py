"""Babble is as loud as asked, the same on every run, and made of enough voices."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.testing.babble import LEAST_VOICES, babble, in_noise, pink, speech_level
from tests.examples import examples

pytestmark = pytest.mark.unit


def voices(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [(rng.normal(0, 0.1, 8000) * (1 + np.sin(np.arange(8000) / (50 + n)))).astype(np.float32) for n in range(count)]


@settings(max_examples=examples(20), deadline=None)
@given(snr_db=st.floats(-5, 25), pause=st.integers(0, 16000))
def test_the_distance_is_that_of_the_speech_whatever_silence_is_around_it(snr_db: float, pause: int) -> None:
    speech = np.concatenate([np.zeros(pause), voices(1)[0], np.zeros(pause)]).astype(np.float32) * 0.2
    noise = babble(voices(6), speech.size, seed=1)
    added = in_noise(speech, noise, snr_db) - speech
    assert 20 * np.log10(speech_level(speech) / np.sqrt(np.mean(added.astype(np.float64) ** 2))) == pytest.approx(snr_db, abs=0.1)


def test_the_same_seed_gives_the_same_babble_and_another_another() -> None:
    made = [babble(voices(7), 5000, seed) for seed in (1, 1, 2)]
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])
    assert np.sqrt(np.mean(made[0] ** 2)) == pytest.approx(1.0, abs=1e-3)


def test_a_conversation_is_no_babble() -> None:
    with pytest.raises(ValueError, match="at least 6"):
        babble(voices(LEAST_VOICES - 1), 1000, 1)
    with pytest.raises(ValueError, match="without sound"):
        babble([*voices(6), np.zeros(100, np.float32)], 1000, 1)


def test_pink_noise_falls_with_the_frequency() -> None:
    power = np.abs(np.fft.rfft(pink(1 << 15, np.random.default_rng(1)))) ** 2
    octaves = [power[1 << n:2 << n].mean() for n in range(8, 14)]
    assert all(low > high for low, high in itertools.pairwise(octaves))


def test_loud_speech_is_not_clipped() -> None:
    speech = np.ones(4000, np.float32)
    assert np.abs(in_noise(speech, babble(voices(6), 4000, 1), 0)).max() <= 1.0
