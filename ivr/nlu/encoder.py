"""A frozen sentence encoder: text to a vector that says what it means, in either language. Optional.

The only one there is today is multilingual-e5-small with 4-bit weights, run by a small C engine. Machine code is loaded
only after its hash was compared with the catalogue's, and only on a processor that has the instructions it was compiled
for. No text comes here that `features`/`normalise` has not tidied: the engine's tokenizer reserves room for texts whose
compatibility characters are already expanded. Called by `nlu.train` and by intent models.
"""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from ivr.speech.model_catalogue import E5
from ivr.speech.model_files import sha256_of

NEEDED_INSTRUCTIONS = frozenset({"avx2", "fma"})
_CPUINFO = Path("/proc/cpuinfo")
_BATCH = 64
_WAITING = "OMP_WAIT_POLICY"
_THREADS = min(2, os.cpu_count() or 1)
_LIBRARIES = ("libgomp.so", "engine.so")
"""In the order in which they must be loaded: the second needs the first."""


class Encoder(Protocol):
    name: str
    """Changes whenever the same text could give another vector."""
    dimensions: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row of float32 of length one for each text."""


class E5Encoder:
    """multilingual-e5-small. Threads may share one; the same text gives the same bits, alone or in company."""

    name = "e5-small-q4-1"

    def __init__(self, folder: Path):
        """`folder` holds model.bin, engine.so and libgomp.so, as `ivr models fetch e5` puts them there."""
        with _waiting_asleep():
            self._gomp, self._engine = (ctypes.CDLL(str(folder / n), mode=ctypes.RTLD_GLOBAL) for n in _LIBRARIES)
        e = self._engine
        e.e5_load.restype, e.e5_load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        e.e5_dim.restype, e.e5_dim.argtypes = ctypes.c_int, [ctypes.c_void_p]
        e.e5_embed_batch.restype = ctypes.c_int
        e.e5_embed_batch.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int,
                                     ctypes.POINTER(ctypes.c_float)]
        self._model = e.e5_load(str(folder / "model.bin").encode())
        if not self._model:
            raise OSError("the sentence encoder's weights cannot be read")
        self.dimensions = int(e.e5_dim(self._model))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        # Two threads halve the time of one sentence; the setting is one of the calling thread, so it is made in every call.
        self._gomp.omp_set_num_threads(_THREADS)
        parts = [self._encode(texts[i:i + _BATCH]) for i in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        out = np.empty((len(texts), self.dimensions), dtype=np.float32)
        chars = (ctypes.c_char_p * len(texts))(*(t.encode("utf-8", "replace") for t in texts))
        failed = self._engine.e5_embed_batch(self._model, chars, len(texts), 1, out.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))
        if failed:
            raise OSError("the sentence encoder has no memory left")
        return out


@contextmanager
def _waiting_asleep() -> Iterator[None]:
    """OpenMP reads once, when it is loaded, how its threads wait for each other. Asleep: those that wait by spinning take the
    processor from the one they wait for, and a sentence then takes a second and more on a busy machine."""
    before = os.environ.get(_WAITING)
    os.environ.setdefault(_WAITING, "passive")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_WAITING, None)


@functools.cache
def encoder_in(models_dir: Path) -> Encoder | None:
    """The installed encoder, or None when there is none that this machine can use; `why_not` says why."""
    return None if why_not(models_dir) else E5Encoder(models_dir / E5.name)


def why_not(models_dir: Path) -> str:
    """Why intents do without the encoder, in one sentence; empty when they do not."""
    folder = models_dir / E5.name
    if not all((folder / f.name).is_file() for f in E5.files):
        return "the sentence encoder is not installed: ivr models fetch e5"
    missing = NEEDED_INSTRUCTIONS - _instructions()
    if missing:
        return f"this processor has no {' and no '.join(sorted(missing))}, which the sentence encoder needs"
    for file in E5.files:
        path = folder / file.name
        if path.stat().st_size != file.size or (path.suffix == ".so" and sha256_of(path) != file.sha256):
            return f"{E5.name}/{file.name} is not the file that was installed: remove the folder, then ivr models fetch e5"
    return ""


def _instructions() -> frozenset[str]:
    """Names of the processor's instruction sets; none where they cannot be read."""
    try:
        lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())
