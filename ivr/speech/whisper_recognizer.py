"""Whisper base (faster-whisper / CTranslate2, int8) on telephone speech, English and Spanish.

Three departures from the stock call, each measured: the window is as long as the audio but at least 10 s (30 s costs
five times the CPU; below 8 s the model loops), a state that expects digits may only write digits, and a state's phrases
are given as a prompt. Spelled receipt numbers get no prompt: one spoils them.

The model is loaded once and shared; decoding releases the GIL. One thread a request, as many requests at a time as
`workers`. Called through the pool, never on the event loop.
"""

from __future__ import annotations

import math
import os
import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.resample import to_16k
from ivr.speech.spoken_digits import read_digits
from ivr.speech.whisper_guards import Decoded, rejection, without_sound_notes

FOLDER = "whisper-base"
LANGUAGES = ("en", "es")

_HOP = 160                    # samples of 16 kHz audio in a mel frame: 10 ms
_MIN_FRAMES, _MAX_FRAMES = 1000, 3000
_MARGIN_FRAMES = 100          # a second of silence after the speech: without it last words are lost
_TELLING_SAMPLES = 2 * 8000
"""Below two seconds the language of an utterance is a guess, with a bias to English (57 % right in Spanish). The bias makes a
modest probability enough above it: English was not once taken for Spanish in 110 clips."""
_PLAIN_LANGUAGE = 0.75
_MIN_SAMPLES = 800            # 0.1 s at 8 kHz: nothing shorter is a word
_HINT_CHARS = 400             # about 100 tokens: the decoder's memory is short, and each token costs time
_DIGITS_PER_S = 4             # no caller speaks faster; a longer text is a loop
_DIGIT_TOKEN = re.compile(r"\s?[0-9]+\s?|[ ,.\-]|\s")
_SURE = -0.75                 # a free reading with at least this score is taken at its word
_HOPELESS = -2.5              # below this, forced digits are noise
# In a short window the decoder now and then says a whole sentence twice. Forbidding it halves the word error rate of
# sentences (8.9 to 3.9 %); numbers are left alone, as callers do say the same group of digits twice.
_NO_REPEAT = 5
_SENTENCE_FORMS = frozenset({"text", "yes_no"})
_DIGIT_FORMS = frozenset({"digits"})
_UNPROMPTED_FORMS = frozenset({"digits", "receipt", "phone", "a_number"})
_YES_NO = {"en": ("Yes.", "No."), "es": ("Sí.", "No.")}


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one utterance is decoded."""

    prompt: list[int]
    beam: int
    max_tokens: int
    no_repeat: int
    """No run of this many tokens twice; 0 allows it."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pass of the decoder."""

    text: str
    score: float
    """Mean log-probability of the tokens."""
    no_speech: float


