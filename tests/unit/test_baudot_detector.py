"""A text telephone on a voice line is known at once, and nothing else is taken for one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.parts import tty_sounds
from benchmarks.parts.tty_channel import Channel, clean, level, loss, noise, shift, through, twist
from ivr.telephony.baudot import CarrierRose, CharacterReceived, TtyDetector, transmit


def recognised_ms(samples: np.ndarray, detector: TtyDetector | None = None) -> int | None:
    detector = detector or TtyDetector()
    for at in range(0, samples.size - 159, 160):
        if detector.feed(samples[at:at + 160]):
            return at // 8 + 20
    return None


@pytest.mark.parametrize("text", ["HELLO GA", " ", "A", "555", "HOLA"])
@pytest.mark.parametrize("channel", [clean, noise(10), level(-36), shift(-40), twist(10), twist(-10), loss(0.03, "repeat")])
def test_it_is_known_within_half_a_second_of_its_first_start_bit(text: str, channel: Channel) -> None:
    first = 4000 + int(np.random.default_rng(3).integers(0, 160)) + 1200
    at = recognised_ms(through(transmit(text, stop_bits=1.5), channel, 3))
    assert at is not None
    assert at - first / 8 < 500


def test_nothing_of_what_was_typed_is_lost_by_the_switch() -> None:
    detector = TtyDetector()
    samples = through(transmit("HELLO GA"), clean, 1)
    recognised_ms(samples, detector)
    assert isinstance(detector.received[0], CarrierRose)
    before = [e for e in detector.received if isinstance(e, CharacterReceived)]
    rest, at = [], (detector.receiver.now_ms * 8)
    for start in range(at, samples.size - 159, 160):
        rest += detector.receiver.feed(samples[start:start + 160])
    assert "".join(e.text for e in [*before, *rest] if isinstance(e, CharacterReceived)) == "HELLO GA"


def test_it_stays_recognised_and_what_did_not_become_one_is_forgotten() -> None:
    detector = TtyDetector()
    tone = np.rint(5000 * np.sin(2 * np.pi * 1400 * np.arange(8000) / 8000)).astype(np.int16)
    assert recognised_ms(np.concatenate([tone, np.zeros(8000, np.int16)]), detector) is None
    assert detector.received == ()
    assert recognised_ms(through(transmit("OK"), clean, 1), detector)
    assert detector.feed(np.zeros(160, np.int16))


def _minutes(kind: str) -> Iterator[np.ndarray]:
    return {"music": tty_sounds.music(150, seed=12), "keys": tty_sounds.keys(60, seed=13), "tones": tty_sounds.tones(27 * 20, seed=14),
            "noise": tty_sounds.noises(200, seed=15), "speech": tty_sounds.spoken(SAID, 100, seed=16)}[kind]


SAID = ["please tell me how can I check my case status", "quiero saber el estado de mi caso", "I called last week about my green card",
        "gracias, hasta luego, que tenga un buen dia", "the number is eight three one, five five five, oh one four two"]


@pytest.mark.parametrize("kind", ["music", "keys", "tones", "noise", "speech"])
def test_nothing_else_is_taken_for_one(kind: str) -> None:
    """Minutes of each here; `benchmarks/tty.py` counts hours."""
    sounds = list(_minutes(kind))
    if not sounds:
        pytest.skip("espeak-ng is not installed")
    assert sum(s.size for s in sounds) > 50 * 8000
    for i, sound in enumerate(sounds):
        assert recognised_ms(sound) is None, i


def test_two_notes_at_the_very_tones_are_no_text() -> None:
    """Long spaces are no characters: their stop is missing."""
    for beat_s in (0.2, 0.25, 0.5):
        hertz = np.tile(np.repeat([1400.0, 1800.0], int(8000 * beat_s)), 12)
        assert recognised_ms(np.rint(6000 * np.sin(2 * np.pi * np.cumsum(hertz) / 8000)).astype(np.int16)) is None


def test_a_space_bar_tapped_once_is_enough() -> None:
    for pad in itertools.islice(range(0, 160, 40), 4):
        assert recognised_ms(np.concatenate([np.zeros(4000 + pad, np.int16), transmit(" "), np.zeros(4000, np.int16)]))
