"""The half of an intent model that looks at words and at pieces of words: TF-IDF and linear weights.

It needs no download, and what it says can be traced to phrases; alone it is the whole model where no encoder runs.
Called by `nlu.model`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivr.nlu.features import weights


@dataclass(frozen=True, slots=True)
class Words:
    vocabulary: dict[str, int]
    """term -> row of `coefficients`"""
    idf: np.ndarray
    coefficients: np.ndarray
    """terms x labels, float32"""
    intercepts: np.ndarray

    def logits(self, text: str) -> np.ndarray:
        columns, values = weights(text, self.vocabulary, self.idf)
        return values.astype(np.float32) @ self.coefficients[columns] + self.intercepts
