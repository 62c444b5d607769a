"""Fits the two halves of an intent model on phrases, or on some of them. Called by `nlu.train` only.

For up to some thousand phrases, which are far fewer than terms, the optimum of the word half lies in the space that the
phrases span. Fitting there, in one dimension a phrase, gives the same answer sooner: the triangular root of the phrases'
products is a basis of that space. Beyond that the rows are fitted as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ivr.nlu.features import learn_vocabulary, weights
from ivr.nlu.linear import fit
from ivr.nlu.meaning import Meaning, centred
from ivr.nlu.model import MEANING_SHARE
from ivr.nlu.tfidf import Words

C_WORDS, C_MEANING = 10.0, 30.0
"""Inverse strengths of regularisation: best of 3, 10, 30 and of 7, 20, 30, 60 in cross-validation."""
_SPAN = 4000
"""Phrases up to which the space they span is used."""
_RARE = 300
"""Phrases from which on a term that only one of them has is left out: held-out phrases are understood better without."""


class Material:
    """The phrases as rows: words for one half, vectors (or None) for the other."""

    def __init__(self, texts: list[str], truth: np.ndarray, labels: int, vectors: np.ndarray | None):
        self.truth, self.labels, self.vectors = truth, labels, vectors
        large = len(texts) > _SPAN
        self.vocabulary, self.idf = learn_vocabulary(texts, 2 if len(texts) > _RARE else 1)
        self.rows = self.rows_of(texts)
        self._products = None if large else np.asarray((self.rows @ self.rows.T).toarray())

    @property
    def cosines(self) -> np.ndarray | None:
        """Of all pairs of phrases by words and pieces; None where there are too many."""
        return None if self._products is None else self._products / 2

    def rows_of(self, texts: list[str]) -> Any:
        from scipy.sparse import csr_matrix

        found = [weights(t, self.vocabulary, self.idf) for t in texts]
        starts = np.cumsum([0, *(len(c) for c, _ in found)])
        values = np.concatenate([v for _, v in found]).astype(np.float32)
        return csr_matrix((values, np.concatenate([c for c, _ in found]), starts), shape=(len(texts), len(self.vocabulary)))

    def words(self, known: np.ndarray) -> Words:
        """The word half, fitted on the phrases `known`."""
        rows, truth = self.rows[known], self.truth[known]
        if self._products is None:
            coefficients, intercepts = fit(rows, truth, self.labels, C_WORDS)
        else:
            inner, intercepts = self._in_their_span(known, truth)
            coefficients = np.ascontiguousarray(rows.T @ inner)
        return Words(self.vocabulary, self.idf, coefficients, intercepts)

    def _in_their_span(self, known: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from scipy.linalg import cholesky, solve_triangular

        products = self._products[np.ix_(known, known)].astype(np.float64)
        products[np.diag_indices_from(products)] += 1e-5  # keeps the root defined when two phrases are the same to the model
        root = cholesky(products, lower=True, overwrite_a=True, check_finite=False).astype(np.float32)
        coefficients, intercepts = fit(root, truth, self.labels, C_WORDS)
        return solve_triangular(root, coefficients, lower=True, trans="T", check_finite=False), intercepts

    def meaning(self, known: np.ndarray) -> Meaning | None:
        """The meaning half, fitted on the phrases `known`; None without vectors."""
        if self.vectors is None:
            return None
        mean = self.vectors[known].mean(axis=0)
        return Meaning(mean, *fit(centred(self.vectors[known], mean), self.truth[known], self.labels, C_MEANING))


def logits(words: Words, meaning: Meaning | None, rows: Any, vectors: np.ndarray | None) -> np.ndarray:
    """What both halves say together about texts that are rows and vectors already."""
    of_words = rows @ words.coefficients + words.intercepts
    if meaning is None or vectors is None:
        return of_words
    return MEANING_SHARE * meaning.logits(vectors) + (1 - MEANING_SHARE) * of_words
