"""Words and meaning together, with a stand-in for the encoder: caches, publishing, what an edit costs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ivr.flow.model import Bundle
from ivr.nlu.costly import costly_intents
from ivr.nlu.embeddings import Embeddings
from ivr.nlu.folds import clusters, deal
from ivr.nlu.phrases import phrases_of
from ivr.nlu.train import model_for
from tests.nlu.conftest import Stand


@pytest.fixture
def some(uscis: Bundle) -> Bundle:
    return replace(uscis, intents=dict(list(uscis.intents.items())[:5]), out_of_scope=dict(list(uscis.out_of_scope.items())[:2]))


def test_both_halves_take_part(some: Bundle, stand: Stand):
    hybrid, words = model_for(some, encoder=stand), model_for(some)
    assert hybrid.version != words.version
    assert hybrid.classify("where is my case", "en").ranking[0].intent == "case_status"
    assert hybrid.classify("where is my case", "en").ranking != words.classify("where is my case", "en").ranking


def test_an_edit_embeds_only_what_is_new(some: Bundle, stand: Stand, tmp_path: Path):
    model_for(some, tmp_path, stand)
    asked = stand.asked
    first = next(iter(some.intents.values()))
    more = replace(first, phrases={**first.phrases, "en": (*first.phrases["en"], "a phrase that was not there before")})
    model_for(replace(some, intents={**some.intents, first.id: more}), tmp_path, stand)
    assert stand.asked == asked + 1


def test_the_cache_knows_encoders_apart(some: Bundle, stand: Stand, tmp_path: Path):
    with_meaning, without = model_for(some, tmp_path, stand), model_for(some, tmp_path)
    asked = stand.asked
    assert model_for(some, tmp_path, stand).classify("I moved", "en") == with_meaning.classify("I moved", "en")
    assert model_for(some, tmp_path).classify("I moved", "en") == without.classify("I moved", "en")
    assert stand.asked == asked + 2, "only the two sentences that were asked"


def test_a_published_model_is_used_from_then_on(some: Bundle, tmp_path: Path):
    """Marked in the kept files, since noise moves the thresholds of so few phrases by little or nothing."""
    model_for(some, tmp_path)
    model_for(some, tmp_path, publish=True)
    _mark(next(tmp_path.glob("intents-*-published.json")), temperature=9.5)
    assert model_for(some, tmp_path).parts.temperature == 9.5
    _mark(next(tmp_path.glob("published-*.json")), noise_reject=-0.75)
    first = next(iter(some.intents.values()))
    less = replace(first, phrases={k: v[1:] for k, v in first.phrases.items()})
    edited = model_for(replace(some, intents={**some.intents, first.id: less}), tmp_path)
    assert edited.parts.thresholds.noise_reject == -0.75, "the next edit takes over what noise did to the last publication"


def _mark(file: Path, **values: float) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no", "wrong shape"])
def test_damaged_vectors_are_made_anew(stand: Stand, tmp_path: Path, damage: bytes | str):
    before = Embeddings(stand, tmp_path).encode(["one", "two"])
    file = next(tmp_path.glob("embeddings-*.npz"))
    if isinstance(damage, bytes):
        file.write_bytes(damage)
    else:
        np.savez(file, keys=np.zeros((2, 16), np.uint8), vectors=np.zeros((2, 3), np.float32))
    assert np.array_equal(Embeddings(stand, tmp_path).encode(["one", "two"]), before)


def test_phrases_have_topics_commands_and_the_call_for_a_person(uscis: Bundle):
    labels = {p.label for p in phrases_of(uscis)}
    assert {f"_oos.{topic}" for topic in uscis.out_of_scope} <= labels
    assert {"_cmd.repeat", "_cmd.main_menu", "_cmd.help", "_cmd.goodbye", "_cmd.switch_es", "_cmd.switch_en"} <= labels
    assert not any(name in label for label in labels for name in ("unsure", "filler", "_cmd.yes", "_cmd.no", "_cmd.agent"))
    said = uscis.commands["agent_request"]["en"]
    assert {p.label for p in phrases_of(uscis) if p.text in said} == {"agent_request"}


def test_costly_intents_are_those_that_claim_a_person(uscis: Bundle):
    found = costly_intents(uscis)
    assert {"emergency_advance_parole", "expedite_request", "accommodation_request"} <= found
    assert not found & {"case_status", "change_address", "reschedule_interview", "agent_request"}


def test_near_duplicates_are_dealt_together():
    texts = ["I want to change my address", "i want to change my address!", "where is my case", "hello there", "open hours"]
    labels = ["a", "a", "b", "a", "b"]
    assert sorted(map(sorted, clusters(texts, labels))) == [[0, 1], [2], [3], [4]]
    of = deal(texts, labels, 2)
    assert of[0] == of[1]
    backwards = deal(texts[::-1], labels[::-1], 2)[::-1]
    assert of.tolist() == backwards.tolist()
