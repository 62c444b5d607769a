"""The encoder where it is installed, and a stand-in that is quick and the same everywhere."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ivr.nlu.encoder import Encoder, encoder_in, why_not

ROOT = Path(__file__).parents[2]


class Stand:
    """Words hashed to directions: sentences that share words are near each other. Counts what it is asked."""

    name = "stand-in"
    dimensions = 48

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 1
            for word in text.split():
                row[1 + hashlib.sha256(word.encode()).digest()[0] % (self.dimensions - 1)] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def stand() -> Stand:
    return Stand()


@pytest.fixture(scope="session")
def e5() -> Encoder:
    folder = Path(os.environ.get("IVR_MODELS_DIR") or ROOT / "var" / "models")
    found = encoder_in(folder)
    if found is None:
        pytest.skip(why_not(folder))
    return found
