"""Reading digits, grammars and the guards against invented text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.recognizer import Expectation
from ivr.speech.spoken_digits import read_digits
from ivr.speech.vosk_grammar import grammar
from ivr.speech.whisper_guards import Decoded, rejection, without_sound_notes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "language", "digits"), [
    ("4-6-28-8", "en", "46288"), ("828 890 93410", "en", "82889093410"), ("Nine.", "en", "9"),
    ("oh five won too", "en", "0512"), ("twenty one, forty", "en", "2140"), ("double five triple zero", "en", "55000"),
    ("Cero, siete", "es", "07"), ("¡Ocho!", "es", "8"), ("treinta y dos", "es", "32"), ("dieciséis", "es", "16"),
    ("doble tres", "es", "33"), ("hello", "en", ""),
])
def test_digits_are_read(text: str, language: str, digits: str) -> None:
    assert read_digits(text, language).digits == digits


@given(st.text(max_size=80), st.sampled_from(["en", "es", "fr"]))
def test_a_reading_holds_digits_only(text: str, language: str) -> None:
    digits = read_digits(text, language).digits
    assert digits == "" or (digits.isascii() and digits.isdigit())


def test_other_words_are_counted() -> None:
    reading = read_digits("press 3 for advanced options", "en")
    assert (reading.digits, reading.taken, reading.others, reading.words) == ("34", 2, 3, 3)


def heard(text: str, score: float = -0.2, no_speech: float = 0.1, seconds: float = 2.0, language: str = "en",
          digits_only: bool = False) -> str:
    return rejection(Decoded(text, score, no_speech, seconds, language, digits_only))


@pytest.mark.parametrize("text", ["no", "oh", "Yes.", "No, no, no.", "I want to check my case", "7 7 7 7 7 7"])
def test_answers_are_believed(text: str) -> None:
    assert heard(text) == ""


@pytest.mark.parametrize(("text", "why"), [
    ("", "empty"), ("No, no, no, no, no, no", "loop"), ("bee bop bee bop bee bop bee bop", "loop"), ("word " * 60, "rate"),
])
def test_what_speech_does_not_produce_is_not_believed(text: str, why: str) -> None:
    assert heard(text) == why


def test_both_doubts_together_reject_and_each_alone_does_not() -> None:
    assert heard("hello there", score=-1.2, no_speech=0.4) == "no_speech"
    assert heard("hello there", score=-1.2, no_speech=0.1) == ""
    assert heard("hello there", score=-0.3, no_speech=0.9) == ""


def test_known_inventions_are_rejected_only_when_weak() -> None:
    assert heard("Thank you.", score=-0.8) == "invented"
    assert heard("Thank you.", score=-0.1) == ""


@pytest.mark.parametrize(("digits", "seconds", "why"), [
    ("5551234567", 4.0, ""), ("0000", 2.0, ""), ("55512345678901", 1.0, "rate"), ("3111111111", 6.0, "loop"),
])
def test_digits_have_limits_of_their_own(digits: str, seconds: float, why: str) -> None:
    assert heard(digits, seconds=seconds, digits_only=True) == why


def test_descriptions_of_sound_are_not_words() -> None:
    assert without_sound_notes("[Music] hello (coughs) there ♪ la ♪") == "hello there"


def test_a_grammar_leaves_out_phrases_with_unknown_words() -> None:
    known = {"case", "status", "yes", "no", "[unk]"}
    expectation = Expectation("en", "yes_no", ("Case status", "case flibbertigibbet"))
    assert grammar(expectation, known.__contains__) == ["yes", "no", "case status", "[unk]"]
    assert "[unk]" not in grammar(expectation, (known - {"[unk]"}).__contains__)


def test_open_speech_is_not_restricted() -> None:
    expectation = Expectation("en", "text", ("case status",))
    assert grammar(expectation, lambda _: True) == []
    assert grammar(expectation, lambda _: True, for_text=True) == ["case status", "[unk]"]
