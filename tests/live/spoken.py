"""Recordings for tests that speak: made on the spot by the voice every machine has, so that no sound file is kept."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from ivr.speech import engines
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.resample import resample
from ivr.speech.wav import write_pcm16

ROOT = Path(__file__).parent.parent.parent


@lru_cache(maxsize=32)
def spoken(text: str, language: str, before_s: float = 0.3, after_s: float = 0.3, hertz: int = 16000) -> bytes:
    """A WAV file of `text` between two silences."""
    voice = EspeakSynthesizer()
    try:
        samples = voice.speak(text, language)
    finally:
        voice.close()
    quiet = [np.zeros(int(8000 * s), dtype=np.float32) for s in (before_s, after_s)]
    return write_pcm16(resample(np.concatenate([quiet[0], samples, quiet[1]]), 8000, hertz), hertz)


def missing_recognizer(models_dir: str | None) -> str:
    """Why nothing can be recognised here; '' where it can."""
    folder = Path(models_dir) if models_dir else ROOT / "var/models"
    return "no speech model is installed: ivr models fetch" if engines.decide("auto", folder).name == "twilio" else ""
