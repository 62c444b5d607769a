"""Laws of the intent model: any text gives a full ranking whose probabilities sum to one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow.load import load_bundle
from ivr.nlu.base import IntentModel
from ivr.nlu.normalise import normalise
from ivr.nlu.train import model_for


@cache
def model() -> IntentModel:
    return model_for(load_bundle(Path(__file__).parents[2] / "flows" / "starter"))


@given(st.text(max_size=400), st.sampled_from(["en", "es", "fr"]))
@settings(deadline=None)
def test_probabilities_fall_and_sum_to_one(text: str, language: str):
    ranking = model().classify(text, language)
    chances = [h.probability for h in ranking]
    assert abs(sum(chances) - 1) < 1e-9
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= p <= 1 for p in chances)
    assert len({h.intent for h in ranking}) == len(ranking) == 4


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
