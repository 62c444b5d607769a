"""One run of the recogniser process, from its start to its end: requests out, answers back, how long it has been silent.

Owned by `recognizer_process`, which starts the next one when this has ended. Thread-safe.
"""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivr.errors import ConfigProblem, IvrError, Unavailable
from ivr.speech.process_frames import read_frame, transcript_from, write_frame
from ivr.speech.recognizer import Expectation, Transcript


@dataclass(frozen=True, slots=True)
class Ready:
    name: str
    languages: tuple[str, ...]


def down(why: str) -> Unavailable:
    """What a request hears that cannot be answered: it is over at once."""
    return Unavailable(f"the recogniser {why}", retry_after_s=2.0, code="speech_down")


class RecognizerChild:
    def __init__(self, command: Sequence[str]):
        self.ready: Future[Ready] = Future()
        self.ended = threading.Event()
        self._pending: dict[int, tuple[float, Future[Transcript]]] = {}
        self._numbers = itertools.count()
        self._lock, self._write_lock = threading.Lock(), threading.Lock()
        self._heard_at = time.monotonic()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, name="recogniser-answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def silent_s(self) -> float:
        """Since it was last heard of; it says that it lives four times a second."""
        return time.monotonic() - self._heard_at

    @property
    def oldest_request_s(self) -> float:
        with self._lock:
            return max((time.monotonic() - asked for asked, _ in self._pending.values()), default=0.0)

    def ask(self, expectation: Expectation, samples: np.ndarray) -> Future[Transcript]:
        """The transcript, in time. Raises Unavailable (`speech_down`) when the process is gone."""
        answer: Future[Transcript] = Future()
        with self._lock:
            if self.ended.is_set():
                raise down("is not running")
            number = next(self._numbers)
            self._pending[number] = (time.monotonic(), answer)
        head = {"id": number, "expectation": dataclasses.asdict(expectation)}
        try:
            with self._write_lock:
                assert self._process.stdin is not None
                # Blocks on a process that has stopped reading; killing it breaks the pipe and ends the wait.
                write_frame(self._process.stdin, head, np.ascontiguousarray(samples, dtype=np.float32).tobytes())
        except (OSError, ValueError):
            self._forget(number)
            raise down("has ended") from None
        return answer

    def finish(self, timeout_s: float) -> None:
        """Let it end by itself, or end it."""
        try:
            with self._write_lock:
                assert self._process.stdin is not None
                self._process.stdin.close()
            self._process.wait(timeout_s)
        except (OSError, subprocess.TimeoutExpired):
            pass  # `kill` below takes it
        self.kill()

    def kill(self) -> None:
        """SIGKILL, which also ends a stopped process; returns when it is gone and nobody waits for it any more."""
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass  # what could not be written has nobody to go to

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while (frame := read_frame(self._process.stdout)) is not None:  # type: ignore[arg-type]
                self._heard_at = time.monotonic()
                self._take(frame[0])
        except (OSError, ValueError):
            pass  # a broken pipe or half a frame is the same as the end
        self._over()

    def _take(self, head: dict[str, Any]) -> None:
        if "ready" in head:
            self.ready.set_result(Ready(head["ready"]["name"], tuple(head["ready"]["languages"])))
        elif "failed" in head:
            self.ready.set_exception(_raised(head["failed"]))
        elif "id" in head:
            answer = self._forget(head["id"])
            if answer is not None and "transcript" in head:
                answer.set_result(transcript_from(head["transcript"]))
            elif answer is not None:
                answer.set_exception(_raised(head["error"]))

    def _forget(self, number: int) -> Future[Transcript] | None:
        with self._lock:
            return self._pending.pop(number, (0.0, None))[1]

    def _over(self) -> None:
        with self._lock:
            self.ended.set()
            waiting, self._pending = list(self._pending.values()), {}
        for _, answer in waiting:
            answer.set_exception(down("has ended"))
        if not self.ready.done():
            self.ready.set_exception(down("ended while it was loading"))


def _raised(error: dict[str, Any]) -> IvrError:
    if error["code"] in ("model_missing", "recognizer", "speech_language"):
        return ConfigProblem(error["message"], hint=error["hint"], code=error["code"])
    return Unavailable(error["message"], retryable=error["retryable"], hint=error["hint"], code=error["code"])
