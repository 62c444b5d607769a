"""Figures that say how well intents are told apart. Pure numpy; called by `nlu.bench` and `nlu.evaluate`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def auroc(inside: np.ndarray, outside: np.ndarray) -> float | None:
    """Chance that a random in-scope score is above a random one that is out of scope; None where either is missing."""
    if not len(inside) or not len(outside):
        return None
    from scipy.stats import rankdata

    n, m = len(inside), len(outside)
    ranks = rankdata(np.concatenate([inside, outside]))[:n]
    return float((ranks.sum() - n * (n + 1) / 2) / (n * m))


def recall_at(inside: np.ndarray, outside: np.ndarray, kept: float = 0.95) -> float | None:
    """Share of what is out of scope below the score that keeps `kept` of what is in scope."""
    if not len(inside) or not len(outside):
        return None
    return float((outside < np.quantile(inside, 1 - kept)).mean())


def calibration_error(chances: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Expected gap between the probability that is stated and the share that is right, over bins of equal width."""
    if not len(chances):
        return 0.0
    place = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(chances[place == b].mean() - right[place == b].mean()) * (place == b).sum() for b in np.unique(place)]
    return float(sum(gaps) / len(chances))


def f1_by_label(truth: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> dict[str, tuple[float, float, float, int]]:
    """label -> precision, recall, F1, phrases."""
    t, s = np.asarray(truth, dtype=object), np.asarray(said, dtype=object)
    out = {}
    for label in labels:
        hit, wanted, named = int(((t == label) & (s == label)).sum()), int((t == label).sum()), int((s == label).sum())
        precision, recall = hit / named if named else 0.0, hit / wanted if wanted else 0.0
        out[label] = (precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0, wanted)
    return out


def quantiles_ms(times_ms: Sequence[float]) -> tuple[float, float]:
    """The middle one, and the one that one in a hundred exceeds."""
    if not len(times_ms):
        return 0.0, 0.0
    p50, p99 = np.quantile(np.asarray(times_ms), [0.5, 0.99])
    return float(p50), float(p99)
