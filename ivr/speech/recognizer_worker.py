"""The recogniser's own process: loads the model, answers requests on its standard input until that ends.

    python -m ivr.speech.recognizer_worker ENGINE MODELS_DIR

Started by `recognizer_process` and by nobody else. It holds no state of any call, so it may be killed at any moment. It
outlives neither its server (end of input; the kernel's parent-death signal even when it is stopped) nor is it ended by a
Ctrl-C or SIGTERM meant for the server, whose calls still need it while they are drained.
"""

from __future__ import annotations

import ctypes
import dataclasses
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ivr.errors import IvrError
from ivr.speech import resample
from ivr.speech.engines import choose
from ivr.speech.process_frames import expectation_from, read_frame, write_frame
from ivr.speech.recognizer import Expectation, Recognizer

ALIVE_S = 0.25
_PR_SET_PDEATHSIG = 1
_EASILY_KILLED = "500"


class Answers:
    """The way back to the server; frames of several threads do not mix."""

    def __init__(self, sink: BinaryIO):
        self._sink = sink
        self._lock = threading.Lock()

    def send(self, **head: Any) -> None:
        try:
            with self._lock:
                write_frame(self._sink, head)
        except OSError:
            os._exit(0)  # the server is gone, nobody waits for anything

    def keep_saying_alive(self, ended: threading.Event) -> None:
        while not ended.wait(ALIVE_S):
            self.send(alive=True)


def main(setting: str, models_dir: str) -> int:
    _belong_to_the_server()
    answers = Answers(_private_output())
    try:
        engine = choose(setting, Path(models_dir))
    except IvrError as error:
        answers.send(failed=_error(error))
        return 1
    answers.send(ready={"name": engine.name, "languages": engine.languages()})
    threading.Thread(target=resample.prepare, daemon=True).start()
    ended = threading.Event()
    threading.Thread(target=answers.keep_saying_alive, args=(ended,), daemon=True).start()
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            head, body = frame
            samples = np.frombuffer(body, dtype=np.float32)
            threads.submit(_answer, answers, engine, head["id"], expectation_from(head["expectation"]), samples)
    ended.set()
    engine.close()
    return 0


def _answer(answers: Answers, engine: Recognizer, number: int, expectation: Expectation, samples: np.ndarray) -> None:
    try:
        utterance = engine.open(expectation)
        utterance.accept(samples)
        answers.send(id=number, transcript=dataclasses.asdict(utterance.final()))
    except IvrError as error:
        answers.send(id=number, error=_error(error))
    except Exception as error:  # whatever a native engine throws ends one request and not the process
        answers.send(id=number, error={"message": f"the recogniser failed ({type(error).__name__})", "retryable": False,
                                       "code": "speech_failed", "hint": None})


def _error(error: IvrError) -> dict[str, Any]:
    return {"message": error.message, "hint": error.hint, "code": error.code, "retryable": error.retryable}


def _belong_to_the_server() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        # When memory runs out the kernel is to take this process, which is replaced, and not the one with the calls.
        Path("/proc/self/oom_score_adj").write_text(_EASILY_KILLED)
    except OSError:
        pass  # a sandbox without /proc: the kernel chooses by size, which is this process too


def _private_output() -> BinaryIO:
    """The pipe to the server. What native code prints goes to standard error and does not get between the frames."""
    sys.stdout.flush()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
