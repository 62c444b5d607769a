"""Whisper on telephone speech, English and Spanish: what each dialogue state expects decides how it is decoded.

    text            beam 5, the state's phrases as a prompt        yes_no      beam 1, "yes" and "no" as a prompt
    digits          free, then digits only; see `_digits`          receipt     five readings, or letters then digits
    phone, a_number five readings, no prompt                       others      beam 1

Prompts and masks are per state and never global: the same prompt that lifts menu words spoils spelled numbers.
Called through the pool or the recogniser's own process, never on the event loop.
"""

from __future__ import annotations

import math
import os
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import ConfigProblem
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.spoken_digits import read_digits
from ivr.speech.whisper_guards import Decoded, rejection, without_sound_notes
from ivr.speech.whisper_model import ANY, Plan, WhisperModel
from ivr.speech.whisper_receipt import BEAM, ReceiptReader

FOLDERS = {"base": "whisper-base", "small": "whisper-small"}
FOLDER = FOLDERS["base"]
LANGUAGES = ("en", "es")

_TELLING_SAMPLES = 2 * 8000
"""Below two seconds the language of an utterance is a guess, with a bias to English (57 % right in Spanish)."""
_PLAIN_LANGUAGE = 0.9
"""A language is changed under a caller only when it is plain. Of 137 Spanish clips 74 % are above this and of 163 English ones
none is above 0.5 (the recognition benchmark counts them); who is not recognised asks, or presses a key."""
_MIN_SAMPLES = 800            # 0.1 s at 8 kHz: nothing shorter is a word
_HINT_CHARS = 400             # about 100 tokens: the decoder's memory is short, and each token costs time
_DIGITS_PER_S = 4             # no caller speaks faster; a longer text is a loop
_SURE = -0.75                 # a free reading with at least this score is taken at its word
_HOPELESS = -2.5              # below this, forced digits are noise
_SEVERAL_DIGITS_S = 2.5       # from here on a number is several digits, which a wide beam reads better; one digit it reads worse
# In a short window the decoder now and then says a whole sentence twice. Forbidding it halves the word error rate of
# sentences (8.9 to 3.9 %); numbers are left alone, as callers do say the same group of digits twice.
_NO_REPEAT = 5
_SENTENCE_FORMS = frozenset({"text", "yes_no"})
_UNPROMPTED_FORMS = frozenset({"digits", "receipt", "phone", "a_number", "zip"})
_SEVERAL_READINGS = frozenset({"phone", "a_number", "zip"})
_YES_NO = {"en": ("Yes.", "No."), "es": ("Sí.", "No.")}


