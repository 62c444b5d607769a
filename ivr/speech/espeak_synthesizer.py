"""espeak-ng voices, English and Latin American Spanish: the default voice of a fresh machine.

The speaking is done by pyttsx3 in a child process (`espeak_worker`). Its output is checked, because about one file in a
hundred is missing or empty; after two tries, and whenever the child dies or hangs, the `espeak-ng` program speaks
instead. Texts go through pipes and never through an argument list that other users of the machine could read.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

import ivr
from ivr.errors import ConfigProblem, IvrError, Unavailable
from ivr.speech.resample import to_8k
from ivr.speech.wav import read_wav

VOICES = {"en": "gmw/en-US", "es": "roa/es-419"}
RATE_WPM = 160
"""A little slower than espeak's 175: a telephone takes away the consonants' highs."""
_PROGRAM_VOICES = {"en": "en-us", "es": "es-419"}
_MAX_CHARS = 4000
_TRIES = 2
_ANSWER_S = 15.0
_MIN_S_PER_CHAR = 0.015
"""Half of the fastest speech: less sound than this means that the engine dropped part of the text."""


class EspeakSynthesizer:
    """Safe to use from several threads; one prompt is spoken at a time."""

    name = "espeak"

    def __init__(self, *, rate_wpm: int = RATE_WPM, program: str | None = None):
        """`program` is the fallback's path; by default `espeak-ng` where it is on the PATH."""
        self._rate = rate_wpm
        self._program = program if program is not None else shutil.which("espeak-ng") or ""
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._closed = False

    def voice(self, language: str) -> str:
        return f"espeak:{_of(VOICES, language)}:{self._rate}"

    def speak(self, text: str, language: str) -> np.ndarray:
        _of(VOICES, language)
        text = " ".join(text.split())[:_MAX_CHARS]
        if not any(c.isalnum() for c in text):
            return np.zeros(1600 if text else 0, dtype=np.float32)  # a pause: there is nothing to pronounce
        with self._lock:
            for _ in range(_TRIES):
                samples = self._by_worker(text, language)
                if _complete(samples, text):
                    return samples
            samples = self._by_program(text, language)
        if not _complete(samples, text):
            raise Unavailable("no speech could be made of a prompt",
                              hint="install espeak-ng, or pip install pyttsx3 espeakng-loader", code="synthesis")
        return samples

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._worker is not None:
                self._worker.stop()
                self._worker = None

    @property
    def worker_pid(self) -> int | None:
        """Process id of the child, when one runs."""
        return self._worker.pid if self._worker is not None else None

    def _by_worker(self, text: str, language: str) -> np.ndarray:
        if self._closed:
            return _NOTHING
        if self._worker is None or not self._worker.alive:
            self._worker = _Worker()
        answer = self._worker.ask({"text": text, "voice": VOICES[language], "rate": self._rate})
        if answer is None:  # dead or hung: a new one for the next try
            self._worker.stop()
            self._worker = None
            return _NOTHING
        return _samples(base64.b64decode(answer.get("wav", "")))

    def _by_program(self, text: str, language: str) -> np.ndarray:
        if not self._program:
            return _NOTHING
        command = [self._program, "--stdin", "--stdout", "-b", "1", "-v", _PROGRAM_VOICES[language],
                   "-s", str(self._rate)]
        try:
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_ANSWER_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return _NOTHING
        return _samples(done.stdout)


class _Worker:
    """The child process. Used by one thread at a time."""

    def __init__(self) -> None:
        home = str(Path(ivr.__file__).resolve().parent.parent)
        path = os.pathsep.join(p for p in (home, os.environ.get("PYTHONPATH", "")) if p)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ivr.speech.espeak_worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": path})
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="espeak-answers", daemon=True)
        self._reader.start()
        self._id = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The child's answer; None when it is dead or too slow, and then it is of no more use."""
        self._id += 1
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"id": self._id, **request}) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._lines.get(timeout=_ANSWER_S))
        except (OSError, ValueError, queue.Empty):
            return None
        return answer if answer.get("id") == self._id else None

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(timeout=1)
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # the pipe of a dead child, with unsent text in it
                continue

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")  # the child is gone: wakes whoever waits


_NOTHING = np.zeros(0, dtype=np.float32)


def _of(table: dict[str, str], language: str) -> str:
    if language not in table:
        raise ConfigProblem(f"no voice for language {language!r}, expected {' or '.join(table)}", code="voice")
    return table[language]


def _samples(wav: bytes) -> np.ndarray:
    try:
        audio = read_wav(wav)
        return to_8k(audio.samples, audio.rate_hz)
    except IvrError:
        return _NOTHING


def _complete(samples: np.ndarray, text: str) -> bool:
    """Sound is there, is not silence, and is long enough for the text."""
    least = min(len(text) * _MIN_S_PER_CHAR, 60.0)
    return samples.size > 8000 * max(0.05, least) and float(np.abs(samples).max()) > 0.01
