"""Which synthesizer speaks a language: piper where a voice is installed, espeak otherwise and whenever piper fails."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from ivr.errors import Unavailable
from ivr.speech import piper_synthesizer
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.synthesizer import Synthesizer

_log = logging.getLogger(__name__)


class BestVoice:
    """Delegates by language. Closing it closes both."""

    name = "best"

    def __init__(self, better: dict[str, Synthesizer], fallback: Synthesizer):
        self._better = dict(better)
        self._fallback = fallback

    def voice(self, language: str) -> str:
        return self._better.get(language, self._fallback).voice(language)

    def speak(self, text: str, language: str) -> np.ndarray:
        better = self._better.get(language)
        if better is not None:
            try:
                return better.speak(text, language)
            except Unavailable as error:
                _log.warning("the %s voice failed (%s): espeak speaks instead", better.name, error.code)
        return self._fallback.speak(text, language)

    def close(self) -> None:
        for synthesizer in {id(s): s for s in (*self._better.values(), self._fallback)}.values():
            synthesizer.close()


def choose_synthesizer(models_dir: Path) -> Synthesizer:
    """The best voice for each language on this machine."""
    found = piper_synthesizer.installed(Path(models_dir))
    if not found:
        return EspeakSynthesizer()
    piper = piper_synthesizer.PiperSynthesizer(found)
    return BestVoice(dict.fromkeys(found, piper), EspeakSynthesizer())
