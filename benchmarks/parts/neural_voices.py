"""Neural speakers for the spoken benchmark: a piper voice and Kokoro-82M, run offline by onnxruntime. Not part of the product.

Kokoro's voices here are Japanese speakers': they read English and Spanish from espeak-ng's IPA with an accent, as many callers
have one. Each voice was asked to read twelve ordinary sentences (phrases of the bundle, none of the benchmark's)
without noise, Whisper base listening at 16 kHz and as on the telephone at 8 kHz. Word errors in per cent:

    joe (piper)     en 0.0, 0.9     espeak-ng en-us for comparison: en 19.6, 26.2
    jm_kumo         en 4.7, 5.6     es 3.0, 4.0
    jf_tebukuro     en 6.5, 4.7     es 9.9, 4.0
    jf_gongitsune   en 4.7, 5.6     es 10.9, 3.0
    jf_nezumi       en 3.7, 6.5     es 13.9, 7.9 (left out)
    jf_alpha        en 7.5, 9.3     es 15.8, 10.9 (left out)

Left out is what has more than 12 % at 16 kHz: such a figure would be the voice's. No voice was chosen by the benchmark's result.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import subprocess
from pathlib import Path

import numpy as np

from ivr.speech.leveling import level, trim
from ivr.speech.piper_synthesizer import PiperSynthesizer
from ivr.speech.resample import to_8k
from ivr.testing.speakers import Speaker

KOKORO_HZ = 24000
_EDITION = 1
"""Raised when the same sentence would sound otherwise, so that what was kept of it is not used."""
KOKORO_VOICES = {"en": ("jm_kumo", "jf_tebukuro", "jf_gongitsune", "jf_nezumi", "jf_alpha"),
                 "es": ("jm_kumo", "jf_tebukuro", "jf_gongitsune")}
_ESPEAK = {"en": "en-us", "es": "es-419"}
_AFFRICATES = {"dʒ": "ʤ", "tʃ": "ʧ"}
_ENGLISH = {"eɪ": "A", "aɪ": "I", "oʊ": "O", "aʊ": "W", "ɔɪ": "Y", "ɜː": "ɜɹ", "ɚ": "əɹ", "ɐ": "ə", "ː": "", "r": "ɹ"}
"""Kokoro was taught one symbol where espeak-ng writes two, and English without marks of length."""
_LANGUAGE_MARK = re.compile(r"\([a-z-]+\)")
"""espeak-ng's note that it goes over to the rules of another language for a word."""


def neural_speakers(language: str, folder: Path) -> dict[str, Speaker]:
    """By name, the same order everywhere; none, and a printed note, where the voices are not installed in `folder`."""
    found: dict[str, Speaker] = {}
    if language == "en" and _there(folder / "joe", "piper"):
        piper = PiperSynthesizer({"en": folder / "joe/model.bin"})
        found["piper joe"] = lambda text: level(trim(piper.speak(text, "en")))
    if _there(folder / "kokoro", "onnxruntime"):
        kokoro = Kokoro(folder / "kokoro")
        found |= {f"kokoro {voice}": kokoro.speaker(voice, language) for voice in KOKORO_VOICES[language]}
    return {name: kept(speak, name, language, folder / "spoken") for name, speak in found.items()}


class Kokoro:
    """The loaded network. The same sentence gives the same sound."""

    def __init__(self, folder: Path):
        import onnxruntime

        self._network = onnxruntime.InferenceSession(str(folder / "model.bin"), providers=["CPUExecutionProvider"])
        self._styles = np.load(folder / "styles.npz")
        self._symbols: dict[str, int] = json.loads((folder / "symbols.json").read_text(encoding="utf-8"))["vocab"]

    def speaker(self, voice: str, language: str) -> Speaker:
        styles = self._styles[voice]

        def speak(text: str) -> np.ndarray:
            ids = symbol_ids(pronounced(text, language), language, self._symbols)
            ids = ids[:len(styles) - 1]
            sound = self._network.run(None, {"tokens": np.array([[0, *ids, 0]], np.int64), "style": styles[len(ids)].reshape(1, -1),
                                             "speed": np.ones(1, np.float32)})[0]
            return level(trim(to_8k(sound.ravel(), KOKORO_HZ)))

        return speak


def pronounced(text: str, language: str) -> str:
    """espeak-ng's IPA, one clause a line."""
    done = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", _ESPEAK[language], "--stdin"], input=text.encode(), capture_output=True,
                          check=True)
    return done.stdout.decode()


def symbol_ids(ipa: str, language: str, symbols: dict[str, int]) -> list[int]:
    """The network's input for what espeak-ng wrote; what it has no symbol for is left out. Pure."""
    clauses = [_LANGUAGE_MARK.sub("", line).strip() for line in ipa.splitlines()]
    text = ", ".join(c for c in clauses if c) + "."
    for written, taught in (_AFFRICATES | (_ENGLISH if language == "en" else {})).items():
        text = text.replace(written, taught)
    return [symbols[c] for c in text if c in symbols]


def kept(speak: Speaker, name: str, language: str, folder: Path) -> Speaker:
    """The speaker with a memory on disk: a neural voice takes about as long to speak as it speaks."""

    def remembered(text: str) -> np.ndarray:
        path = folder / f"{hashlib.sha256(f'{_EDITION}|{name}|{language}|{text}'.encode()).hexdigest()[:24]}.npy"
        if path.is_file():
            return np.load(path)
        sound = speak(text)
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, sound)
        return sound

    return remembered


def _there(folder: Path, package: str) -> bool:
    lacking = [what for what, there in ((f"the voice {folder.name}", (folder / "model.bin").is_file()),
                                        (f"the package {package}", importlib.util.find_spec(package) is not None)) if not there]
    if lacking:
        print(f"note: no neural speaker {folder.name}, {' and '.join(lacking)} missing (spoken.py --fetch-voices)")
    return not lacking
