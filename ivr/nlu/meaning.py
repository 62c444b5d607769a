"""The half of an intent model that looks at what a sentence means: vectors of a frozen encoder and linear weights.

An encoder's vectors all point much the same way; what tells sentences apart is how they differ from their mean.
Called by `nlu.model` and in training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Meaning:
    mean: np.ndarray
    """Of the training phrases' vectors."""
    coefficients: np.ndarray
    """dimensions x labels, float32"""
    intercepts: np.ndarray

    def logits(self, vectors: np.ndarray) -> np.ndarray:
        """One row of logits for each vector."""
        return centred(vectors, self.mean) @ self.coefficients + self.intercepts


def centred(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Vectors seen from their mean, of length one."""
    moved = vectors - mean
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
