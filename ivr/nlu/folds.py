"""Phrases dealt into folds, so that what a model is asked about was not in what it learnt. Pure.

Near-duplicates stay together, or the model would be asked what it had been told. Topics that are out of scope are divided
like intents: a model that lacks some of them gives other scores to everything, and thresholds learnt from it do not fit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ivr.nlu.features import learn_vocabulary, weights

_ALIKE = 0.85
"""Cosine of the word and piece weights from which on two phrases are the same one said twice."""


def deal(texts: Sequence[str], labels: Sequence[str], folds: int, cosines: np.ndarray | None = None) -> np.ndarray:
    """The fold of each phrase. `cosines` of all pairs, where they are known already. The order of the phrases does not matter."""
    of = np.zeros(len(texts), dtype=np.int64)
    by_label: dict[str, list[list[int]]] = {}
    for group in clusters(texts, labels, cosines):
        by_label.setdefault(labels[group[0]], []).append(group)
    for shift, name in enumerate(sorted(by_label)):
        groups = sorted(by_label[name], key=lambda g: _mixed(min(texts[i] for i in g)))
        for place, group in enumerate(groups):
            of[group] = (place + shift) % folds
    return of


def clusters(texts: Sequence[str], labels: Sequence[str], cosines: np.ndarray | None = None) -> list[list[int]]:
    """Indices of the phrases of one label that are near-duplicates, every phrase in exactly one cluster."""
    by_label: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        by_label.setdefault(label, []).append(i)
    return [group for members in by_label.values() for group in _alike(
        similarity([texts[i] for i in members]) if cosines is None else cosines[np.ix_(members, members)], members)]


def _alike(cosines: np.ndarray, at: list[int]) -> list[list[int]]:
    leader = list(range(len(at)))
    for i, j in np.argwhere(np.triu(cosines >= _ALIKE, 1)):
        a, b = _root(leader, int(i)), _root(leader, int(j))
        leader[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = {}
    for i in range(len(at)):
        groups.setdefault(_root(leader, i), []).append(at[i])
    return list(groups.values())


def similarity(texts: list[str]) -> np.ndarray:
    """Cosines of all pairs by words and pieces."""
    vocabulary, idf = learn_vocabulary(texts)
    rows = np.zeros((len(texts), len(vocabulary)), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        columns, values = weights(text, vocabulary, idf)
        row[columns] = values
    return rows @ rows.T / 2


def _root(leader: list[int], i: int) -> int:
    while leader[i] != i:
        i = leader[i]
    return i


def _mixed(text: str) -> bytes:
    """An order that has nothing to do with the alphabet, and is the same everywhere."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
