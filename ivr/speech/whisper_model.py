"""The Whisper network (faster-whisper / CTranslate2, int8) and what one pass of its decoder gives.

The window is as long as the audio but at least 10 s: the stock 30 s cost five times the CPU, and below 8 s the model
loops. Knows nothing of dialogue states; `whisper_recognizer` decides what is decoded how. Loaded once, shared by threads:
decoding releases the GIL, one thread a request, as many requests at a time as `workers`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech.resample import to_16k

_HOP = 160                    # samples of 16 kHz audio in a mel frame: 10 ms
_MIN_FRAMES, _MAX_FRAMES = 1000, 3000
_MARGIN_FRAMES = 100          # a second of silence after the speech: without it last words are lost
_DIGIT_TOKEN = re.compile(r"\s?[0-9]+\s?|[ ,.\-]|\s")
_SEPARATORS = frozenset({"-", " ", ", "})
ANY = (-1,)
"""The mask that forbids only what the model's makers forbid."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one utterance is decoded."""

    prompt: tuple[int, ...]
    beam: int
    max_tokens: int
    no_repeat: int = 0
    """No run of this many tokens twice; 0 allows it."""
    mask: tuple[int, ...] = ANY
    """Tokens that may not be written."""
    readings: int = 1
    """How many different readings are wanted, at most `beam`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One text of one pass of the decoder."""

    text: str
    score: float
    """Mean log-probability of the tokens."""
    no_speech: float


class WhisperModel:
    def __init__(self, folder: Path, workers: int):
        self._model = _load(folder, workers)
        self.tokenizer = self._model.hf_tokenizer
        self.end = self.token("<|endoftext|>")
        texts = self.tokenizer.decode_batch([[i] for i in range(self.end)], skip_special_tokens=False)
        self._special = tuple(range(self.end + 1, self.tokenizer.get_vocab_size()))
        self._texts = texts
        self.digit_mask = self._all_but(lambda t: bool(_DIGIT_TOKEN.fullmatch(t)))

    def close(self) -> None:
        self._model.model.unload_model()

    def token(self, text: str) -> int:
        return int(self.tokenizer.token_to_id(text))

    def tokens(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def start(self, language: str, hint: str = "") -> tuple[int, ...]:
        """What every decoding in this language begins with, after likely words."""
        own = tuple(self.token(t) for t in ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"))
        return (self.token("<|startofprev|>"), *self.tokens(" " + hint), *own) if hint else own

    def letter_mask(self, letters: frozenset[str]) -> tuple[int, ...]:
        """Leaves single capital letters and what stands between them; the text may not end either."""
        return (*self._all_but(lambda t: t.strip() in letters or t in _SEPARATORS), self.end)

    def encode(self, samples: np.ndarray) -> Any:
        """The sound as the decoder sees it (float32, 8 kHz); half of the work of an utterance, and done once."""
        import ctranslate2

        audio = to_16k(np.asarray(samples, dtype=np.float32), 8000)
        frames = min(_MAX_FRAMES, max(_MIN_FRAMES, audio.size // _HOP + _MARGIN_FRAMES))
        frames += frames % 2  # the encoder halves the time axis
        audio = np.pad(audio, (0, max(0, frames * _HOP - audio.size)))[:frames * _HOP]
        mel = self._model.feature_extractor(audio)[:, :frames]
        return self._model.model.encode(
            ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[None], dtype=np.float32)))

    def read(self, encoded: Any, plan: Plan) -> list[Reading]:
        """The likeliest texts, best first."""
        result = self._model.model.generate(
            encoded, [list(plan.prompt)], beam_size=plan.beam, num_hypotheses=plan.readings,
            max_length=len(plan.prompt) + plan.max_tokens, return_scores=True, return_no_speech_prob=True,
            suppress_tokens=list(plan.mask), no_repeat_ngram_size=plan.no_repeat)[0]
        return [Reading(self.tokenizer.decode([t for t in ids if t < self.end]).strip(), float(score),
                        float(result.no_speech_prob))
                for ids, score in zip(result.sequences_ids, result.scores, strict=True)]

    def language_of(self, encoded: Any) -> tuple[str, float]:
        """`en` or `es` and its probability among the two."""
        found = dict(self._model.model.detect_language(encoded)[0])
        english, spanish = found["<|en|>"], found["<|es|>"]
        best = max(english, spanish)
        return ("en" if english >= spanish else "es"), best / max(english + spanish, 1e-9)

    def _all_but(self, allowed: Any) -> tuple[int, ...]:
        return (*(i for i, text in enumerate(self._texts) if not allowed(text)), *self._special)


def _load(folder: Path, workers: int) -> Any:
    if not (folder / "model.bin").is_file():
        raise ConfigProblem(f"the Whisper model is not installed in {folder.parent}",
                            hint="run: ivr models fetch whisper", code="model_missing")
    # Read when the library is imported: nothing may look for models on the network during a call.
    os.environ["HF_HUB_OFFLINE"] = "1"
    from faster_whisper import WhisperModel as Network

    try:
        return Network(str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers)
    except (RuntimeError, ValueError) as error:
        raise Unavailable("the Whisper model does not load", retryable=False,
                          hint="run: ivr models verify", code="model_broken") from error
