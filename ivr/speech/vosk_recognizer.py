"""Vosk (Kaldi): streaming recognition at 8 kHz, with a grammar where the dialogue expects one of few phrases.

Recognises while the caller speaks, so the text is there 20-50 ms after the end of speech. A closed form (`yes_no`,
`digits`) gets a grammar made of its own words and the state's hints; open speech gets none, because
hints there are likely words and not all possible words (`grammar_for_text=True` changes that).

A model is loaded at its first use and kept: a small one takes 0.3 s and 100 MB. Decoding releases the GIL.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.spoken_digits import read_digits
from ivr.speech.vosk_grammar import grammar

RATE_HZ = 8000


def installed(models_dir: Path) -> dict[str, Path]:
    """Model folders by language: `vosk-en`, `vosk-es` and any other `vosk-<language>` that holds a model."""
    found = sorted(Path(models_dir).glob("vosk-??"))
    return {p.name[5:]: p for p in found if (p / "conf").is_dir() and (p / "am").is_dir()}


class VoskRecognizer:
    """Safe to use from several threads; each utterance has a decoder of its own."""

    name = "vosk"
    local = True

    def __init__(self, models: Mapping[str, Path], *, grammar_for_text: bool = False):
        """`models` maps a language to its model folder, as `installed()` gives them."""
        self._paths = dict(models)
        self._models: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._grammar_for_text = grammar_for_text

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(self._paths))

    def open(self, expectation: Expectation) -> VoskUtterance:
        model = self._model(expectation.language)
        phrases = grammar(expectation, lambda word: model.vosk_model_find_word(word) >= 0,
                          for_text=self._grammar_for_text)
        return VoskUtterance(_decoder(model, phrases), expectation)

    def close(self) -> None:
        with self._lock:
            self._models.clear()

    def _model(self, language: str) -> Any:
        if language not in self._paths:
            raise ConfigProblem(f"no Vosk model for language {language!r} is installed",
                                hint=f"run: ivr models fetch {language}", code="model_missing")
        with self._lock:
            if language not in self._models:
                self._models[language] = _load(self._paths[language])
            return self._models[language]


class VoskUtterance:
    """One utterance being recognised. Kaldi may close a segment by itself: its segments are joined."""

    def __init__(self, decoder: Any, expectation: Expectation):
        self._decoder = decoder
        self._expectation = expectation
        self._start_over()

    def _start_over(self) -> None:
        self._segments: list[dict] = []
        self._samples = 0
        self._cpu_s = 0.0

    def accept(self, samples: np.ndarray) -> None:
        pcm = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2").tobytes()
        begun = time.thread_time()
        if self._decoder.AcceptWaveform(pcm):
            self._segments.append(json.loads(self._decoder.Result()))
        self._cpu_s += time.thread_time() - begun
        self._samples += samples.size

    def partial(self) -> str:
        # Right after the end of a segment the answer has no "partial" at all.
        now = json.loads(self._decoder.PartialResult()).get("partial", "")
        return _words([*(s.get("text", "") for s in self._segments), now])

    def final(self) -> Transcript:
        begun = time.thread_time()
        self._segments.append(json.loads(self._decoder.FinalResult()))
        cpu_ms = 1000 * (self._cpu_s + time.thread_time() - begun)
        text = _words([s.get("text", "") for s in self._segments])
        if self._expectation.form == "digits":
            text = read_digits(text, self._expectation.language).digits
        scores = [w["conf"] for s in self._segments for w in s.get("result", ()) if w.get("word") != "[unk]"]
        confidence = sum(scores) / len(scores) if scores and text else 0.0
        return Transcript(text, round(min(1.0, max(0.0, confidence)), 4), "vosk", self._samples * 1000 // RATE_HZ,
                          round(cpu_ms, 1), "" if text else "empty")

    def reset(self) -> None:
        """Forget everything heard and begin again with the same grammar."""
        self._decoder.Reset()
        self._start_over()


def _words(parts: list[str]) -> str:
    return " ".join(" ".join(parts).replace("[unk]", " ").split())


def _decoder(model: Any, phrases: list[str]) -> Any:
    from vosk import KaldiRecognizer

    decoder = KaldiRecognizer(model, RATE_HZ, json.dumps(phrases)) if phrases else KaldiRecognizer(model, RATE_HZ)
    decoder.SetWords(True)
    return decoder


def _load(folder: Path) -> Any:
    from vosk import Model, SetLogLevel

    SetLogLevel(-1)
    try:
        return Model(str(folder))
    except Exception as error:  # the binding raises bare Exception for any trouble with the folder
        raise Unavailable(f"the Vosk model in {folder.name} does not load", retryable=False,
                          hint="run: ivr models verify", code="model_broken") from error
