"""What a caller says on a media stream: from their sound to the utterance that is over, and from that to its words.

    sound ──speech began──▶ [speaking]──pause──▶ words so far: the prompt is held, or the answer is whole already
                                 └──end──▶ utterance (kept while a notice may not be interrupted) ──▶ words, or no answer

Owned by a `MediaCall`, on the event loop. Holds the prompt that is spoken over; contains no rule about calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ivr.flow.model import Bundle
from ivr.runtime.services import Services
from ivr.speech import listener as ears
from ivr.speech.barge_in import BargeIn
from ivr.speech.recognizer import Transcript
from ivr.web.call_tasks import CallTasks
from ivr.web.input_timer import InputTimer
from ivr.web.media_voice import MediaVoice
from ivr.web.open_question import OpenQuestion
from ivr.web.turn_timing import TurnTiming
from ivr.web.utterances import Utterances


@dataclass(frozen=True, slots=True)
class Heard:
    transcript: Transcript
    no_answer: bool
    """A noise, or an "uh-huh": the question stands."""
    go_on: bool = False
    """The prompt was held for it, and is to be gone on with."""


class Hearing:
    def __init__(self, services: Services, question: OpenQuestion, voice: MediaVoice, timer: InputTimer, timing: TurnTiming,
                 tasks: CallTasks, *, uttered: Callable[[ears.UtteranceEnded], Coroutine[Any, Any, None]],
                 pressed: Callable[[str], Awaitable[None]]):
        """`uttered`: gets, in a task of its own, what is to be answered; `pressed`: a key that came as a tone."""
        self._uttered, self._pressed = uttered, pressed
        self._question, self._voice, self._timer, self._timing, self._tasks = question, voice, timer, timing, tasks
        self._ear = ears.CallListener()
        self._said = Utterances(services)
        self._barge = BargeIn()
        self._held: ears.UtteranceEnded | None = None

    def adopt(self, bundle: Bundle) -> None:
        """Whose words the caller is expected to say."""
        self._said.bundle = bundle

    @property
    def speaking(self) -> bool:
        return self._ear.speaking

    def expect(self, end_silence_ms: int) -> None:
        """The silence that ends an answer from now on."""
        self._ear.expect(end_silence_ms)

    def forget(self) -> None:
        """A new turn, or a key: what was spoken before no longer matters."""
        self._barge.over()
        self._held = None

    def close(self) -> None:
        self._said.resumed()

    async def feed(self, payload: bytes) -> None:
        """Sound of the caller, as it comes in."""
        for event in self._ear.feed(payload):
            match event:
                case ears.SpeechStarted():
                    if self._question.listen is not None:
                        self._timer.stop()
                    self._barge.began(playing=self._voice.is_playing)
                case ears.SpeechResumed():
                    self._said.resumed()
                case ears.UtterancePaused(samples=samples) if self._question.listen is not None and self._question.takes_speech:
                    self._said.paused(samples, self._question.listen, self._question.answers, self._early_heard)
                case ears.UtteranceEnded():
                    self._ended(event)
                case ears.KeyPressed(digit=digit):
                    await self._pressed(digit)
        if self._ear.speaking and self._barge.voiced(self._ear.voiced_ms, allowed=self._question.may_be_interrupted).hold:
            await self._voice.hold()

    async def understood(self, utterance: ears.UtteranceEnded) -> Heard:
        """The words of an utterance; a prompt that they answer is held. Raises Unavailable when the engine fails or hangs."""
        listen = self._question.listen
        assert listen is not None
        transcript = await self._said.read(utterance.samples, listen, self._question.answers)
        self._timing.reached("recognition")
        no_answer = not transcript.text or self._said.is_backchannel(transcript.text, listen)
        verdict = self._barge.recognised(backchannel=no_answer, allowed=listen.barge_in)
        if verdict.hold:
            await self._voice.hold()
        return Heard(transcript, verdict.drop or not transcript.text, verdict.go_on)

    def _ended(self, utterance: ears.UtteranceEnded) -> None:
        listen = self._question.listen
        if listen is None or not self._question.takes_speech:
            return
        self._timing.ended(self._ear.heard_ms - utterance.started_ms - utterance.speech_ms)
        remaining_s = self._voice.remaining_s
        if remaining_s > 0 and not listen.barge_in:
            # Spoken over a notice that may not be interrupted: kept, and answered when the notice is over.
            self._held = utterance
            self._timer.start(remaining_s, self._release_held)
            return
        self._tasks.start(self._uttered(utterance))

    def _early_heard(self, transcript: Transcript) -> None:
        """What was said until the pause is known, and the caller is still silent."""
        listen = self._question.listen
        if listen is None or not self._question.takes_speech or not transcript.text:
            return
        heard = self._said.best(transcript, listen)
        verdict = self._barge.recognised(backchannel=self._said.is_backchannel(heard.text, listen), allowed=listen.barge_in, final=False)
        if verdict.hold:
            self._tasks.start(self._voice.hold())
        if self._said.ends_at_once(heard.text, listen) and (ended := self._ear.end_now()) is not None:
            self._ended(ended)

    def _release_held(self) -> None:
        held, self._held = self._held, None
        if held is not None and self._question.takes_speech:
            self._tasks.start(self._uttered(held))
