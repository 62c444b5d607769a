"""Piper's neural voices, where one is installed. Optional: the package is imported at first use only.

A voice is the file `<models dir>/piper-<language>.onnx` with its `.onnx.json` beside it.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import Unavailable
from ivr.speech.resample import to_8k


def installed(models_dir: Path) -> dict[str, Path]:
    """Voice files by language; empty without the piper package."""
    if importlib.util.find_spec("piper") is None:
        return {}
    voices = sorted(Path(models_dir).glob("piper-??.onnx"))
    return {p.stem[6:]: p for p in voices if p.with_suffix(".onnx.json").is_file()}


class PiperSynthesizer:
    """Safe to use from several threads; one prompt is spoken at a time."""

    name = "piper"

    def __init__(self, voices: dict[str, Path]):
        self._paths = dict(voices)
        self._voices: dict[str, Any] = {}
        self._lock = threading.Lock()

    def languages(self) -> tuple[str, ...]:
        return tuple(self._paths)

    def voice(self, language: str) -> str:
        path = self._path(language)
        return f"piper:{path.name}:{path.stat().st_size}"

    def speak(self, text: str, language: str) -> np.ndarray:
        with self._lock:
            try:
                chunks = list(self._loaded(language).synthesize(text))
            except Exception as error:  # whatever a native engine throws must not end the call
                raise Unavailable("the piper voice failed", retryable=False, code="synthesis") from error
        if not chunks:
            raise Unavailable("the piper voice gave no sound", code="synthesis")
        samples = np.concatenate([np.asarray(c.audio_float_array, dtype=np.float32) for c in chunks])
        return to_8k(samples, chunks[0].sample_rate)

    def close(self) -> None:
        self._voices.clear()

    def _path(self, language: str) -> Path:
        if language not in self._paths:
            raise Unavailable(f"no piper voice for language {language!r}", retryable=False, code="voice")
        return self._paths[language]

    def _loaded(self, language: str) -> Any:
        if language not in self._voices:
            from piper import PiperVoice

            self._voices[language] = PiperVoice.load(str(self._path(language)))
        return self._voices[language]
