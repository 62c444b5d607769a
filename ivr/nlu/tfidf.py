"""The default intent model: TF-IDF and one multinomial logistic regression, both languages pooled, calibrated.

Small enough to train at start in seconds, needs no download, and every figure it gives can be traced to phrases.
Kept as .npz and .json: a model file is data and never code. Called by `nlu.train`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ivr.dialog.events import Hypothesis
from ivr.nlu.features import weights

VERSION = "tfidf-1"


class TfidfModel:
    """Weights as numpy arrays; a call costs one small matrix product."""

    version = VERSION

    def __init__(self, labels: Sequence[str], vocabulary: dict[str, int], idf: np.ndarray, coefficients: np.ndarray,
                 intercepts: np.ndarray, temperature: float):
        self.labels = tuple(labels)
        self.vocabulary = vocabulary
        self.idf = idf
        self.coefficients = coefficients
        """terms x intents"""
        self.intercepts = intercepts
        self.temperature = temperature

    def classify(self, text: str, language: str) -> tuple[Hypothesis, ...]:
        """Ranked intents. The language is not used: people mix both, and the phrases of both are pooled."""
        columns, values = weights(text, self.vocabulary, self.idf)
        logits = (values @ self.coefficients[columns] + self.intercepts) / self.temperature
        probabilities = softmax(logits[None, :])[0]
        order = np.argsort(-probabilities, kind="stable")
        return tuple(Hypothesis(self.labels[i], float(probabilities[i])) for i in order)

    def save(self, stem: Path) -> None:
        """`stem`.npz and `stem`.json; each appears whole or not at all, the .json last."""
        arrays, words = stem.with_suffix(".npz"), stem.with_suffix(".json")
        part = stem.with_suffix(".part.npz")
        np.savez(part, idf=self.idf, coefficients=self.coefficients, intercepts=self.intercepts)
        part.replace(arrays)
        text = json.dumps({"version": VERSION, "labels": self.labels, "temperature": self.temperature,
                           "terms": sorted(self.vocabulary, key=self.vocabulary.__getitem__)}, ensure_ascii=False)
        part = stem.with_suffix(".part.json")
        part.write_text(text, encoding="utf-8")
        part.replace(words)

    @classmethod
    def load(cls, stem: Path) -> TfidfModel:
        """ValueError or OSError when the files are missing, damaged or of another version."""
        words = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        if not isinstance(words, dict) or words.get("version") != VERSION:
            raise ValueError("the model file is of another version")
        with np.load(stem.with_suffix(".npz"), allow_pickle=False) as arrays:
            idf, coefficients, intercepts = (arrays[n] for n in ("idf", "coefficients", "intercepts"))
        terms, labels = words["terms"], words["labels"]
        if (
            coefficients.shape != (len(terms), len(labels))
            or idf.shape != (len(terms),)
            or intercepts.shape != (len(labels),)
        ):
            raise ValueError("the model file is damaged")
        return cls(
            labels, {t: i for i, t in enumerate(terms)}, idf, coefficients, intercepts, float(words["temperature"])
        )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Row-wise, without overflow."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
