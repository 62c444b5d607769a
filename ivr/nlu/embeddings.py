"""Vectors of training phrases, kept on disk by encoder and text, so that an edit embeds only what is new.

Encoding takes some ten milliseconds a phrase, which is nearly all of the time of training. Kept as .npz: a cache is data
and never code. A damaged one is made anew; two processes that write at once lose nothing but the other's new rows.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ivr.nlu.encoder import Encoder

_MOST = 30_000
"""Rows kept, 1.6 kB each; the newest win."""


class Embeddings:
    """An encoder with a memory. `folder` None: for this process only."""

    def __init__(self, encoder: Encoder, folder: Path | None = None):
        self.encoder = encoder
        self.dimensions = encoder.dimensions
        self.name = encoder.name
        self._file = folder / f"embeddings-{encoder.name}.npz" if folder else None
        self._known: dict[bytes, np.ndarray] | None = None

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        known = self._known if self._known is not None else self._load()
        self._known = known
        keys = [hashlib.sha256(t.encode("utf-8", "replace")).digest()[:16] for t in texts]
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
        if new:
            known.update(zip(new, self.encoder.encode(list(new.values())), strict=True))
            self._save()
        return np.stack([known[k] for k in keys]) if keys else np.empty((0, self.dimensions), dtype=np.float32)

    def _load(self) -> dict[bytes, np.ndarray]:
        if self._file is None:
            return {}
        try:
            with np.load(self._file, allow_pickle=False) as kept:
                keys, vectors = kept["keys"], kept["vectors"]
            if keys.shape != (len(vectors), 16) or vectors.shape[1:] != (self.dimensions,) or not np.isfinite(vectors).all():
                return {}
            return {k.tobytes(): v for k, v in zip(keys.astype(np.uint8), vectors.astype(np.float32), strict=True)}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}

    def _save(self) -> None:
        if self._file is None or self._known is None:
            return
        rows = list(self._known.items())[-_MOST:]
        part = self._file.with_suffix(f".{os.getpid()}.npz")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(part, keys=np.frombuffer(b"".join(k for k, _ in rows), dtype=np.uint8).reshape(-1, 16),
                     vectors=np.stack([v for _, v in rows]))
            part.replace(self._file)
        except OSError:
            part.unlink(missing_ok=True)  # a cache that cannot be written costs time, and nothing else
