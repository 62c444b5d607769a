"""When a model is believed: laws of the thresholds that are learnt from held-out phrases."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.nlu.thresholds import FEW, Held, Thresholds, held, learn, score_of

NOBODY = np.zeros(4, dtype=bool)


def answers(seed: int = 0, inside: int = 600, outside: int = 100, wrong: float = 0.03) -> Held:
    """Scores of in-scope phrases about 6, of others about 2; a few in-scope ones are taken for another intent, unsurely."""
    draw = np.random.default_rng(seed)
    out = np.r_[np.zeros(inside, bool), np.ones(outside, bool)]
    truth = np.where(out, 3, draw.integers(0, 3, inside + outside))
    mistaken = (draw.random(inside + outside) < wrong) & ~out
    choice = np.where(mistaken, (truth + 1) % 3, np.where(out, 0, truth))
    score = np.where(out, draw.normal(2, 1, len(out)), draw.normal(6, 1, len(out)))
    top = np.where(mistaken, draw.uniform(0.3, 0.9, len(out)), draw.beta(20, 1, len(out)))
    return Held(score, top, choice, truth, out, np.zeros(len(out), bool))


def test_shares_of_what_is_accepted_and_rejected():
    rows = answers()
    found = learn(rows, NOBODY, None, None)
    inside = rows.where(~rows.out)
    assert 0.80 <= inside.accepted(found.accept, found.sure).mean() <= 0.90
    assert (inside.score < found.reject).mean() == pytest.approx(0.04, abs=0.005)
    assert (inside.accepted(found.accept, found.sure) & inside.wrong).mean() <= 0.011
    assert rows.where(rows.out).accepted(found.accept, found.sure).mean() <= 0.03
    assert found.reject <= found.accept


def test_costly_intents_are_accepted_less_readily():
    rows = answers()
    costly = np.array([True, False, False, False])
    found = learn(rows, costly, None, None)
    assert found.strict >= found.accept and found.strict_sure >= found.sure


def test_noise_lowers_what_is_disbelieved_and_the_next_edit_keeps_the_move():
    rows = answers()
    heard = Held(rows.score - 1.5, rows.top, rows.choice, rows.truth, rows.out, rows.denied)
    published = learn(rows, NOBODY, heard, None)
    plain = learn(rows, NOBODY, None, None)
    assert published.reject < plain.reject and published.noise_reject == pytest.approx(published.reject - plain.reject)
    assert learn(rows, NOBODY, None, published).reject == pytest.approx(published.reject)


def test_too_few_phrases_teach_no_thresholds():
    assert learn(answers(inside=FEW - 1, outside=5), NOBODY, None, None) == Thresholds()


def test_what_is_likelier_out_of_scope_is_never_accepted():
    logits = np.array([[5.0, 1.0, 6.0], [5.0, 1.0, 0.0]])
    outside = np.array([False, False, True])
    rows = held(logits, np.array([0, 0]), outside, 1.0)
    assert rows.accepted(-1e9, 0.0).tolist() == [False, True]
    assert score_of(logits, outside)[0] < score_of(logits, outside)[1]
