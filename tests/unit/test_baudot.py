"""Text telephone, the sending side: the table, what may be typed, shifts, and the tones themselves."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.telephony.baudot import Transmitter, duration_s, transmit, typeable
from ivr.telephony.baudot.encoder import encoded
from ivr.telephony.baudot.table import FIGS, FIGURES, LETTERS, LTRS, SPACE, code_of, meaning

# Code, letter, figure: TIA-825-A as ITU-T V.18 Annex A prints it.
PRINTED = {0x01: "E3", 0x03: "A-", 0x06: "I8", 0x07: "U7", 0x09: "D$", 0x0A: "R4", 0x0B: "J'", 0x0C: "N,", 0x0D: "F!", 0x0E: "C:",
           0x0F: "K(", 0x10: "T5", 0x11: 'Z"', 0x12: "L)", 0x13: "W2", 0x14: "H=", 0x15: "Y6", 0x16: "P0", 0x17: "Q1", 0x18: "O9",
           0x19: "B?", 0x1A: "G+", 0x1C: "M.", 0x1D: "X/", 0x1E: "V;"}


@pytest.mark.parametrize("code", PRINTED)
def test_the_table_is_that_of_text_telephones(code: int) -> None:
    assert meaning(code, LTRS) + meaning(code, FIGS) == PRINTED[code]


def test_shifts_mean_nothing_by_themselves_and_every_character_has_a_code() -> None:
    assert meaning(LTRS, LTRS) == meaning(FIGS, FIGS) == ""
    for character in set(LETTERS + FIGURES) - {"\0"}:
        code, shift = code_of(character)
        assert meaning(code, shift or LTRS) == character


@pytest.mark.parametrize(("text", "typed"), [
    ("hello", "HELLO"), ("señor ¿cómo está usted?", "SENOR COMO ESTA USTED?"), ("a#b%c&d*e@f", "A$B/C+D.EXF"), ("<[{}]>", "((()))"),
    ("a\\b_c~d", "A/B C D"), ("“it’s”", "\"IT'S\""), ("5 €", "5 EUR"), ("a\r\nb\rc\nd", "A\nB\nC\nD"), ("straße", "STRASSE"),
    ("½", "1/2"), ("漢", "?"), ("\u200b", ""), ("x\x07y", "XY"), ("é", "E"), ("é", "E"), ("…", "...")])
def test_any_text_becomes_typeable(text: str, typed: str) -> None:
    assert typeable(text) == typed


def test_a_shift_is_told_first_when_it_changes_and_after_72_characters() -> None:
    assert encoded("A1") == [LTRS, 0x03, FIGS, 0x17]
    assert encoded(" A") == [LTRS, SPACE, 0x03], "even where the first character means the same in both"
    codes = encoded("E" * 150)
    assert [i for i, code in enumerate(codes) if code == LTRS] == [0, 73, 146]


def test_figures_after_a_space_tell_their_shift_again_for_receivers_that_drop_it() -> None:
    assert encoded("1 2") == [FIGS, 0x17, SPACE, FIGS, 0x13]
    assert encoded("A B") == [LTRS, 0x03, SPACE, 0x19]


def test_a_new_line_is_return_and_line_feed() -> None:
    assert encoded("A\nB") == [LTRS, 0x03, 0x08, 0x02, 0x19]


@pytest.mark.parametrize(("baud", "stop_bits"), [(45.45, 1.0), (45.45, 1.5), (45.45, 2.0), (50.0, 1.5)])
def test_a_transmission_has_its_lead_its_hold_and_the_length_that_was_told(baud: float, stop_bits: float) -> None:
    samples = transmit("OK GA", baud=baud, stop_bits=stop_bits)
    assert samples.dtype == np.int16
    assert samples.size == pytest.approx(8000 * duration_s("OK GA", baud=baud, stop_bits=stop_bits), abs=1)
    assert _tone(samples[:1200]) == 1400
    assert _tone(samples[1200:1200 + int(8000 / baud)]) == 1800, "the first start bit"
    assert _tone(samples[-2400:]) == 1400


def _tone(samples: np.ndarray) -> int:
    """The stronger of the two, which must hold nearly everything."""
    t = np.arange(samples.size) / 8000
    power = {hz: abs(np.sum(samples * np.exp(-2j * np.pi * hz * t))) ** 2 for hz in (1400, 1800)}
    best = max(power, key=lambda hz: power[hz])
    assert power[best] > 0.95 * np.sum(samples.astype(float) ** 2) * samples.size / 2
    return best


def test_the_phase_never_jumps() -> None:
    samples = transmit("RYRY").astype(float)
    steepest = 2 * np.pi * 1800 / 8000 * np.abs(samples).max()
    assert np.abs(np.diff(samples)).max() <= 1.02 * steepest


def test_the_level_is_what_was_asked_for() -> None:
    for dbm0 in (-10.0, -24.0):
        rms = float(np.sqrt(np.mean(transmit("OK", level_dbm0=dbm0).astype(float) ** 2)))
        assert 20 * np.log10(rms / (32124 / np.sqrt(2))) + 3.17 == pytest.approx(dbm0, abs=0.1)


def test_nothing_takes_no_time() -> None:
    assert duration_s("") == 0.0
    assert transmit("").size == 0
    assert Transmitter().frame() is None
    assert not Transmitter().pending


def sent(transmitter: Transmitter, most: int = 10 ** 6) -> np.ndarray:
    frames = []
    while len(frames) < most and (frame := transmitter.frame()) is not None:
        assert frame.shape == (160,)
        frames.append(frame)
    return np.concatenate(frames) if frames else np.zeros(0, np.int16)


def test_frames_are_the_same_sound() -> None:
    transmitter = Transmitter(stop_bits=1.5)
    transmitter.send("HELLO 12 GA")
    assert transmitter.pending
    assert transmitter.remaining_s == pytest.approx(duration_s("HELLO 12 GA", stop_bits=1.5), abs=0.01)
    whole, framed = transmit("HELLO 12 GA", stop_bits=1.5), sent(transmitter)
    assert np.abs(framed[:whole.size].astype(int) - whole).max() <= 1
    assert not framed[whole.size:].any()
    assert not transmitter.pending
    assert transmitter.frame() is None


def test_what_follows_at_once_needs_no_second_lead_and_no_second_shift() -> None:
    transmitter = Transmitter()
    transmitter.send("AB")
    first = sent(transmitter, most=30)
    transmitter.send("CD")
    assert first.size + sent(transmitter).size == pytest.approx(8000 * duration_s("ABCD"), abs=400)


def test_after_silence_the_shift_is_told_again() -> None:
    transmitter = Transmitter()
    lengths = []
    for _ in range(2):
        transmitter.send("A")
        lengths.append(sent(transmitter).size)
    assert lengths[0] == lengths[1]


def test_clearing_finishes_the_character_under_way_and_gives_back_the_rest() -> None:
    transmitter = Transmitter()
    transmitter.send("ABCDEF")
    before = sent(transmitter, most=30)  # 0.6 s: the lead, LTRS, A, and B has begun
    rest = transmitter.clear()
    assert rest == "CDEF"
    after = sent(transmitter)
    assert before.size + after.size == pytest.approx(8000 * duration_s("AB"), abs=160)
    assert not transmitter.pending
