"""A bounded pool in front of a recogniser, for asyncio. Past its capacity a call is told so at once.

As many threads as cores do the CPU work (both engines release the GIL), a short queue waits, and anything beyond is
refused with `speech_busy`: that call then uses keys and Twilio's recogniser in the same turn, instead of a bad line.
A request that misses its deadline raises `speech_timeout`; its thread keeps its place until the engine returns, so an
engine that hangs closes the door by itself rather than collecting threads.
"""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from ivr.errors import IvrError, Unavailable
from ivr.speech.recognizer import Expectation, Recognizer, Transcript

_log = logging.getLogger(__name__)


class RecognizerPool:
    """Use from one event loop. Owns the recogniser: `close` closes it too."""

    def __init__(self, recognizer: Recognizer, *, threads: int | None = None, queue_limit: int | None = None):
        self.recognizer = recognizer
        self.threads = threads or os.cpu_count() or 1
        self.queue_limit = 4 * self.threads if queue_limit is None else queue_limit
        self._executor = ThreadPoolExecutor(self.threads, thread_name_prefix="recogniser")
        self._jobs: set[Future[Transcript]] = set()

    @property
    def in_flight(self) -> int:
        """Requests running or queued, those past their deadline included."""
        self._jobs = {j for j in self._jobs if not j.done()}
        return len(self._jobs)

    @property
    def load(self) -> float:
        """0 idle, 1 full."""
        return self.in_flight / (self.threads + self.queue_limit)

    @property
    def usable(self) -> bool:
        """False while the engine is down or hangs: requests would be refused."""
        return bool(getattr(self.recognizer, "usable", True))

    async def transcribe(self, samples: np.ndarray, expectation: Expectation, deadline_s: float = 5.0) -> Transcript:
        """What was said. Raises Unavailable (`speech_busy`, `speech_down`, `speech_timeout`, `speech_failed`)."""
        if self.in_flight >= self.threads + self.queue_limit:
            raise Unavailable("speech recognition is at its capacity", retry_after_s=1.0, code="speech_busy")
        job = self._executor.submit(_recognise, self.recognizer, samples, expectation)
        self._jobs.add(job)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), deadline_s)
        except TimeoutError:
            # wait_for has cancelled a queued job; a running one cannot be stopped and keeps its place.
            raise Unavailable(f"speech recognition took longer than {deadline_s:g} s", code="speech_timeout") from None

    def close(self) -> None:
        """Stop taking work; waits for what is running."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self.recognizer.close()


def _recognise(recognizer: Recognizer, samples: np.ndarray, expectation: Expectation) -> Transcript:
    try:
        utterance = recognizer.open(expectation)
        utterance.accept(samples)
        return utterance.final()
    except IvrError:
        raise
    except Exception as error:  # whatever a native engine throws must end as "no local speech", not end the call
        _log.exception("the %s recogniser failed", recognizer.name)
        raise Unavailable("speech recognition failed", retryable=False, code="speech_failed") from error