class WhisperRecognizer:
    """A loaded model; safe to use from several threads."""

    name = "whisper"
    local = True

    def __init__(self, models_dir: Path, *, workers: int | None = None):
        self._model = _load(Path(models_dir) / FOLDER, workers or os.cpu_count() or 1)
        self._tokenizer = self._model.hf_tokenizer
        self._digit_mask = _digit_mask(self._tokenizer)
        self._end = self._token("<|endoftext|>")

    def languages(self) -> tuple[str, ...]:
        return LANGUAGES

    def open(self, expectation: Expectation) -> WhisperUtterance:
        if expectation.language not in LANGUAGES:
            raise ConfigProblem(f"language {expectation.language!r} is not recognised, expected en or es",
                                code="speech_language")
        return WhisperUtterance(self, expectation)

    def close(self) -> None:
        self._model.model.unload_model()

    def decode(self, samples: np.ndarray, expectation: Expectation) -> Transcript:
        """What was said in a whole utterance (float32, 8 kHz). CPU work of 0.15-0.3 s."""
        if samples.size < _MIN_SAMPLES:
            return Transcript("", 0.0, self.name, rejected="empty")
        cpu, wall = time.process_time(), time.monotonic()
        encoded = self._encode(samples)
        expectation = self._in_language_heard(encoded, samples, expectation)
        plan = self._plan(expectation, samples.size / 8000)
        reading = self._read(encoded, plan, None)
        if expectation.form in _DIGIT_FORMS:
            decoded = self._digits(encoded, plan, reading, samples, expectation.language)
        else:
            decoded = Decoded(without_sound_notes(reading.text), reading.score, reading.no_speech,
                              samples.size / 8000, expectation.language)
        # One thread works while we wait, so this request's CPU time is at most its wall time.
        cpu_ms = 1000 * min(time.process_time() - cpu, time.monotonic() - wall)
        return self._transcript(decoded, samples.size // 8, cpu_ms)

    def _in_language_heard(self, encoded: Any, samples: np.ndarray, expectation: Expectation) -> Expectation:
        """The expectation in another of the caller's likely languages, where that one is plainly heard."""
        if not expectation.also or samples.size < _TELLING_SAMPLES:
            return expectation
        language, probability = self._language_of(encoded)
        if language in expectation.also and probability > _PLAIN_LANGUAGE:
            return replace(expectation, language=language, hints=(), also=())
        return expectation

    def detect_language(self, samples: np.ndarray) -> tuple[str, float]:
        """`en` or `es` and the probability among the two. Trust it for >= 2 s of speech and above 0.9 only."""
        return self._language_of(self._encode(samples))

    def _language_of(self, encoded: Any) -> tuple[str, float]:
        found = dict(self._model.model.detect_language(encoded)[0])
        english, spanish = found["<|en|>"], found["<|es|>"]
        best = max(english, spanish)
        return ("en" if english >= spanish else "es"), best / max(english + spanish, 1e-9)

    def _encode(self, samples: np.ndarray) -> Any:
        import ctranslate2

        audio = to_16k(np.asarray(samples, dtype=np.float32), 8000)
        frames = min(_MAX_FRAMES, max(_MIN_FRAMES, audio.size // _HOP + _MARGIN_FRAMES))
        frames += frames % 2  # the encoder halves the time axis
        audio = np.pad(audio, (0, max(0, frames * _HOP - audio.size)))[:frames * _HOP]
        mel = self._model.feature_extractor(audio)[:, :frames]
        return self._model.model.encode(
            ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[None], dtype=np.float32)))

    def _plan(self, expectation: Expectation, seconds: float) -> _Plan:
        start = [self._token(t) for t in ("<|startoftranscript|>", f"<|{expectation.language}|>",
                                          "<|transcribe|>", "<|notimestamps|>")]
        hint = _hint(expectation)
        if hint:
            ids = self._tokenizer.encode(" " + hint, add_special_tokens=False).ids
            start = [self._token("<|startofprev|>"), *ids, *start]
        beam = 5 if expectation.form == "text" else 1
        per_s = 2 * _DIGITS_PER_S if expectation.form in _DIGIT_FORMS else 10  # a digit and its comma: two tokens
        return _Plan(start, beam, 8 + int(per_s * seconds), _NO_REPEAT if expectation.form in _SENTENCE_FORMS else 0)

    def _read(self, encoded: Any, plan: _Plan, mask: list[int] | None) -> _Reading:
        result = self._model.model.generate(
            encoded, [plan.prompt], beam_size=plan.beam, max_length=len(plan.prompt) + plan.max_tokens,
            return_scores=True, return_no_speech_prob=True, suppress_tokens=mask or [-1],
            no_repeat_ngram_size=plan.no_repeat)[0]
        text = self._tokenizer.decode([t for t in result.sequences_ids[0] if t < self._end])
        return _Reading(text.strip(), float(result.scores[0]), float(result.no_speech_prob))

    def _digits(self, encoded: Any, plan: _Plan, free: _Reading, samples: np.ndarray, language: str) -> Decoded:
        """Digits by two readings of the same sound: a free one, and when that is not plain, one in digits only.

        The mask alone makes a number out of any sentence; the free reading tells the sentence apart, and where it
        gives digits it errs less.
        """
        seconds = samples.size / 8000
        said = read_digits(free.text, language)
        plain = bool(said.digits) and said.others == 0
        if free.score > _SURE and said.words > max(1, said.taken):
            return Decoded("", free.score, free.no_speech, seconds, language, digits_only=True)
        if plain and free.score > _SURE:
            return Decoded(said.digits, free.score, free.no_speech, seconds, language, digits_only=True)
        forced = self._read(encoded, plan, self._digit_mask)
        digits, score = re.sub(r"[^0-9]", "", forced.text), forced.score
        if said.digits == digits:
            score = max(score, free.score)
        elif plain or (said.digits and said.others < said.taken):
            digits, score = said.digits, free.score
        if score < _HOPELESS:
            digits = ""
        return Decoded(digits, score, free.no_speech, seconds, language, digits_only=True)

    def _transcript(self, decoded: Decoded, speech_ms: int, cpu_ms: float) -> Transcript:
        rejected = rejection(decoded)
        return Transcript(
            language=decoded.language, text="" if rejected else decoded.text,
            confidence=0.0 if rejected else round(min(1.0, math.exp(decoded.log_probability)), 4),
            engine=self.name, speech_ms=speech_ms, cpu_ms=round(cpu_ms, 1), rejected=rejected)

    def _token(self, text: str) -> int:
        return int(self._tokenizer.token_to_id(text))


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
    return (Path(models_dir) / FOLDER / "model.bin").is_file()


def _hint(expectation: Expectation) -> str:
    if expectation.form in _UNPROMPTED_FORMS:
        return ""
    phrases = list(expectation.hints)
    if expectation.form == "yes_no":
        phrases = [*_YES_NO[expectation.language], *phrases]
    hint = ", ".join(p.strip().rstrip(",") for p in phrases if p.strip())
    return hint[:_HINT_CHARS].rpartition(",")[0] if len(hint) > _HINT_CHARS else hint


def _load(folder: Path, workers: int) -> Any:
    if not (folder / "model.bin").is_file():
        raise ConfigProblem(f"the Whisper model is not installed in {folder.parent}",
                            hint="run: ivr models fetch whisper", code="model_missing")
    # Read when the library is imported: nothing may look for models on the network during a call.
    os.environ["HF_HUB_OFFLINE"] = "1"
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers)
    except (RuntimeError, ValueError) as error:
        raise Unavailable("the Whisper model does not load", retryable=False,
                          hint="run: ivr models verify", code="model_broken") from error


def _digit_mask(tokenizer: Any) -> list[int]:
    """All tokens that may not be written where only digits are expected."""
    end = int(tokenizer.token_to_id("<|endoftext|>"))
    texts = tokenizer.decode_batch([[i] for i in range(end)], skip_special_tokens=False)
    return [i for i, text in enumerate(texts) if not _DIGIT_TOKEN.fullmatch(text)] + list(
        range(end + 1, tokenizer.get_vocab_size()))
