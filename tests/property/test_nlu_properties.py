"""Laws of the intent model: any text gives a full ranking whose probabilities sum to one."""

from __future__ import annotations

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


@given(st.text(max_size=1500))
def test_normalising_twice_is_normalising_once_where_it_matters(text: str):
    once = normalise(text)
    assert once == once.lower().strip() or not once.isascii()
    assert normalise(once) == normalise(normalise(once))


@given(st.text(alphabet="abcdef áéñ", max_size=60), st.sampled_from(["", "!", "?", " ", "..."]))
@settings(deadline=None)
def test_case_and_punctuation_change_nothing(text: str, mark: str):
    assert model().classify(text.upper() + mark, "en") == model().classify(text, "en")
