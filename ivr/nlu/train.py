"""Trains the intent model of a bundle, or takes it from the cache. Called at start and at publish.

The training library is imported here and nowhere else, and only when there is something to train. The same bundle
gives the same model, to the last bit that matters: no shuffling without a fixed seed, terms in sorted order.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np

from ivr.dialog.events import Hypothesis
from ivr.errors import ConfigProblem
from ivr.flow.model import Bundle
from ivr.nlu.base import OUT_OF_SCOPE, IntentModel
from ivr.nlu.features import learn_vocabulary, weights
from ivr.nlu.tfidf import VERSION, TfidfModel, softmax

_C = 10.0
"""Inverse strength of regularisation: best of 1, 3, 10, 30 in the measurements that chose this model."""
_FOLDS = 5
_SEED = 20260310


class NothingToSay:
    """Model of a bundle whose callers cannot say anything: all is out of scope."""

    version = "none"

    def classify(self, text: str, language: str) -> tuple[Hypothesis, ...]:
        return (Hypothesis(OUT_OF_SCOPE, 1.0),)


def model_for(bundle: Bundle, cache_dir: Path | None = None) -> IntentModel:
    """The model of this bundle; trained once and kept under `cache_dir` by what it was trained on."""
    texts, labels = phrases_of(bundle)
    if len(set(labels)) < 2:
        return NothingToSay()
    stem = cache_dir / f"intents-{VERSION}-{bundle.hash[:16]}-{_fingerprint(texts, labels)}" if cache_dir else None
    if stem is not None:
        try:
            return TfidfModel.load(stem)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            pass  # no model yet, or a damaged one: train it anew and overwrite
    model = train(texts, labels)
    if stem is not None:
        _keep(model, stem)
    return model


def phrases_of(bundle: Bundle) -> tuple[list[str], list[str]]:
    """All training phrases with their intents, in an order that does not depend on the files' order."""
    pairs = {(p, intent.id) for intent in bundle.intents.values() for group in intent.phrases.values() for p in group}
    pairs |= {
        (p, OUT_OF_SCOPE) for topic in bundle.out_of_scope.values() for group in topic.phrases.values() for p in group
    }
    ordered = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
    return [p for p, _ in ordered], [label for _, label in ordered]


def train(texts: list[str], labels: list[str]) -> TfidfModel:
    """Fit on everything; the temperature comes from predictions on phrases that were held out."""
    from threadpoolctl import threadpool_limits

    names = sorted(set(labels))
    truth = np.array([names.index(label) for label in labels])
    with threadpool_limits(1):  # several threads on matrices this small fight each other and are slower than one
        vocabulary, idf = learn_vocabulary(texts)
        coefficients, intercepts = _fit(_matrix(texts, vocabulary, idf), truth)
        temperature = _temperature(texts, truth, len(names))
    return TfidfModel(names, vocabulary, idf, coefficients, intercepts, temperature)


def _fit(rows, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (terms x intents) and intercepts.

    There are far fewer phrases than terms, and the optimum lies in the space that the phrases span. Fitting there, in
    one dimension a phrase, gives the same answer some ten times sooner.
    """
    from sklearn.linear_model import LogisticRegression

    sizes, axes = np.linalg.eigh((rows @ rows.T).toarray())
    kept = sizes > 1e-9
    scale = np.sqrt(sizes[kept])
    classifier = LogisticRegression(C=_C, max_iter=1000).fit(axes[:, kept] * scale, truth)
    coefficients, intercepts = classifier.coef_, classifier.intercept_
    if len(coefficients) == 1:  # the library keeps one row for two classes
        coefficients, intercepts = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.hstack([-intercepts, intercepts]) / 2,
        )
    return np.ascontiguousarray(rows.T @ ((axes[:, kept] / scale) @ coefficients.T)), intercepts


def _matrix(texts: list[str], vocabulary: dict[str, int], idf: np.ndarray):
    from scipy.sparse import csr_matrix

    rows = [weights(t, vocabulary, idf) for t in texts]
    starts = np.cumsum([0, *(len(c) for c, _ in rows)])
    return csr_matrix((np.concatenate([v for _, v in rows]), np.concatenate([c for c, _ in rows]), starts),
                      shape=(len(texts), len(vocabulary)))


def _temperature(texts: list[str], truth: np.ndarray, intents: int) -> float:
    """The divisor of the logits that makes held-out phrases most likely; 1 where there are too few phrases to tell."""
    if np.bincount(truth, minlength=intents).min() < _FOLDS:
        return 1.0
    logits = _held_out_logits(texts, truth, intents)
    at = np.arange(len(truth))
    candidates = np.geomspace(0.1, 5.0, 80)
    losses = [-np.log(softmax(logits / t)[at, truth] + 1e-12).mean() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _held_out_logits(texts: list[str], truth: np.ndarray, intents: int) -> np.ndarray:
    from sklearn.model_selection import StratifiedKFold

    logits = np.zeros((len(texts), intents))
    for known, rest in StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(truth, truth):
        vocabulary, idf = learn_vocabulary([texts[i] for i in known])
        coefficients, intercepts = _fit(_matrix([texts[i] for i in known], vocabulary, idf), truth[known])
        logits[rest] = _matrix([texts[i] for i in rest], vocabulary, idf) @ coefficients + intercepts
    return logits


def _fingerprint(texts: list[str], labels: list[str]) -> str:
    return hashlib.sha256(json.dumps([texts, labels, _C, _SEED]).encode()).hexdigest()[:16]


def _keep(model: TfidfModel, stem: Path) -> None:
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        model.save(stem)
    except OSError as error:
        raise ConfigProblem(f"the intent model cannot be kept in {stem.parent}: {error.strerror}",
                            hint="make the folder writable, or choose another cache folder") from error
