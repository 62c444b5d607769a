"""One call on a media stream: plays what the engine says, listens, and brings it what the caller did.

    [prompt playing]──barge-in / mark──▶[listening]──utterance / keys / silence──▶[thinking]──▶ next turn
    [prompt playing]──Hangup, Transfer──▶ wait until it was heard ──▶ close; the carrier goes on behind </Connect>

`Hearing` makes words of the caller's sound, `Saying` sound of our words; here they meet the turns of the engine. Runs on the event
loop; recognition, synthesis and the store run in pools. Contains no rule about calls.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import IvrError, Unavailable
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.streams import MAX_LOST
from ivr.runtime.turn_result import TurnResult
from ivr.sensitive import Sensitive
from ivr.speech.listener import UtteranceEnded
from ivr.telephony.baudot import TtyDetector
from ivr.telephony.media_codec import MediaStream
from ivr.web.call_tasks import CallTasks
from ivr.web.filler import Filler
from ivr.web.hearing import Hearing
from ivr.web.input_timer import InputTimer
from ivr.web.keys_pressed import KeysPressed
from ivr.web.lookup_wait import settled
from ivr.web.open_question import OpenQuestion
from ivr.web.saying import Saying
from ivr.web.tty_watch import TtyWatch
from ivr.web.turn_timing import TurnTiming

NOISE_WAIT_S = 1.5
"""Least time left to the caller after a sound that was no speech."""

log = logs.get("media")


class MediaCall:
    def __init__(self, services: Services, stream: MediaStream, send: Callable[[str], Awaitable[None]],
                 close: Callable[[], Awaitable[None]], became_text: Callable[[TurnResult, TtyDetector], Awaitable[None]],
                 to_person: Callable[[Session], Awaitable[bool]]):
        """`became_text` takes the call over once a text telephone was recognised on its line; `to_person` once it was handed to a
        member of staff, or is False where the carrier's queue has it."""
        self._s, self._close = services, close
        self._tty, self._became_text, self._to_person = TtyWatch(), became_text, to_person
        self._question, self._keys = OpenQuestion(), KeysPressed()
        self._timer, self._timing = InputTimer(), TurnTiming()
        self._tasks = CallTasks(self._broke)
        self._saying = Saying(services, stream, send, self._tty, self._timing)
        self._voice = self._saying.voice
        self._hearing = Hearing(services, self._question, self._voice, self._timer, self._timing, self._tasks, uttered=self._heard,
                                pressed=partial(self.on_digit, from_tone=True))
        self._filler = Filler(lambda language: services.one_moment(language), self._saying.prompt, self._tasks)
        self.call_id = ""
        self._over = False
        """The call has ended here, or goes on in text."""

    # -- coming and going ---------------------------------------------------------------------------------------

    async def begin(self, session: Session) -> None:
        """Speak what the session has pending and listen: the greeting, or the question a lost stream was at."""
        self._adopt(session)
        if session.status == "ended" or session.last_listen is None or session.waiting != "input":
            await self._close()
            return
        await self._perform([*session.apology, *session.last_said, session.last_listen])

    async def go_on(self, result: TurnResult) -> None:
        """A member of staff is done with the call: say what the flow says next."""
        if not result.applied:
            return await self.begin(result.session)
        self._adopt(result.session)
        await self._perform(result.actions)

    async def end(self) -> None:
        """The socket is gone, or the call is somebody else's now."""
        self._over = True
        self._timer.stop()
        self._tasks.cancel()
        self._hearing.close()

    def _adopt(self, session: Session) -> None:
        self.call_id, self._question.answers = session.call_id, session.answers
        bundle = self._s.bundles.get(session.bundle_hash)
        self._hearing.adopt(bundle)
        self._saying.adopt(session.call_id, bundle)

    # -- what comes in ------------------------------------------------------------------------------------------

    async def on_audio(self, payload: bytes, gap_ms: int = 0) -> None:
        if self._tty.heard(payload, gap_ms):
            # While a turn is being worked out, its question comes first: the telephone is still there then.
            if self._question.listen is not None and not self._question.busy:
                await self._go_on_in_text()
            return
        await self._hearing.feed(payload)

    async def on_digit(self, digit: str, *, from_tone: bool = False) -> None:
        if self._keys.is_echo(digit, time.monotonic(), from_tone=from_tone):
            return
        listen = self._question.listen
        if listen is None or self._question.busy:
            return self._keys.keep(digit)
        self._timer.stop()
        self._hearing.forget()
        await self._voice.hold()
        if whole := self._keys.press(digit, listen):
            return self._enter(whole)
        self._timer.start(listen.inter_digit_s, self._keys_done)

    def on_mark(self, name: str, cleared: bool) -> None:
        if cleared or not self._voice.returned(name):
            return
        listen = self._question.listen
        if listen and not self._question.busy and not self._keys and not self._hearing.speaking:
            # What was sent has now really been heard: the caller's time begins here.
            self._timer.await_input(listen.timeout_s, self._silence)

    async def _go_on_in_text(self) -> None:
        """A text telephone is sending: stop speaking at once, and leave the call to the one who can type."""
        self._question.busy = True
        self._timer.stop()
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

    async def _heard(self, utterance: UtteranceEnded) -> None:
        listen = self._question.listen
        assert listen is not None
        self._question.busy = True
        self._filler.soon(listen.language)
        try:
            heard = await self._hearing.understood(utterance)
        except Unavailable as error:
            self._filler.not_due()
            return await self._go_on_without_speech(error)
        if heard.no_answer:
            self._filler.not_due()
            return await self._nothing_said(heard.go_on)
        words = heard.transcript
        self._s.transcripts.add(self.call_id, "caller", words.text, words.engine)
        await self._take(ev.SpeechHeard(listen.turn, Sensitive(words.text), words.confidence, language=words.language or listen.language))

    async def _nothing_said(self, go_on: bool) -> None:
        """A noise, or an "uh-huh": the question stands, and the prompt goes on if it was held."""
        self._timing.dropped()
        self._question.busy = False
        if go_on:
            await self._voice.go_on()
        playing_s = self._voice.remaining_s
        timeout_s = self._question.listen.timeout_s if self._question.listen else 0.0
        left_s = playing_s + timeout_s if playing_s > 0 else max(NOISE_WAIT_S, self._timer.input_left_s)
        self._timer.await_input(left_s, self._silence)

    def _enter(self, digits: str) -> None:
        """The keys are complete. From this moment on the call is busy: what comes next is for the next question."""
        if self._question.listen is not None and not self._question.busy:
            self._question.busy = True
            self._tasks.start(self._keyed(digits))

    async def _keyed(self, digits: str) -> None:
        assert self._question.listen is not None
        self._s.transcripts.add(self.call_id, "caller", digits, "keys")
        await self._take(ev.DigitsReceived(self._question.listen.turn, Sensitive(digits)))

    def _keys_done(self) -> None:
        if whole := self._keys.finish():
            self._enter(whole)

    def _silence(self) -> None:
        listen = self._question.listen
        if listen and not self._question.busy and not self._hearing.speaking:
            self._question.busy = True
            if self._question.answers == 0:
                self._saying.invite_to_type()
            self._tasks.start(self._take(ev.NoInput(listen.turn)))

    # -- a turn -------------------------------------------------------------------------------------------------

    async def _take(self, event: ev.Event) -> None:
        self._timer.stop()
        try:
            result = await self._s.in_thread(partial(self._s.turns.take, self.call_id, event, patience_s=0.0))
            if result.pending:
                result = await settled(self._s, result, lambda: self._over, partial(self._filler.now, result.session.language))
        except IvrError as error:
            log.error("turn failed", call=self.call_id, exc_info=error)
            return await self._go_on_without_speech(error)
        finally:
            self._filler.answered()
        self._timing.reached("turn")
        if not result.applied:
            # Somebody else moved the call on (a second worker, a hang-up): go on from what is stored.
            return await self.begin(result.session)
        self._question.answers = result.session.answers
        await self._perform(result.actions)

    async def _perform(self, actions: list[act.Action] | tuple[act.Action, ...]) -> None:
        last = actions[-1] if actions else None
        if self._over:
            return
        self._question.listen = None
        self._keys.forget()
        self._voice.begin_turn()
        self._hearing.forget()
        await self._saying.turn([a for a in actions if isinstance(a, act.Say)])
        if isinstance(last, act.Listen):
            return await self._listen(last)
        if not await self._voice.until_heard():
            log.info("mark missing", call=self.call_id)
        if not (isinstance(last, act.Transfer) and await self._handed_over()):
            await self._close()

    async def _listen(self, listen: act.Listen) -> None:
        self._question.listen, self._question.busy = listen, False
        self._hearing.expect(listen.end_silence_ms)
        self._timer.await_input(listen.timeout_s + self._voice.remaining_s, self._silence)
        for digit in self._keys.take_ahead():
            await self.on_digit(digit)

    async def _handed_over(self) -> bool:
        if self._over:
            return False
        session = await self._s.in_thread(self._s.turns.session, self.call_id)
        return session is not None and session.transfer is not None and await self._to_person(session)

    # -- what goes wrong ----------------------------------------------------------------------------------------

    async def _go_on_without_speech(self, error: IvrError) -> None:
        """Keys and the carrier's own recogniser, in the same turn: the webhook behind the stream asks again."""
        self._s.metrics.degraded.labels(error.code).inc()
        log.warning("call goes on without local speech", call=self.call_id, why=error.code)
        self._s.streams.lost(self.call_id, MAX_LOST)
        await self._close()

    def _broke(self, error: BaseException) -> None:
        log.error("media task failed", call=self.call_id, exc_info=error)
        self._s.streams.lost(self.call_id)
        self._tasks.start(self._close())
