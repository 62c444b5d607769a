"""Text telephone, the receiving side: a small share of every impairment the benchmark measures at length."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.parts.tty_channel import Channel, both, clean, echo, level, loss, noise, shift, through, twist
from ivr.telephony.baudot import CarrierFell, CarrierRose, CharacterReceived, Received, Receiver, transmit
from ivr.telephony.baudot.encoder import encoded
from ivr.telephony.baudot.table import FIGS, LTRS
from ivr.telephony.baudot.transmitter import transmit_codes

TEXT = "PLS TELL ME WHERE MY CASE IS Q MY NUMBER IS 4071 8829, ROOM 12 GA"


def fed(receiver: Receiver, samples: np.ndarray, lost: frozenset[int] = frozenset()) -> list[Received]:
    events: list[Received] = []
    for i in range(samples.size // 160):
        events += receiver.feed(samples[160 * i:160 * i + 160], erased=i in lost)
    return events


def read(samples: np.ndarray, receiver: Receiver | None = None, lost: frozenset[int] = frozenset()) -> str:
    receiver = receiver or Receiver()
    return text_of([*fed(receiver, samples, lost), *receiver.flush()])


def text_of(events: list[Received]) -> str:
    return "".join(e.text for e in events if isinstance(e, CharacterReceived))


@pytest.mark.parametrize("stop_bits", [1.0, 1.42, 1.5, 2.0])
@pytest.mark.parametrize("baud", [45.45, 50.0])
def test_every_legal_sender_is_read_and_its_speed_found(baud: float, stop_bits: float) -> None:
    receiver = Receiver()
    assert read(through(transmit(TEXT, baud=baud, stop_bits=stop_bits), clean, 1), receiver) == TEXT
    assert receiver.baud == baud
    assert receiver.shift_count == sum(code in (LTRS, FIGS) for code in encoded(TEXT))
    assert receiver.error_estimate < 0.01


@pytest.mark.parametrize(("channel", "baud"), [
    (noise(6), 45.45), (noise(0), 45.45), (level(-36), 45.45), (level(-42), 45.45), (clean, 45.45 * 1.02), (clean, 45.45 * 0.98),
    (clean, 49.0), (clean, 51.0), (shift(40), 45.45), (shift(-40), 45.45), (twist(10), 45.45), (twist(-10), 45.45), (echo(120, -10), 45.45),
    (echo(30, -6), 45.45), (both(shift(40), noise(0)), 45.45)])
def test_bad_lines_that_must_not_matter(channel: Channel, baud: float) -> None:
    assert read(through(transmit(TEXT, baud=baud, stop_bits=1.5), channel, 2)) == TEXT


def test_the_two_tones_may_be_off_by_themselves() -> None:
    """Mark 1380 and space 1820 Hz: 40 Hz too far apart."""
    far = _detuned(TEXT, 1380.0, 1820.0)
    assert wrong(read(through(far, noise(10), 3))) <= 1


def _detuned(text: str, mark_hz: float, space_hz: float) -> np.ndarray:
    straight = transmit(text, stop_bits=1.5).astype(float)
    quadrature = np.imag(np.fft.ifft(np.where(np.fft.fftfreq(straight.size) > 0, 2, 0) * np.fft.fft(straight)))
    hertz = np.diff(np.unwrap(np.angle(straight + 1j * quadrature)), prepend=0) * 8000 / (2 * np.pi)
    hertz = np.convolve(hertz, np.ones(9) / 9, "same")
    return np.rint(6000 * np.sin(2 * np.pi * np.cumsum(np.where(hertz > 1600, space_hz, mark_hz)) / 8000)).astype(np.int16)


def wrong(got: str, wanted: str = TEXT) -> int:
    """Characters wrong, missing or too many."""
    before = list(range(len(got) + 1))
    for i, w in enumerate(wanted, 1):
        now = [i]
        for j, g in enumerate(got, 1):
            now.append(min(before[j] + 1, now[-1] + 1, before[j - 1] + (w != g)))
        before = now
    return before[-1]


@pytest.mark.parametrize(("channel", "most"), [(noise(-4), 0.01), (noise(-6), 0.02), (noise(-8), 0.045), (loss(0.03, "silence"), 0.02),
                                               (loss(0.03, "repeat"), 0.05), (both(noise(10), loss(0.03, "repeat")), 0.02)])
def test_bad_lines_with_few_errors(channel: Channel, most: float) -> None:
    """The bounds are above the benchmark's targets: this is a tenth of its characters."""
    errors = sum(wrong(read(through(transmit(TEXT, stop_bits=1.5), channel, seed))) for seed in range(8))
    assert errors <= most * 8 * len(TEXT)


