"""Recognise early: begin at the pause, and use the result if the caller said nothing more.

A caller waits for the silence that ends the utterance anyway; recognition at 250 ms of silence fits into the rest of
it. The media socket calls `paused`, `resumed` and `ended` as the listener tells them; one object a call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from ivr.errors import Unavailable
from ivr.speech.pool import RecognizerPool
from ivr.speech.recognizer import Expectation, Transcript


class EarlyTranscriber:
    """At most one early request at a time. It is only begun while the pool is less than half full: guesses must
    never crowd out answers."""

    def __init__(self, pool: RecognizerPool):
        self._pool = pool
        self._task: asyncio.Task[Transcript] | None = None
        self._samples = np.zeros(0, dtype=np.float32)
        self._expectation = Expectation()

    def paused(self, samples: np.ndarray, expectation: Expectation, deadline_s: float = 5.0,
               told: Callable[[Transcript], None] | None = None) -> None:
        """Begin on what was said so far. `told` hears the result while the caller is still silent, and not otherwise."""
        self.resumed()
        if self._pool.load >= 0.5:
            return
        self._samples, self._expectation = samples, expectation
        self._task = asyncio.get_running_loop().create_task(self._pool.transcribe(samples, expectation, deadline_s))
        self._task.add_done_callback(lambda task: self._done(task, told))

    def resumed(self) -> None:
        """The caller went on: what was begun is dropped."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def ended(self, samples: np.ndarray, expectation: Expectation, deadline_s: float = 5.0) -> Transcript:
        """The utterance is over: the early result if it was for the same sound, a fresh one otherwise."""
        task, self._task = self._task, None
        if task is not None and expectation == self._expectation and np.array_equal(samples, self._samples):
            try:
                return await asyncio.wait_for(task, deadline_s)
            except (Unavailable, TimeoutError):
                return await self._pool.transcribe(samples, expectation, deadline_s)
        if task is not None:
            task.cancel()
        return await self._pool.transcribe(samples, expectation, deadline_s)

    def _done(self, task: asyncio.Task[Transcript], told: Callable[[Transcript], None] | None) -> None:
        # The error of a dropped task is read, so that asyncio does not report it as forgotten.
        failed = task.cancelled() or task.exception() is not None
        if not failed and told is not None and task is self._task:
            told(task.result())
