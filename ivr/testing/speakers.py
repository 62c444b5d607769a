"""Many synthetic speakers from one program: the variants of espeak-ng, and piper where a voice is installed.

Speakers of sentences and speakers of babble are different ones.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ivr.speech import piper_synthesizer
from ivr.speech.leveling import level, trim
from ivr.speech.resample import to_8k
from ivr.speech.wav import read_wav

Speaker = Callable[[str], np.ndarray]
"""A sentence -> float32 at 8 kHz."""
_SPEAKERS = {"en": (("en-us", 150), ("en-us+m3", 165), ("en-us+f2", 160), ("en-gb+f4", 155), ("en-us+m7", 170), ("en-gb", 145)),
             "es": (("es-419", 150), ("es-419+m3", 160), ("es-419+f2", 155), ("es+f4", 150), ("es-419+m7", 165), ("es", 145))}
_BABBLERS = {"en": ("en-us+m1", "en-us+f1", "en-gb+m2", "en-us+m4", "en-us+f3", "en-gb+f5", "en-us+m5", "en-us+m6"),
             "es": ("es-419+m1", "es-419+f1", "es+m2", "es-419+m4", "es-419+f3", "es+f5", "es-419+m5", "es-419+m6")}
_READING = {
    "en": "The market opens at seven and the first buses arrive a little later. We took the long road along the river because "
          "the bridge was closed. My sister plays the violin on Sundays, and the neighbours have stopped complaining. Put the "
          "cups on the upper shelf and leave the door open. It rained all week, so the garden looks better than ever.",
    "es": "El mercado abre a las siete y los primeros autobuses llegan un poco más tarde. Fuimos por el camino largo junto al río "
          "porque el puente estaba cerrado. Mi hermana toca el violín los domingos y los vecinos ya no se quejan. Pon las tazas "
          "en la repisa de arriba y deja la puerta abierta. Llovió toda la semana y el jardín está mejor que nunca.",
}


def speakers(language: str, models_dir: Path) -> dict[str, Speaker]:
    """By name; the same order everywhere."""
    found: dict[str, Speaker] = {f"espeak {voice}": _espeak(voice, rate) for voice, rate in _SPEAKERS[language]}
    installed = piper_synthesizer.installed(models_dir)
    if language in installed:
        piper = piper_synthesizer.PiperSynthesizer(installed)
        found["piper"] = lambda text: level(trim(piper.speak(text, language)))
    return found


def babblers(language: str) -> list[np.ndarray]:
    """Each voice reading the same text without pauses; `babble` lets them begin at different places."""
    return [_espeak(voice, 140 + 6 * n)(_READING[language]) for n, voice in enumerate(_BABBLERS[language])]


def _espeak(voice: str, rate: int) -> Speaker:
    def speak(text: str) -> np.ndarray:
        done = subprocess.run(["espeak-ng", "-v", voice, "-s", str(rate), "--stdin", "--stdout"], input=text.encode(),
                              capture_output=True, check=True)
        sound = read_wav(done.stdout)
        return level(trim(to_8k(sound.samples, sound.rate_hz)))

    return speak
