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
_MANY = 1000
"""Phrases from which on one fold tells the temperature as well as all of them."""
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
    stem = cache_dir / f"intents-{VERSION}-{_fingerprint(texts, labels)}" if cache_dir else None
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
    import scipy.linalg  # noqa: F401  the limit below reaches only libraries that are loaded when it is set
    import sklearn.linear_model  # noqa: F401
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
    one dimension a phrase, gives the same answer some ten times sooner. The triangular root of the phrases' products
    is a basis of that space; the small addition keeps it defined when two phrases are the same to the model.
    """
    from scipy.linalg import cholesky, solve_triangular
    from sklearn.linear_model import LogisticRegression

    products = (rows @ rows.T).toarray()
    products[np.diag_indices_from(products)] += 1e-6
    root = cholesky(products, lower=True, overwrite_a=True)
    classifier = LogisticRegression(C=_C, max_iter=1000).fit(np.ascontiguousarray(root, dtype=np.float32), truth)
    coefficients, intercepts = classifier.coef_.astype(np.float64), classifier.intercept_.astype(np.float64)
    if len(coefficients) == 1:  # the library keeps one row for two classes
        coefficients, intercepts = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.hstack([-intercepts, intercepts]) / 2,
        )
    return np.ascontiguousarray(rows.T @ solve_triangular(root, coefficients.T, lower=True, trans="T")), intercepts


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
    logits, rest = _held_out_logits(texts, truth)
    at = np.arange(len(rest))
    candidates = np.geomspace(0.1, 5.0, 80)
    losses = [-np.log(softmax(logits / t)[at, truth[rest]] + 1e-12).mean() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _held_out_logits(texts: list[str], truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits of one fifth of the phrases by a model of the others, and which phrases they are.

    Where there are thousands of phrases one fifth gives the same temperature as all five in turn, in a fifth of the time;
    a small bundle takes the folds it needs for a steady figure.
    """
    from sklearn.model_selection import StratifiedKFold

    folds = list(StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(truth, truth))
    used = folds[:1] if len(truth) >= _MANY else folds
    logits = [_logits(texts, truth, known, rest) for known, rest in used]
    return np.vstack(logits), np.concatenate([rest for _, rest in used])


def _logits(texts: list[str], truth: np.ndarray, known: np.ndarray, rest: np.ndarray) -> np.ndarray:
    vocabulary, idf = learn_vocabulary([texts[i] for i in known])
    coefficients, intercepts = _fit(_matrix([texts[i] for i in known], vocabulary, idf), truth[known])
    return _matrix([texts[i] for i in rest], vocabulary, idf) @ coefficients + intercepts


def _fingerprint(texts: list[str], labels: list[str]) -> str:
    return hashlib.sha256(json.dumps([texts, labels, _C, _SEED]).encode()).hexdigest()[:16]


def _keep(model: TfidfModel, stem: Path) -> None:
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        model.save(stem)
    except OSError as error:
        raise ConfigProblem(f"the intent model cannot be kept in {stem.parent}: {error.strerror}",
                            hint="make the folder writable, or choose another cache folder") from error
