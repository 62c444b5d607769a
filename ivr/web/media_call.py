"""One call on a media stream: plays what the engine says, listens, and brings it what the caller did.

    [prompt playing]──barge-in / mark──▶[listening]──utterance / keys / silence──▶[thinking]──▶ next turn
    [prompt playing]──Hangup, Transfer──▶ wait until it was heard ──▶ close; the carrier goes on behind </Connect>

Runs on the event loop; recognition, synthesis and the store run in pools. Contains no rule about calls.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import IvrError, Unavailable
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.streams import MAX_LOST
from ivr.runtime.turn import TurnResult
from ivr.sensitive import Sensitive
from ivr.speech import listener as ears
from ivr.speech.barge_in import BargeIn, Verdict
from ivr.speech.recognizer import Transcript
from ivr.telephony.baudot import TtyDetector
from ivr.telephony.media_codec import MediaStream
from ivr.web.keys_pressed import KeysPressed
from ivr.web.lookup_wait import settled
from ivr.web.media_voice import MediaVoice
from ivr.web.tty_watch import TtyWatch
from ivr.web.turn_timing import TurnTiming
from ivr.web.utterances import Utterances

FILLER_AFTER_S = 1.5
"""A caller who has finished speaking hears something by then (voice rule V28)."""
SAME_KEY_S = 0.1
"""A key that comes as an event and as a tone within this time is one press."""
NOISE_WAIT_S = 1.5
"""Least time left to the caller after a sound that was no speech."""

log = logs.get("media")


class MediaCall:
    def __init__(self, services: Services, stream: MediaStream, send: Callable[[str], Awaitable[None]],
                 close: Callable[[], Awaitable[None]], became_text: Callable[[TurnResult, TtyDetector], Awaitable[None]],
                 to_person: Callable[[Session], Awaitable[bool]]):
        """`became_text` takes the call over once a text telephone was recognised on its line; `to_person` once it was handed to a
        member of staff, or is False where the carrier's queue has it."""
        self._s, self._stream, self._close = services, stream, close
        self._ear = ears.CallListener()
        self._voice = MediaVoice(stream, send, self._sent)
        self._tty, self._became_text, self._to_person = TtyWatch(), became_text, to_person
        self._said = Utterances(services)
        self._listen: act.Listen | None = None
        self._keys = KeysPressed()
        self._last_key = ("", 0.0)
        self._timer: asyncio.TimerHandle | None = None
        self._no_input_at = 0.0
        self._busy = False
        self._held: ears.UtteranceEnded | None = None
        self._barge = BargeIn()
        self._tasks: set[asyncio.Task[None]] = set()
        self._filler: asyncio.Task[None] | None = None
        self._answers = 0
        self.call_id = ""
        self._timing = TurnTiming()
        self._invite = False
        self._over = False
        """The call has ended here, or goes on in text."""

    # -- coming and going ---------------------------------------------------------------------------------------

    async def begin(self, session: Session) -> None:
        """Speak what the session has pending and listen: the greeting, or the question a lost stream was at."""
        self.call_id, self._answers = session.call_id, session.answers
        self._said.bundle = self._s.bundles.get(session.bundle_hash)
        if session.status == "ended" or session.last_listen is None or session.waiting != "input":
            await self._close()
            return
        await self._perform([*session.apology, *session.last_said, session.last_listen])

    async def go_on(self, result: TurnResult) -> None:
        """A member of staff is done with the call: say what the flow says next."""
        session = result.session
        self.call_id, self._answers = session.call_id, session.answers
        self._said.bundle = self._s.bundles.get(session.bundle_hash)
        if not result.applied:
            return await self.begin(session)
        await self._perform(result.actions)

    async def end(self) -> None:
        """The socket is gone, or the call is somebody else's now."""
        self._over = True
        self._stop_timer()
        for task in list(self._tasks):
            task.cancel()
        self._said.resumed()

    # -- what comes in ------------------------------------------------------------------------------------------

    async def on_audio(self, payload: bytes, gap_ms: int = 0) -> None:
        if self._tty.heard(payload, gap_ms):
            # While a turn is being worked out, its question comes first: the telephone is still there then.
            if self._listen is not None and not self._busy:
                await self._go_on_in_text()
            return
        for event in self._ear.feed(payload):
            match event:
                case ears.SpeechStarted():
                    if self._listen is not None:
                        self._stop_timer()
                    self._barge.began(playing=self._voice.is_playing)
                case ears.SpeechResumed():
                    self._said.resumed()
                case ears.UtterancePaused(samples=samples) if self._listen is not None and self._takes_speech():
                    self._said.paused(samples, self._listen, self._answers, self._early_heard)
                case ears.UtteranceEnded():
                    self._ended(event)
                case ears.KeyPressed(digit=digit):
                    await self.on_digit(digit, from_tone=True)
        if self._ear.speaking and (self._barge.voiced(self._ear.voiced_ms, allowed=self._may_interrupt())).hold:
            await self._voice.hold()

    async def on_digit(self, digit: str, *, from_tone: bool = False) -> None:
        now = time.monotonic()
        if digit == self._last_key[0] and now - self._last_key[1] < SAME_KEY_S and from_tone:
            return
        self._last_key = (digit, now)
        listen = self._listen
        if listen is None or self._busy:
            return self._keys.keep(digit)
        self._stop_timer()
        self._barge.over()
        await self._voice.hold()
        if whole := self._keys.press(digit, listen):
            return self._enter(whole)
        self._start_timer(listen.inter_digit_s, self._keys_done)

    def on_mark(self, name: str, cleared: bool) -> None:
        if cleared or not self._voice.returned(name):
            return
        if self._listen and not self._busy and not self._keys and not self._ear.speaking:
            # What was sent has now really been heard: the caller's time begins here.
            self._await_input(self._listen.timeout_s)

    async def _go_on_in_text(self) -> None:
        """A text telephone is sending: stop speaking at once, and leave the call to the one who can type."""
        self._busy = True
        self._stop_timer()
        await self._voice.hold()
        try:
            result = await self._s.in_thread(self._s.turns.take, self.call_id, ev.TtyDetected())
        except IvrError as error:
            log.error("call could not go on in text", call=self.call_id, exc_info=error)
            return await self._go_on_without_speech(error)
        if not result.applied:
            return await self.begin(result.session)
        self._over = True
        log.info("text telephone recognised", call=self.call_id)
        await self._became_text(result, self._tty.detector)

    # -- what the caller does -----------------------------------------------------------------------------------

    def _may_interrupt(self) -> bool:
        return self._listen is not None and self._listen.barge_in

    def _takes_speech(self) -> bool:
        return self._listen is not None and self._listen.speech and not self._busy

    def _ended(self, utterance: ears.UtteranceEnded) -> None:
        if not self._takes_speech():
            return
        self._timing.ended(self._ear.heard_ms - utterance.started_ms - utterance.speech_ms)
        remaining_s = self._voice.remaining_s
        if remaining_s > 0 and self._listen and not self._listen.barge_in:
            # Spoken over a notice that may not be interrupted: kept, and answered when the notice is over.
            self._held = utterance
            self._start_timer(remaining_s, self._release_held)
            return
        self._spawn(self._heard(utterance))

    def _early_heard(self, transcript: Transcript) -> None:
        """What was said until the pause is known, and the caller is still silent."""
        listen = self._listen
        if listen is None or not self._takes_speech() or not transcript.text:
            return
        heard = self._said.best(transcript, listen)
        verdict = self._barge.recognised(backchannel=self._said.is_backchannel(heard.text, listen), allowed=listen.barge_in, final=False)
        if verdict.hold:
            self._spawn(self._voice.hold())
        if self._said.ends_at_once(heard.text, listen):
            ended = self._ear.end_now()
            if ended is not None:
                self._ended(ended)

    def _release_held(self) -> None:
        held, self._held = self._held, None
        if held is not None and self._takes_speech():
            self._spawn(self._heard(held))

    async def _heard(self, utterance: ears.UtteranceEnded) -> None:
        listen = self._listen
        assert listen is not None
        self._busy = True
        filler = asyncio.get_running_loop().call_later(FILLER_AFTER_S, self._fill, listen.language)
        try:
            transcript = await self._said.read(utterance.samples, listen, self._answers)
        except Unavailable as error:
            filler.cancel()
            await self._go_on_without_speech(error)
            return
        self._timing.reached("recognition")
        no_answer = not transcript.text or self._said.is_backchannel(transcript.text, listen)
        verdict = self._barge.recognised(backchannel=no_answer, allowed=listen.barge_in)
        if verdict.drop or not transcript.text:
            filler.cancel()
            await self._nothing_said(verdict)
            return
        if verdict.hold:
            await self._voice.hold()
        self._s.transcripts.add(self.call_id, "caller", transcript.text, transcript.engine)
        event = ev.SpeechHeard(listen.turn, Sensitive(transcript.text), transcript.confidence,
                               language=transcript.language or listen.language)
        await self._take(event, filler)

    async def _nothing_said(self, verdict: Verdict) -> None:
        """A noise, or an "uh-huh": the question stands, and the prompt goes on if it was held."""
        self._timing.dropped()
        self._busy = False
        if verdict.go_on:
            await self._voice.go_on()
        playing_s = self._voice.remaining_s
        left_s = self._no_input_at - time.monotonic()
        timeout_s = self._listen.timeout_s if self._listen else 0.0
        self._await_input(playing_s + timeout_s if playing_s > 0 else max(NOISE_WAIT_S, left_s))

    def _enter(self, digits: str) -> None:
        """The keys are complete. From this moment on the call is busy: what comes next is for the next question."""
        if self._listen is not None and not self._busy:
            self._busy = True
            self._spawn(self._keyed(digits))

    async def _keyed(self, digits: str) -> None:
        assert self._listen is not None
        self._s.transcripts.add(self.call_id, "caller", digits, "keys")
        await self._take(ev.DigitsReceived(self._listen.turn, Sensitive(digits)))

    def _keys_done(self) -> None:
        if whole := self._keys.finish():
            self._enter(whole)

    def _silence(self) -> None:
        if self._listen and not self._busy and not self._ear.speaking:
            self._busy = True
            self._invite = self._answers == 0
            self._spawn(self._take(ev.NoInput(self._listen.turn)))

    # -- a turn -------------------------------------------------------------------------------------------------

    async def _take(self, event: ev.Event, filler: asyncio.TimerHandle | None = None) -> None:
        self._stop_timer()
        try:
            result = await self._s.in_thread(partial(self._s.turns.take, self.call_id, event, patience_s=0.0))
            if result.pending:
                result = await settled(self._s, result, lambda: self._over, partial(self._ask_to_wait, result.session.language))
        except IvrError as error:
            log.error("turn failed", call=self.call_id, exc_info=error)
            await self._go_on_without_speech(error)
            return
        finally:
            if filler:
                filler.cancel()
            if self._filler:
                # Not yet sent: the answer is here, and must not be followed by a plea for patience.
                self._filler.cancel()
                self._filler = None
        self._timing.reached("turn")
        if not result.applied:
            # Somebody else moved the call on (a second worker, a hang-up): go on from what is stored.
            await self.begin(result.session)
            return
        self._answers = result.session.answers
        await self._perform(result.actions)

    async def _perform(self, actions: list[act.Action] | tuple[act.Action, ...]) -> None:
        last = actions[-1] if actions else None
        if self._over:
            return
        self._listen, self._held = None, None
        self._keys.forget()
        self._voice.begin_turn()
        self._barge.over()
        says = [a for a in actions if isinstance(a, act.Say)]
        if self._invite:
            await self._invite_to_type(says)
        for say in says:
            await self._speak(say)
        await self._voice.end_turn()
        if not isinstance(last, act.Listen):
            if not await self._voice.until_heard():
                log.info("mark missing", call=self.call_id)
            if not (isinstance(last, act.Transfer) and await self._handed_over()):
                await self._close()
            return
        self._listen = last
        self._busy = False
        self._ear.expect(last.end_silence_ms)
        self._await_input(last.timeout_s + self._voice.remaining_s)
        for digit in self._keys.take_ahead():
            await self.on_digit(digit)

    async def _handed_over(self) -> bool:
        if self._over:
            return False
        session = await self._s.in_thread(self._s.turns.session, self.call_id)
        return session is not None and session.transfer is not None and await self._to_person(session)

    async def _speak(self, say: act.Say) -> None:
        self._s.transcripts.add(self.call_id, "system", say.text, say.key)
        audio = await self._s.in_thread(self._s.prompt_audio.audio, say.text, say.language, say.key,
                                        say.static and not say.sensitive)
        if self._stream.can_send:
            await self._voice.say(audio)

    async def _invite_to_type(self, says: list[act.Say]) -> None:
        """Somebody who has not said a word may be waiting in front of a text telephone, which makes no sound by itself."""
        self._invite = False
        say = says[0] if says else None
        tones = self._tty.invitation(self._said.bundle, say.language) if say else b""
        if tones and self._stream.can_send:
            await self._voice.say(tones)

    def _sent(self) -> None:
        if stages := self._timing.spoken():
            log.debug("turn timing", call=self.call_id, **stages)

    def _fill(self, language: str) -> None:
        """Recognition is slow: say so before the caller wonders."""
        say = self._s.filler(self.call_id, language)
        if say is not None:
            self._filler = self._spawn(self._speak(say))

    async def _ask_to_wait(self, language: str) -> None:
        say = self._s.filler(self.call_id, language)
        if say is not None and self._filler is None:
            await self._speak(say)

    async def _go_on_without_speech(self, error: Exception) -> None:
        """Keys and the carrier's own recogniser, in the same turn: the webhook behind the stream asks again."""
        self._s.metrics.degraded.labels(getattr(error, "code", "error")).inc()
        log.warning("call goes on without local speech", call=self.call_id, why=getattr(error, "code", "error"))
        self._s.streams.lost(self.call_id, MAX_LOST)
        await self._close()

    # -- time ---------------------------------------------------------------------------------------------------

    def _await_input(self, timeout_s: float) -> None:
        self._no_input_at = time.monotonic() + timeout_s
        self._start_timer(timeout_s, self._silence)

    def _start_timer(self, delay_s: float, then: Callable[[], Any]) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay_s, then)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _spawn(self, coroutine: Any) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("media task failed", call=self.call_id, exc_info=task.exception())
            self._s.streams.lost(self.call_id)
            self._spawn(self._close())
