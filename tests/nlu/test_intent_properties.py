"""Laws of the intent model: any text gives a full ranking whose probabilities sum to one."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow.load import load_bundle
from ivr.nlu.base import IntentModel
from ivr.nlu.noise import by_sound, noised
from ivr.nlu.normalise import for_encoder, normalise
from ivr.nlu.train import model_for


@cache
def model() -> IntentModel:
    return model_for(load_bundle(Path(__file__).parents[2] / "flows" / "starter"))


@given(st.text(max_size=400), st.sampled_from(["en", "es", "fr"]))
@settings(deadline=None)
def test_probabilities_fall_and_sum_to_one(text: str, language: str):
    said = model().classify(text, language)
    ranking = said.ranking
    chances = [h.probability for h in ranking]
    assert abs(sum(chances) - 1) < 1e-9
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= p <= 1 for p in chances)
    assert len({h.intent for h in ranking}) == len(ranking)
    assert sum(h.intent.startswith("_oos") for h in ranking) == 1
    assert said.decision in ("accept", "confirm", "reject")
    assert (len(said.offered) in (1, 2)) == (said.decision == "confirm")
    assert said.decision == "reject" or not ranking[0].intent.startswith("_oos")


@given(st.one_of(st.text(max_size=200), st.text(alphabet="aAiIn0123456789 -./_'", max_size=60)))
def test_normal_text_is_lower_case_words_and_keeps_no_long_number(text: str):
    plain = normalise(text)
    assert plain == plain.lower() == " ".join(plain.split())
    assert all(c.isalnum() or c == " " or not c.isascii() for c in plain)
    assert not re.search(r"\b\d{2,}\b", plain)


@given(st.text(alphabet="abcdef áéñ", max_size=60), st.sampled_from(["", "!", "?", " ", "..."]))
@settings(deadline=None)
def test_case_and_punctuation_change_nothing(text: str, mark: str):
    assert model().classify(text.upper() + mark, "en") == model().classify(text, "en")


@given(st.text(max_size=300))
def test_what_an_encoder_reads_is_tidy_and_holds_no_long_number(text: str):
    plain = for_encoder(text)
    assert plain == " ".join(plain.split()) and "\0" not in plain
    assert not re.search(r"[0-9]{4,}", plain)


@given(st.text(alphabet="abcdefghij xyz", max_size=80), st.sampled_from(["en", "es"]), st.integers(0, 9))
def test_noise_is_the_same_for_the_same_seed_and_none_at_rate_zero(text: str, language: str, seed: int):
    words = by_sound([text], language)
    twice = [noised(text, language, 0.5, random.Random(seed), words) for _ in range(2)]
    assert twice[0] == twice[1]
    assert noised(text, language, 0.0, random.Random(seed), words).split() == text.split()
    assert bool(noised(text, language, 1.0, random.Random(seed), words).split()) == bool(text.split())
