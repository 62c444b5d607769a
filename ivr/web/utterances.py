"""From an utterance to the words it is taken for: what the recogniser is told to expect, and which of its readings counts.

Used by the calls on a media stream, with a voice of their own or carried over beside a text telephone. Contains no rule about calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import numpy as np

from ivr.dialog import actions as act
from ivr.dialog.language_guess import FIRST_TURNS
from ivr.flow.model import Bundle
from ivr.runtime.services import Services
from ivr.speech import endings, forms
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.speculation import EarlyTranscriber
from ivr.speech.vocabulary import hints_for

RECOGNITION_S = 3.0
"""An engine that takes longer is taken for hung."""


class Utterances:
    """One call's."""

    def __init__(self, services: Services):
        self._s = services
        self.bundle: Bundle = services.bundles.current
        self._early = EarlyTranscriber(services.recognition) if services.recognition else None

    @property
    def possible(self) -> bool:
        """There is a recogniser on this machine."""
        return self._early is not None

    def paused(self, samples: np.ndarray, listen: act.Listen, answers: int, told: Callable[[Transcript], None]) -> None:
        """The caller has paused: begin on what was said so far. `told` hears it while the caller is still silent."""
        if self._early:
            self._early.paused(samples, self._expectation(listen, answers), told=told)

    def resumed(self) -> None:
        """The caller went on, or is gone: what was begun is worth nothing."""
        if self._early:
            self._early.resumed()

    async def read(self, samples: np.ndarray, listen: act.Listen, answers: int) -> Transcript:
        """Of the readings the first that is an answer to the question. Raises Unavailable when the engine fails or hangs."""
        assert self._early is not None
        begun = time.perf_counter()
        transcript = await self._early.ended(samples, self._expectation(listen, answers), RECOGNITION_S)
        self._s.metrics.recognition.labels(transcript.engine).observe(time.perf_counter() - begun)
        return self.best(transcript, listen)

    def best(self, transcript: Transcript, listen: act.Listen) -> Transcript:
        return forms.chosen(transcript, listen.expect, transcript.language or listen.language, self._today())

    def is_backchannel(self, words: str, listen: act.Listen | None) -> bool:
        return listen is not None and endings.is_backchannel(self.bundle, listen, words)

    def ends_at_once(self, words: str, listen: act.Listen) -> bool:
        return endings.ends_at_once(self.bundle, listen, words, self._today())

    def _expectation(self, listen: act.Listen, answers: int) -> Expectation:
        may_switch = answers < FIRST_TURNS and listen.expect == "text"
        also = tuple(x for x in self.bundle.languages if x != listen.language) if may_switch else ()
        return Expectation(listen.language, listen.expect, hints_for(self.bundle, listen), also)

    def _today(self) -> date:
        return self._s.clock.now().date()
