"""Damaged sentences: what is damaged, that it is drawn alike every time, and what the counts say at worst."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import ConfigProblem
from ivr.flow.model import Bundle
from ivr.fuzz.corrupt import KINDS, corrupt
from ivr.fuzz.damage import Line, Understood, spoken, written
from ivr.fuzz.report import lines
from ivr.fuzz.sentences import FILE, Sentence, read_sentences
from ivr.fuzz.tally import Outcome, false_transfers, shares
from tests.conftest import ROOT

COSTLY = frozenset({"emergency"})


def outcome(intent: str, understood: str, decision: str = "accept", kind: str = "spoken", offered: tuple[str, ...] = ()) -> Outcome:
    return Outcome(intent, kind, "en", understood, decision, offered)


@pytest.mark.parametrize(("kind", "text", "language", "possible"), [
    ("homophones", "my card", "en", {"my cart", "my car"}),
    ("homophones", "xyzzy", "en", {"xyzzy"}),
    ("deletions", "my green card", "en", {"my green", "my card", "green card"}),
    ("deletions", "card", "en", {"card"}),
    ("code_switching", "about my card", "en", {"about my tarjeta"}),
    ("code_switching", "mi cita por favor", "es", {"mi appointment por favor"}),
])
def test_each_kind_of_damage(kind: str, text: str, language: str, possible: set[str]) -> None:
    found = {corrupt(text, language, kind, 0.15, random.Random(seed)) for seed in range(40)}
    assert found == possible


@given(st.text(max_size=80), st.sampled_from(["en", "es"]), st.sampled_from(KINDS), st.floats(0, 1), st.integers())
def test_no_text_breaks_it_and_chance_is_the_callers(text: str, language: str, kind: str, share: float, seed: int) -> None:
    once = corrupt(text, language, kind, share, random.Random(seed))
    assert once == corrupt(text, language, kind, share, random.Random(seed))
    assert bool(once.split()) == bool(text.split())


def test_what_counts_as_right() -> None:
    assert outcome("a", "a").right
    assert not outcome("a", "b").right
    assert outcome("a", "b", "confirm", offered=("b", "a")).right
    assert outcome("a", "a", "confirm").right
    assert not outcome("a", "a", "reject").right
    assert outcome("_oos", "_oos.passport", "reject").right
    assert not outcome("_oos", "a", "confirm").right


def test_the_bound_on_false_transfers_is_the_exact_one() -> None:
    none = false_transfers([outcome("a", "a")] * 300, COSTLY)
    assert (none.n, none.found) == (300, 0)
    assert none.at_most == pytest.approx(1 - 0.05 ** (1 / 300))  # the rule of three, exactly
    some = false_transfers([*[outcome("a", "a")] * 9, outcome("a", "emergency"), outcome("emergency", "emergency")], COSTLY)
    assert (some.n, some.found) == (10, 1)
    assert some.at_most == pytest.approx(0.394, abs=0.001)
    assert false_transfers([], COSTLY).at_most == 1.0


def test_a_confirmed_transfer_is_no_false_accept() -> None:
    assert false_transfers([outcome("a", "emergency", "confirm")], COSTLY).found == 0


def test_shares_by_kind() -> None:
    a, b = shares([outcome("a", "a", kind="x"), outcome("a", "b", kind="x"), outcome("a", "b", "reject", kind="y")], "kind")
    assert (a.name, a.n, a.accepted_right, a.accepted_wrong) == ("x", 2, 1, 1)
    assert (b.name, b.n, b.right_or_confirmed) == ("y", 1, 0)


def test_the_report_names_the_hardest_intents_and_the_bound() -> None:
    text = "\n".join(lines([outcome("good", "good"), outcome("bad", "good")], COSTLY))
    assert text.index("bad ") < text.index("good ")
    assert "false accepts into a transfer: 0 of 2; with 95 % certainty at most 77.64 %" in text


def test_written_damage_asks_once_for_every_kind_that_changes_the_sentence() -> None:
    asked: list[str] = []

    def understand(text: str, language: str) -> Understood:
        asked.append(text)
        return Understood("a", "accept")

    found = list(written([Sentence("my card", "a", "en")], understand, 0.15, 1))
    assert [o.kind for o in found] == ["homophones", "deletions", "code_switching"]
    assert len(asked) == 3
    assert "my card" not in asked


def test_a_line_carries_the_voice_in_noise_and_loses_frames() -> None:
    rng = np.random.default_rng(1)
    tone = (0.5 * np.sin(np.arange(8000) * 0.5)).astype(np.float32)
    line = Line({"en": [lambda text: tone]}, {"en": rng.normal(0, 1, 8000).astype(np.float32)}, snr_db=12, loss=0.05)
    sounds: list[bytes] = []

    def hear(sound: bytes, language: str) -> str:
        sounds.append(sound)
        return "" if len(sounds) == 1 else "heard"

    said = [Sentence("one", "a", "en"), Sentence("two", "a", "en")]
    found = list(spoken(said, line, hear, lambda text, language: Understood("a", "accept"), seed=1))
    assert [o.decision for o in found] == ["reject", "accept"], "what is not heard is not understood"
    assert len(sounds[0]) == 8000 + 2 * 8000
    frames = [sounds[1][at:at + 160] for at in range(0, len(sounds[1]), 160)]
    lost = sum(f == b"\xff" * 160 for f in frames)
    assert 0 < lost < 0.2 * len(frames)


def test_the_reference_deployment_brings_sentences_for_every_intent(uscis: Bundle) -> None:
    found = read_sentences(ROOT / "flows" / "uscis" / FILE, uscis)
    for language in uscis.languages:
        assert {s.intent for s in found if s.language == language} >= set(uscis.intents)


@pytest.mark.parametrize(("text", "complaint"), [
    ("phrase,intent\nx,y\n", ":1: expected the columns text,intent,lang"),
    ("text,intent,lang\nhello,no_such,en\n", ":2: there is no intent 'no_such'"),
    ("text,intent,lang\nhello,case_status,fr\n", ":2: expected a text and one of the languages en, es"),
    ("text,intent,lang\nhello,case_status\n", ":2: expected a text and one of the languages en, es"),
])
def test_bad_sentences_are_named_by_line(tmp_path: Path, uscis: Bundle, text: str, complaint: str) -> None:
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(ConfigProblem) as raised:
        read_sentences(tmp_path / "s.csv", uscis)
    assert complaint in str(raised.value)