def test_a_lost_frame_that_is_told_is_filled_in_by_what_is_likely() -> None:
    samples = through(transmit(TEXT, stop_bits=1.5), clean, 4)
    lost = frozenset(range(40, samples.size // 160, 17))
    broken = samples.copy()
    for i in lost:
        broken[160 * i:160 * i + 160] = np.random.default_rng(i).normal(0, 8000, 160).astype(np.int16)
    assert wrong(read(broken, lost=lost)) <= 1
    assert wrong(read(broken)) > wrong(read(broken, lost=lost)), "not told, it is noise"


def test_doubt_is_told() -> None:
    good, bad = Receiver(), Receiver()
    read(through(transmit(TEXT), clean, 5), good)
    read(through(transmit(TEXT), noise(-11), 5), bad)
    assert bad.error_estimate > good.error_estimate + 0.02


def test_the_carrier_rises_before_and_falls_after_the_text() -> None:
    events = fed(Receiver(), through(transmit("HI GA"), clean, 6))
    kinds = [type(e) for e in events]
    assert kinds == [CarrierRose, *[CharacterReceived] * 5, CarrierFell]
    rose, fell = events[0], events[-1]
    assert isinstance(rose, CarrierRose)
    assert isinstance(fell, CarrierFell)
    assert 450 <= rose.at_ms <= 600
    times = [e.at_ms for e in events if isinstance(e, CharacterReceived)]
    assert all(b - a == pytest.approx(176, abs=8) for a, b in itertools.pairwise(times))
    assert fell.at_ms - times[-1] < 176 + 300 + 200


def test_a_typist_with_pauses_is_read_letter_by_letter() -> None:
    """The carrier goes away between letters, as it does after 300 ms."""
    pause = np.zeros(8000, np.int16)
    samples = np.concatenate([x for letter in "GA" for x in (pause, transmit(letter, stop_bits=1.5))] + [pause])
    events = fed(Receiver(), samples)
    assert text_of(events) == "GA"
    assert sum(isinstance(e, CarrierRose) for e in events) == 2


def test_a_sender_with_a_short_lead_and_long_marks_between_letters() -> None:
    codes = encoded("OK GA")
    whole = transmit_codes(codes, stop_bits=1.5)[1200 - 400:]
    slow = transmit_codes(codes, stop_bits=20.0)
    assert read(np.concatenate([np.zeros(3000, np.int16), whole, np.zeros(6000, np.int16)])) == "OK GA"
    assert read(np.concatenate([np.zeros(3000, np.int16), slow, np.zeros(6000, np.int16)])) == "OK GA"


def test_our_own_echo_is_not_read() -> None:
    own, theirs = transmit("WHAT IS YOUR NAME Q GA"), transmit("JUAN GA")
    receiver, out = Receiver(), []
    for i in range(own.size // 160):
        receiver.mute(300)
        out += receiver.feed(own[160 * i:160 * i + 160])
    out += fed(receiver, np.zeros(4800, np.int16))
    assert out == []
    assert text_of(fed(receiver, np.concatenate([theirs, np.zeros(4000, np.int16)]))) == "JUAN GA"


def test_unshift_on_space_is_a_setting() -> None:
    codes = [FIGS, *[0x17, 0x13], 0x04, 0x03, 0x03]  # "12", space, then A or - twice, no shift between
    sound = np.concatenate([np.zeros(2000, np.int16), transmit_codes(codes), np.zeros(4000, np.int16)])
    assert read(sound) == "12 --"
    assert read(sound, Receiver(expect_unshift_on_space=True)) == "12 AA"


def test_new_lines_and_backspace() -> None:
    assert read(np.concatenate([np.zeros(2000, np.int16), transmit("A\nB\bC"), np.zeros(4000, np.int16)])) == "A\nB\bC"


def test_a_tone_alone_says_nothing() -> None:
    t = np.arange(40000) / 8000
    for hz in (1400, 1800):
        assert read(np.rint(5000 * np.sin(2 * np.pi * hz * t)).astype(np.int16)) == ""


def test_a_long_transmission_is_read_to_its_end() -> None:
    """Longer than anything that is kept of it."""
    text = "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG 0123456789 " * 6
    assert read(np.concatenate([np.zeros(800, np.int16), transmit(text), np.zeros(4000, np.int16)])) == text