class WhisperRecognizer:
    """A loaded model; safe to use from several threads."""

    name = "whisper"
    local = True

    def __init__(self, models_dir: Path, *, workers: int | None = None, size: str = "base"):
        """`size`: base | small."""
        self.model = WhisperModel(Path(models_dir) / FOLDERS[size], workers or os.cpu_count() or 1)
        self._receipts = ReceiptReader(self.model)

    def languages(self) -> tuple[str, ...]:
        return LANGUAGES

    def open(self, expectation: Expectation) -> WhisperUtterance:
        if expectation.language not in LANGUAGES:
            raise ConfigProblem(f"language {expectation.language!r} is not recognised, expected en or es",
                                code="speech_language")
        return WhisperUtterance(self, expectation)

    def close(self) -> None:
        self.model.close()

    def decode(self, samples: np.ndarray, expectation: Expectation) -> Transcript:
        """What was said in a whole utterance (float32, 8 kHz). CPU work of 0.15-0.6 s."""
        if samples.size < _MIN_SAMPLES:
            return Transcript("", 0.0, self.name, rejected="empty")
        cpu, wall = time.process_time(), time.monotonic()
        encoded = self.model.encode(samples)
        expectation = self._in_language_heard(encoded, samples, expectation)
        seconds = samples.size / 8000
        plan = self.plan(expectation, seconds)
        if expectation.form == "digits":
            decoded = [self._digits(encoded, plan, seconds, expectation.language)]
        else:
            readings = (self._receipts.read(encoded, plan, expectation.language) if expectation.form == "receipt"
                        else self.model.read(encoded, plan))
            decoded = [Decoded(without_sound_notes(r.text), r.score, r.no_speech, seconds, expectation.language)
                       for r in readings]
        # One thread works while we wait, so this request's CPU time is at most its wall time.
        cpu_ms = 1000 * min(time.process_time() - cpu, time.monotonic() - wall)
        return self._transcript(decoded, samples.size // 8, cpu_ms)

    def _in_language_heard(self, encoded: Any, samples: np.ndarray, expectation: Expectation) -> Expectation:
        """The expectation in another of the caller's likely languages, where that one is plainly heard."""
        if not expectation.also or samples.size < _TELLING_SAMPLES:
            return expectation
        language, probability = self.model.language_of(encoded)
        if language in expectation.also and probability > _PLAIN_LANGUAGE:
            return replace(expectation, language=language, hints=(), also=())
        return expectation

    def detect_language(self, samples: np.ndarray) -> tuple[str, float]:
        """`en` or `es` and the probability among the two. Trust it for >= 2 s of speech and above 0.9 only."""
        return self.model.language_of(self.model.encode(samples))

    def plan(self, expectation: Expectation, seconds: float) -> Plan:
        form = expectation.form
        wide = form == "text" or form in _SEVERAL_READINGS or (form == "digits" and seconds >= _SEVERAL_DIGITS_S)
        per_s = 2 * _DIGITS_PER_S if form == "digits" else 10  # a digit and its comma: two tokens
        return Plan(self.model.start(expectation.language, _hint(expectation)), BEAM if wide else 1, 8 + int(per_s * seconds),
                    _NO_REPEAT if form in _SENTENCE_FORMS else 0, ANY, BEAM if form in _SEVERAL_READINGS else 1)

    def _digits(self, encoded: Any, plan: Plan, seconds: float, language: str) -> Decoded:
        """Digits by two readings of the same sound: a free one, and when that is not plain, one in digits only.

        The mask alone makes a number out of any sentence; the free reading tells the sentence apart, and where it
        gives digits it errs less.
        """
        free = self.model.read(encoded, plan)[0]
        said = read_digits(free.text, language)
        plain = bool(said.digits) and said.others == 0
        if free.score > _SURE and said.words > max(1, said.taken):
            return Decoded("", free.score, free.no_speech, seconds, language, digits_only=True)
        if plain and free.score > _SURE:
            return Decoded(said.digits, free.score, free.no_speech, seconds, language, digits_only=True)
        forced = self.model.read(encoded, replace(plan, mask=self.model.digit_mask))[0]
        digits, score = re.sub(r"[^0-9]", "", forced.text), forced.score
        if said.digits == digits:
            score = max(score, free.score)
        elif plain or (said.digits and said.others < said.taken):
            digits, score = said.digits, free.score
        if score < _HOPELESS:
            digits = ""
        return Decoded(digits, score, free.no_speech, seconds, language, digits_only=True)

    def _transcript(self, decoded: list[Decoded], speech_ms: int, cpu_ms: float) -> Transcript:
        """The first text that is believed, and the others behind it."""
        verdicts = [(d, rejection(d)) for d in decoded]
        believed = [d for d, why in verdicts if not why]
        if not believed:
            return Transcript("", 0.0, self.name, speech_ms, round(cpu_ms, 1), decoded[0].language, verdicts[0][1])
        best = believed[0]
        return Transcript(best.text, round(min(1.0, math.exp(best.log_probability)), 4), self.name, speech_ms,
                          round(cpu_ms, 1), best.language, alternatives=tuple(d.text for d in believed[1:]))


class WhisperUtterance:
    """Collects one utterance. Whisper does not stream, so there is no partial text."""

    def __init__(self, recognizer: WhisperRecognizer, expectation: Expectation):
        self._recognizer = recognizer
        self._expectation = expectation
        self._parts: list[np.ndarray] = []

    def accept(self, samples: np.ndarray) -> None:
        self._parts.append(np.asarray(samples, dtype=np.float32))

    def partial(self) -> str:
        return ""

    def final(self) -> Transcript:
        samples = np.concatenate(self._parts) if self._parts else np.zeros(0, dtype=np.float32)
        return self._recognizer.decode(samples, self._expectation)


def installed(models_dir: Path) -> bool:
    """A model is there. Its hash was checked when it was installed; `ivr models verify` checks it again."""
    return bool(sizes(models_dir))


def sizes(models_dir: Path) -> list[str]:
    """The sizes of which a model is installed, the usual one first."""
    return [size for size, folder in FOLDERS.items() if (Path(models_dir) / folder / "model.bin").is_file()]


def _hint(expectation: Expectation) -> str:
    if expectation.form in _UNPROMPTED_FORMS:
        return ""
    phrases = list(expectation.hints)
    if expectation.form == "yes_no":
        phrases = [*_YES_NO[expectation.language], *phrases]
    if phrases and all(p.rstrip().endswith(".") for p in phrases):
        return " ".join(p.strip() for p in phrases)[:_HINT_CHARS]  # sentences stay sentences
    hint = ", ".join(p.strip().rstrip(",") for p in phrases if p.strip())
    return hint[:_HINT_CHARS].rpartition(",")[0] if len(hint) > _HINT_CHARS else hint
