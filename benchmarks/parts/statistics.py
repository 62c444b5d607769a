"""Figures out of samples. Pure; tested without a clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median


def percentile(samples: Iterable[float], share: float) -> float:
    """The smallest sample that at least `share` (0-1) of all samples do not exceed: never an invented value."""
    ordered = sorted(samples)
    if not ordered:
        raise ValueError("no samples")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median over the rounds of ours/theirs. Both halves of a round met the same machine, so each ratio stands by itself."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def highest_good_step(lateness_ms: Mapping[int, float], limit_ms: float) -> int:
    """The most streams at which the limit still held; steps behind the first bad one do not count. 0 when none is good."""
    best = 0
    for streams in sorted(lateness_ms):
        if lateness_ms[streams] > limit_ms:
            break
        best = streams
    return best


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares: what one more x adds to y."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
