"""Text to TF-IDF weights of words and character pieces, without the training library. Pure.

Words and word pairs carry the meaning, pieces of two to five characters forgive what a recogniser or a typist mangles.
Both halves are scaled to length one, so that neither drowns the other. Called by `nlu.tfidf` in training and in calls:
the same code, so that they cannot differ.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ivr.nlu.normalise import normalise

PIECES = range(2, 6)


def word_terms(text: str) -> Iterator[str]:
    words = text.split()
    yield from words
    yield from (f"{a} {b}" for a, b in itertools.pairwise(words))


def piece_terms(text: str) -> Iterator[str]:
    """Pieces within each word, its borders marked by blanks."""
    for word in text.split():
        padded = f" {word} "
        for size in PIECES:
            if len(padded) <= size:
                yield padded
                break
            yield from (padded[i:i + size] for i in range(len(padded) - size + 1))


def terms(text: str) -> tuple[Counter[str], Counter[str]]:
    """Counted words and pieces of a raw text; a prefix keeps the two apart in one vocabulary."""
    plain = normalise(text)
    return Counter(f"w:{t}" for t in word_terms(plain)), Counter(f"c:{t}" for t in piece_terms(plain))


def weights(text: str, vocabulary: Mapping[str, int], idf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column numbers and values of one text's row."""
    columns: list[int] = []
    halves: list[np.ndarray] = []
    for counted in terms(text):
        known = {vocabulary[t]: n for t, n in counted.items() if t in vocabulary}
        if known:
            at = list(known)
            value = idf[at]
            if len(known) != sum(known.values()):  # most terms of a short sentence stand in it once, and 1 + log 1 is 1
                value = value * (1 + np.log(np.fromiter(known.values(), dtype=np.float64, count=len(known))))
            columns += at
            halves.append(value / math.sqrt(value @ value))
    return np.array(columns, dtype=np.int64), np.concatenate(halves) if halves else np.zeros(0)


def learn_vocabulary(texts: Sequence[str], least: int = 1) -> tuple[dict[str, int], np.ndarray]:
    """Every term that `least` of the texts have, in sorted order, and its smoothed inverse document frequency."""
    seen: Counter[str] = Counter()
    for text in texts:
        words, pieces = terms(text)
        seen.update([*words, *pieces])
    names = sorted(term for term, n in seen.items() if n >= least)
    documents = np.array([seen[n] for n in names], dtype=np.float64)
    return {n: i for i, n in enumerate(names)}, np.log((1 + len(texts)) / (1 + documents)) + 1
