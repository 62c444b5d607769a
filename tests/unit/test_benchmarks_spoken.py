"""The spoken benchmark's arithmetic and its neural speakers' way from text to symbols. No voice speaks here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import spoken
from benchmarks.parts.fetch_voices import JOE, KOKORO
from benchmarks.parts.neural_voices import kept, neural_speakers, symbol_ids
from benchmarks.spoken import Said

SAID = Said("robot", "en", "case_status", "How's my case?", "hows my case", "espeak en-us", "right", "right", 400.0)
LETTERS = {c: n for n, c in enumerate("abdhijklmnoprstuvwxz ,.ʤʧAIOWYɹəɐɜːɚˈʃʒɪʊeɔ", start=1)}
SYMBOLS = {n: c for c, n in LETTERS.items()}


def as_text(ids: list[int]) -> str:
    return "".join(SYMBOLS[i] for i in ids)


def test_each_group_has_its_rows_and_the_target_stands_on_both() -> None:
    said = [SAID, replace(SAID, outcome="wrong", heard="house case"), replace(SAID, group="neural", outcome="confirmed"),
            replace(SAID, group="neural")]
    table = {f.what: f for f in spoken.evaluate(said)}
    together = table["intent right or confirmed, en, robot and neural"]
    assert (together.value, together.target, together.met) == (75, 90, False)
    assert table["intent right or confirmed, en, robot"].value == 50
    assert table["intent right or confirmed, en, neural"].value == 100
    assert [f.what for f in table.values() if f.target is not None] == [together.what], "no target for a group, none for no Spanish"
    assert table["right or confirmed had it been typed, en"].value == 100
    assert table["of these confirmed, en, neural"].value == 50
    assert table["word errors, en, robot"].value == pytest.approx(100 * 2 / 6), "two of six words"
    assert table["word errors, en, neural"].value == 0


def test_one_group_alone_is_named_as_such() -> None:
    assert spoken.evaluate([SAID])[0].what == "intent right or confirmed, en, robot"


def test_what_was_not_heard_counts_as_all_its_words() -> None:
    assert spoken.word_errors([SAID, replace(SAID, heard="", outcome="unheard")]) == 50


def test_word_errors_ignore_case_accents_and_punctuation() -> None:
    assert spoken.word_errors([replace(SAID, words="¿Cómo va mi I-130?", heard="como va mi i130")]) == 0


def test_speakers_are_told_apart() -> None:
    rows = spoken.by_speaker([SAID, replace(SAID, speaker="espeak en-gb", outcome="rejected")])
    assert [(r["speaker"], r["right_or_confirmed"]) for r in rows] == [("espeak en-gb", 0.0), ("espeak en-us", 100.0)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_sentences_are_in_scope_and_always_in_the_same_order(language: str) -> None:
    found = spoken.sentences(language, 0)
    assert len(found) > 200
    assert not [intent for intent, _ in found if intent.startswith("_")]
    assert spoken.sentences(language, 30) == found[:30]


def test_english_symbols_are_those_kokoro_was_taught() -> None:
    assert as_text(symbol_ids("tʃˈeɪndʒ\nmaɪ hˈoʊm\n", "en", LETTERS)) == "ʧˈAnʤ, mI hOm.".replace("hO", "hˈO")


def test_spanish_keeps_its_vowels_and_says_nothing_about_a_change_of_language() -> None:
    assert as_text(symbol_ids("mˈi (en)stˈeɪtəs(es) rˈei\n", "es", LETTERS)) == "mˈi stˈeɪtəs rˈei."


def test_what_kokoro_has_no_symbol_for_is_left_out() -> None:
    assert as_text(symbol_ids("a†b", "es", LETTERS)) == "ab."


def test_without_voices_there_are_no_speakers_and_a_note_says_how_to_get_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert neural_speakers("en", tmp_path) == {}
    note = capsys.readouterr().out
    assert "joe" in note and "kokoro" in note and "--fetch-voices" in note


def test_a_sentence_is_spoken_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def speak(text: str) -> np.ndarray:
        asked.append(text)
        return np.full(3, len(text), np.float32)

    remembered = kept(speak, "a", "en", tmp_path / "spoken")
    assert [list(remembered(t)) for t in ("hi", "hi", "you")] == [[2, 2, 2], [2, 2, 2], [3, 3, 3]]
    assert asked == ["hi", "you"]
    assert list(kept(speak, "b", "en", tmp_path / "spoken")("hi")) == [2, 2, 2]
    assert asked == ["hi", "you", "hi"], "another speaker's sound is not this one's"


def test_every_file_of_a_voice_is_pinned() -> None:
    for voice in (KOKORO, JOE):
        assert {name for wheel in voice.wheels for _, name in wheel.parts} == {f.name for f in voice.files}
