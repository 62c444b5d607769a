"""The default intent model on the reference bundle: honest accuracy, determinism, a cache that survives damage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.nlu import evaluate, model_file
from ivr.nlu.base import OUT_OF_SCOPE, IntentModel
from ivr.nlu.costly import costly_intents
from ivr.nlu.embeddings import Embeddings
from ivr.nlu.encoder import Encoder
from ivr.nlu.model import LinearModel
from ivr.nlu.normalise import normalise
from ivr.nlu.phrases import phrases_of
from ivr.nlu.train import model_for

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle(ROOT / "flows" / "uscis")


@pytest.fixture(scope="module")
def model(bundle: Bundle) -> IntentModel:
    return model_for(bundle)


@pytest.mark.timeout(300)
def test_half_of_the_phrases_tell_the_other_half_by_words_alone(bundle: Bundle):
    """Figures of half the phrases are far below those of all; they are here to notice when the engine gets worse."""
    found = evaluate.report(evaluate.cross_validated(phrases_of(bundle), 2, None, costly_intents(bundle)))
    for language in bundle.languages:
        assert found["languages"][language]["accuracy"] >= 0.66
        assert found["languages"][language]["ece"] <= 0.09
    ways = found["three_way"]["in_scope"]
    assert ways["accept_right"] >= 6 * ways["accept_wrong"], "what is accepted without a question is seldom wrong"
    assert ways["accept_right"] >= 0.3
    assert found["oos"]["out_of_scope"]["auroc"] >= 0.85


@pytest.mark.timeout(300)
def test_meaning_adds_what_words_miss(bundle: Bundle, e5: Encoder):
    some = [p for p in phrases_of(bundle) if p.label in list(bundle.intents)[:14]][::2]
    remembered = Embeddings(e5)
    accuracy = {one: evaluate.report(evaluate.cross_validated(some, 2, encoder, frozenset()))["accuracy"]
                for one, encoder in (("words", None), ("both", remembered))}
    assert accuracy["both"] >= accuracy["words"] + 0.05 and accuracy["both"] >= 0.85


def test_accents_and_capitals_do_not_matter_to_words(model: IntentModel):
    assert model.classify("¿CÓMO VA MI CASO?", "es") == model.classify("como va mi caso", "es")


def some_of(bundle: Bundle) -> Bundle:
    """Four intents: enough to see what training does, in a second."""
    return replace(bundle, intents=dict(list(bundle.intents.items())[:4]), out_of_scope={})


def test_training_twice_gives_the_same_figures(bundle: Bundle):
    model, again = model_for(some_of(bundle)), model_for(some_of(bundle))
    for text in ("where is my case", "quiero cambiar mi cita", "hello there"):
        for a, b in zip(model.classify(text, "en").ranking, again.classify(text, "en").ranking, strict=True):
            assert a.intent == b.intent
            assert a.probability == pytest.approx(b.probability, abs=1e-9)


def test_the_cache_gives_the_same_model(bundle: Bundle, tmp_path: Path):
    first = model_for(some_of(bundle), tmp_path)
    second = model_for(some_of(bundle), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert second.classify("I moved", "en") == first.classify("I moved", "en")


@pytest.mark.parametrize("suffix", [".npz", ".json"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"PK\x03\x04 not really", None])
def test_a_damaged_cache_is_trained_anew(tmp_path: Path, suffix: str, damage: bytes | None):
    small = load_bundle(ROOT / "flows" / "starter")
    model_for(small, tmp_path)
    file = next(tmp_path.glob(f"*{suffix}"))
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    assert model_for(small, tmp_path).classify("when are you open", "en").ranking[0].intent == "opening_hours"
    assert LinearModel(model_file.load(file.with_suffix(""))).labels


def test_other_phrases_have_another_model_and_other_words_the_same(bundle: Bundle, tmp_path: Path):
    few = replace(bundle, intents=dict(list(bundle.intents.items())[:3]), out_of_scope={})
    model_for(few, tmp_path)
    model_for(replace(few, hash="0" * 64), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    model_for(replace(few, intents=dict(list(bundle.intents.items())[:4])), tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_bundle_without_intents_hears_nothing(bundle: Bundle):
    mute = model_for(replace(bundle, intents={}, out_of_scope={}))
    assert [(h.intent, h.probability) for h in mute.classify("hello", "en").ranking] == [(OUT_OF_SCOPE, 1.0)]


def test_two_classes_are_enough(bundle: Bundle):
    one = {"case_status": bundle.intents["case_status"]}
    ranking = model_for(replace(bundle, intents=one)).classify("where is my case", "en").ranking
    assert ranking[0].intent == "case_status"
    assert np.isclose(sum(h.probability for h in ranking), 1)


@pytest.mark.parametrize(("text", "normal"), [
    ("My receipt is MSC 2190012345!", "my receipt is numreceipt"),
    ("A 123-456-789", "a numlong"), ("A123456789", "numalien"),
    ("I-130", "formi130"), ("on 3/20/2026", "on numdate"), ("Él se mudó", "el se mudo"), ("I don't", "i dont"),
    ("call 212 555 0142", "call numlong"), ("2 cards", "num cards"), ("", ""), ("¡¿?!", ""),
])
def test_normalise(text: str, normal: str):
    assert normalise(text) == normal
