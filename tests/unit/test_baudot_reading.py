"""What decides where the sound does not: letters around a doubtful one, and which frames are believed."""

from __future__ import annotations

import numpy as np

from ivr.telephony.baudot.correlators import blocks_of, correlate, energy
from ivr.telephony.baudot.letter_statistics import CODE_PRIOR, after
from ivr.telephony.baudot.reader import Read, Reader
from ivr.telephony.baudot.repeats import REPEATED_WEIGHT, STEADY_WEIGHT, Repeats
from ivr.telephony.baudot.table import FIGS, LTRS, code_of


def heard(*codes: int) -> np.ndarray:
    """The sound allows these codes alike, and no other."""
    likelihood = np.full(32, -60.0)
    likelihood[list(codes)] = 0.0
    return likelihood


def code(character: str) -> int:
    return code_of(character)[0]


def read(*sounds: np.ndarray) -> str:
    reader = Reader()
    reader.begin()
    out: list[Read] = [r for i, sound in enumerate(sounds) for r in reader.push(sound, 165 * i)]
    return "".join(r.text for r in [*out, *reader.settle()])


def test_a_doubtful_bit_is_read_as_the_letters_around_it_have_it() -> None:
    assert read(heard(LTRS), *(heard(code(c)) for c in "TH"), heard(code("E"), code("\b")), heard(code(" "))) == "THE "
    assert read(heard(LTRS), heard(code("Q")), heard(code("U"), code("Z")), heard(code("E"))) == "QUE"


def test_what_follows_decides_too() -> None:
    """O and T are one bit apart: before U it is the O that a caller wrote, before H the T."""
    doubtful = heard(code("O"), code("T"))
    assert read(heard(LTRS), heard(code("Y")), doubtful, heard(code("U"))) == "YOU"
    assert read(heard(LTRS), heard(code("O")), doubtful, heard(code("H")), heard(code("E")), heard(code("R"))) == "OTHER"


def test_a_damaged_shift_is_seen_by_what_it_would_make_of_the_text() -> None:
    damaged = heard(LTRS, FIGS)
    assert read(damaged, *(heard(code(c)) for c in "HELLO")) == "HELLO"
    assert read(damaged, *(heard(code(c)) for c in "4071")) == "4071"


def test_a_certain_character_does_not_wait() -> None:
    reader = Reader()
    assert [r.text for r in reader.push(heard(code("A")), 0)] == ["A"]
    assert not reader.waiting
    assert not reader.push(heard(code("O"), code("T")), 165)
    assert reader.waiting


def test_the_tables_are_probabilities() -> None:
    for chances in (CODE_PRIOR, after(0, LTRS, "T", False), after(1, FIGS, "5", False), after(0, FIGS, "begin", False)):
        assert chances.shape == (32,)
        assert np.isclose(np.exp(chances).sum(), 1.0)


def weights(repeats: Repeats, frame: np.ndarray) -> np.ndarray:
    blocks = blocks_of(frame)
    return repeats.feed(blocks, energy(blocks))[0]


def tone(hertz: np.ndarray) -> np.ndarray:
    return np.rint(8000 * np.sin(2 * np.pi * np.cumsum(hertz) / 8000)).astype(np.int16)


def test_a_repeated_frame_is_not_believed() -> None:
    repeats = Repeats()
    for frame in np.random.default_rng(1).normal(0, 900, (3, 160)).astype(np.int16):
        assert (weights(repeats, frame) == 1).all()
    assert (weights(repeats, frame) == REPEATED_WEIGHT).all()


def test_a_steady_tone_is_doubted_only_on_a_line_that_repeats() -> None:
    steady = tone(np.full(480, 1400.0)).reshape(3, 160)
    fresh, wary = Repeats(), Repeats()
    for _ in range(4):  # three repeats: one could be a splice
        weights(wary, np.random.default_rng(2).normal(0, 900, 160).astype(np.int16))
    for frame in steady[:2]:
        assert (weights(fresh, frame) == 1).all()
        weights(wary, frame)
    assert (weights(wary, steady[2]) == STEADY_WEIGHT).all()


def test_a_change_of_tone_that_comes_back_is_a_repeat() -> None:
    repeats = Repeats()
    changing = tone(np.where(np.arange(320) < 240, 1400.0, 1800.0)).reshape(2, 160)
    assert (weights(repeats, changing[0]) == 1).all()
    assert (weights(repeats, changing[1]) == 1).all()
    assert (weights(repeats, changing[1])[1:] == REPEATED_WEIGHT).all()


def test_a_tone_is_heard_in_its_own_correlation() -> None:
    for which, hertz in enumerate((1400.0, 1800.0)):
        tones = correlate(blocks_of(tone(np.full(160, hertz))))
        assert abs(tones[:, which].sum()) / 20 > 0.95 * 4 * 8000
        assert abs(tones[:, 1 - which].sum()) < 0.1 * abs(tones[:, which].sum())
