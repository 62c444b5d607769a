"""A recogniser that may hang or die without taking a call with it: the model lives in a process of its own.

    starting ──ready──▶ up ──ended──────────────────▶ down ──▶ starting ...
                         └──silent 2 s, or a request ─▶ killed ─┘
                            unanswered for 6 s

Looks like any `Recognizer` to the pool in front of it. While the process is not up, requests fail at once with
`speech_down`: the call goes on by keys and the carrier's recogniser in the same turn, and new calls find recognition
again when the next process has loaded its model (about a second). One thread watches; nothing here runs on the event
loop. The server's own process never loads the model.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

import numpy as np

from ivr.errors import ConfigProblem, IvrError, Unavailable
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.recognizer_child import Ready, RecognizerChild, down

SILENT_S = 2.0
"""A process that has not been heard of for so long is taken for hung: eight signs of life in a row are missing. Counted in
looks and not by the clock, so that a server that was itself stopped for a while does not blame the other process."""
REFUSED_AFTER_S = 1.0
"""Silence after which new requests are not even tried."""
REQUEST_S = 6.0
"""A request that takes longer is stuck in native code, whatever else the process says. Callers wait half as long."""
START_S = 120.0
_WATCH_S = 0.25
_PAUSES_S = (0.0, 1.0, 2.0, 5.0, 15.0, 30.0)
"""Before the next start, by the number of starts in a row that came to nothing."""

_log = logging.getLogger(__name__)


def command(setting: str, models_dir: Path) -> list[str]:
    """How the process for this engine is started."""
    return [sys.executable, "-m", "ivr.speech.recognizer_worker", setting, str(models_dir)]


class RecognizerProcess:
    """Loads in its constructor and raises what the engine raises when it cannot. Safe to use from several threads."""

    local = True

    def __init__(self, start: Sequence[str], *, on_restart: Callable[[str], None] = lambda why: None):
        """`on_restart` is told `died` or `hung`, once for each process that had to be replaced."""
        self._command, self._on_restart = list(start), on_restart
        self._child: RecognizerChild | None = None
        self._latest: RecognizerChild | None = None
        self._closing = threading.Event()
        self._changed = threading.Event()
        self.restarts = 0
        first: Future[Ready] = Future()
        # The watching thread starts every process: the kernel's parent-death signal follows the thread that did.
        self._watcher = threading.Thread(target=self._watch, args=(first,), name="recogniser-watch", daemon=True)
        self._watcher.start()
        ready = first.result()
        self.name, self._languages = ready.name, ready.languages

    @property
    def usable(self) -> bool:
        """Requests are being answered, as far as is known."""
        child = self._child
        return child is not None and not child.ended.is_set() and child.silent_s < REFUSED_AFTER_S

    @property
    def pid(self) -> int | None:
        """Of the process that is up now."""
        return self._child.pid if self._child else None

    def languages(self) -> tuple[str, ...]:
        return self._languages

    def open(self, expectation: Expectation) -> RemoteUtterance:
        child = self._child
        if child is None or not self.usable:
            raise down("is being started again" if child is None else "does not answer")
        if expectation.language not in self._languages:
            raise ConfigProblem(f"language {expectation.language!r} is not recognised, expected {', '.join(self._languages)}",
                                code="speech_language")
        return RemoteUtterance(child, expectation)

    def wait_usable(self, timeout_s: float) -> bool:
        """For tests and commands: until requests are answered again."""
        while not self.usable:
            self._changed.clear()
            if self.usable:
                break
            if not self._changed.wait(timeout_s):
                return False
        return True

    def close(self) -> None:
        self._closing.set()
        latest = self._latest
        if latest is not None:
            latest.finish(3.0)
        self._watcher.join(10)

    # -- the watching thread ------------------------------------------------------------------------------------

    def _watch(self, first: Future[Ready]) -> None:
        failures = 0
        while not self._closing.is_set():
            if self._closing.wait(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)]):
                return
            child = self._latest = RecognizerChild(self._command)
            try:
                ready = child.ready.result(START_S)
            except (IvrError, FutureTimeout) as error:
                child.kill()
                if not first.done():
                    first.set_exception(error if isinstance(error, IvrError) else down("did not start"))
                    return
                failures += 1
                _log.error("the recogniser did not start again: %s", error)
                continue
            failures = 0
            self._child = child
            self._changed.set()
            if not first.done():
                first.set_result(ready)
            self._stay_with(child)

    def _stay_with(self, child: RecognizerChild) -> None:
        """Until it has ended or must be ended."""
        why, silent_looks = "", 0
        while not why:
            if child.ended.wait(_WATCH_S):
                why = "died"
            silent_looks = silent_looks + 1 if child.silent_s > _WATCH_S * 2 else 0
            if not why and (silent_looks * _WATCH_S >= SILENT_S - 2 * _WATCH_S or child.oldest_request_s > REQUEST_S):
                why = "hung"
        self._child = None
        child.kill()
        if self._closing.is_set():
            return
        self.restarts += 1
        _log.warning("the recogniser %s and is started again", why)
        self._on_restart(why)


class RemoteUtterance:
    """One utterance; its samples go over in one piece when it is closed."""

    def __init__(self, child: RecognizerChild, expectation: Expectation):
        self._child, self._expectation = child, expectation
        self._parts: list[np.ndarray] = []

    def accept(self, samples: np.ndarray) -> None:
        self._parts.append(np.asarray(samples, dtype=np.float32))

    def partial(self) -> str:
        return ""

    def final(self) -> Transcript:
        samples = np.concatenate(self._parts) if self._parts else np.zeros(0, dtype=np.float32)
        answer = self._child.ask(self._expectation, samples)
        try:
            return answer.result(REQUEST_S + 2 * SILENT_S)
        except FutureTimeout:
            raise Unavailable("the recogniser did not answer", code="speech_timeout") from None
