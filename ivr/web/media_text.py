"""One call with a text telephone on a media stream: brings the engine what is typed, and types what the engine says.

    [sending]──last character──▶[waiting]──GA, SK, a pause, keys, silence──▶ a turn of the engine ──▶[sending] ...
    [sending]──Hangup──▶ close        [sending]──Transfer──▶ lines to and from a member of staff who types

The clock is the number of frames that came in, never the wall: a call that is driven faster than real time runs the same.
Turns are taken while no frame is read, so the line stands still for them. Contains no rule about calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import numpy as np

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.dialog.typed import event_for
from ivr.errors import IvrError
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.turn_result import TurnResult
from ivr.sensitive import Sensitive
from ivr.telephony import tty_events as te
from ivr.telephony.baudot import CharacterReceived, TtyDetector
from ivr.telephony.media_codec import MediaStream
from ivr.telephony.media_frames import FrameCutter
from ivr.telephony.tty_conversation import TtyConversation
from ivr.telephony.tty_etiquette import GA, SK, nothing_left
from ivr.telephony.tty_greetings import is_greeting
from ivr.web.keys_pressed import KeysPressed
from ivr.web.lookup_wait import settled
from ivr.web.spoken_over import SpokenOver
from ivr.web.text_saying import TextSaying
from ivr.web.waiting_typist import WaitingTypist

MAX_BAD_LINES = 2
"""Times in a row that a caller is asked to type again; after that what there is, is taken."""

log = logs.get("tty")


class TextCall:
    def __init__(self, services: Services, stream: MediaStream, send: Callable[[str], Awaitable[None]],
                 close: Callable[[], Awaitable[None]]):
        self._s, self._close = services, close
        self._bundle = services.bundles.current
        self._frames, self._keys = FrameCutter(), KeysPressed()
        self._saying = TextSaying(services, stream, send)
        self._voice = SpokenOver(services)
        self._session: Session | None = None
        self._listen: act.Listen | None = None
        self._bad_lines = 0
        self._hello = False
        self._key_wait_ms = 0.0
        self._ahead_sk = self._rejoins = False
        self.call_id = ""

    # -- coming and going ---------------------------------------------------------------------------------------

    async def begin(self, session: Session) -> None:
        """Type what the session has pending: the greeting, or the question a lost stream was at."""
        self._s.metrics.tty.labels("line").inc()
        if session.status == "ended" or (session.transfer is None and (session.last_listen is None or session.waiting != "input")):
            self.call_id = session.call_id
            return await self._close()
        waits = [session.transfer] if session.transfer else [session.last_listen]
        self._rejoins = session.transfer is not None
        await self._perform(session, [*session.apology, *session.last_said, *(w for w in waits if w)])

    async def switched(self, result: TurnResult, heard: TtyDetector) -> None:
        """The voice call turned out to be a text telephone. What it has typed so far is not lost."""
        self._s.metrics.tty.labels("detected").inc()
        self._saying.talk = TtyConversation(receiver=heard.receiver)
        self._talk.typed_before("".join(e.text for e in heard.received if isinstance(e, CharacterReceived)))
        self._hello = True
        self._adopt(result.session)
        await self._saying.tell("tty_switched")
        await self._perform(result.session, list(result.actions))

    async def end(self) -> None:
        """The socket is gone. Who waited for somebody keeps their place: the call goes on in a new stream, or the carrier says
        that it is over."""
        self._voice.close()

    def _adopt(self, session: Session) -> None:
        self._session, self.call_id = session, session.call_id
        self._bundle = self._s.bundles.get(session.bundle_hash)
        self._saying.adopt(session, self._bundle)

    @property
    def _talk(self) -> TtyConversation:
        return self._saying.talk

    # -- what comes in ------------------------------------------------------------------------------------------

    async def on_audio(self, payload: bytes, gap_ms: int = 0) -> None:
        for samples, lost in self._frames.cut(payload, gap_ms):
            for event in self._talk.hear(samples, erased=lost):
                await self._happened(event)
            await self._spoken(samples)
            await self._saying.send_due()
            await self._time_passed()

    async def on_digit(self, digit: str) -> None:
        if self._listen is None or self._transferred:
            if not (self._transferred and self._s.desk.pressed(self.call_id, digit)):
                self._keys.keep(digit)
            return
        self._talk.expect(None)
        if whole := self._keys.press(digit, self._listen):
            return await self._keyed(whole)
        self._key_wait_ms = self._listen.inter_digit_s * 1000

    def on_mark(self, name: str, cleared: bool) -> None:
        """Frames are paced by the line itself: nothing depends on marks."""

    async def _happened(self, event: te.TtyEvent) -> None:
        match event:
            case te.TurnTyped():
                await self._typed(event)
            case te.WaitOver() if self._listen is not None:
                await self._take(ev.NoInput(self._listen.turn))
            case te.TimeRunningOut():
                await self._saying.tell("tty_time_running_out", GA)
            case te.MoreTimeAsked() if self._listen is not None:
                await self._saying.tell("tty_more_time", GA)
            case te.SendingInterrupted():
                await self._saying.clear()

    async def _typed(self, turn: te.TurnTyped) -> None:
        words, listen = turn.text.reveal(), self._listen
        self._s.transcripts.add(self.call_id, "caller", f"{words} {turn.closing}".strip(), "tty")
        if self._transferred:
            if turn.closing == SK and nothing_left(words):
                return await self._left_queue()
            self._s.desk.typed(self.call_id, words)
            return self._talk.expect(self._patience_ms)
        if listen is None:
            return
        if self._hello and is_greeting(words, listen.language) and turn.closing != SK:
            # "HELLO GA": they are there and wait. What we have to say, which was held back until now, is the answer.
            self._hello = False
            return self._talk.expect(self._patience_ms)
        if turn.bad_line and self._bad_lines < MAX_BAD_LINES:
            self._bad_lines += 1
            await self._saying.tell("tty_bad_line", GA)
            return self._talk.expect(self._patience_ms)
        self._bad_lines, self._hello = 0, False
        self._talk.drop()
        self._ahead_sk = turn.closing == SK and not nothing_left(words)
        await self._take(event_for(SK if turn.closing == SK and nothing_left(words) else words, listen, self._bundle))

    async def _keyed(self, digits: str) -> None:
        assert self._listen is not None
        self._key_wait_ms = 0.0
        if self._talk.hush():
            await self._saying.clear()
        self._s.transcripts.add(self.call_id, "caller", digits, "keys")
        await self._take(ev.DigitsReceived(self._listen.turn, Sensitive(digits)))

    async def _spoken(self, samples: np.ndarray) -> None:
        """A caller who speaks and reads (VCO)."""
        if self._session is None or self._session.tty_mode != "vco" or self._listen is None:
            return
        event = await self._voice.heard(samples, self._listen, self._bundle, sending=self._talk.is_sending)
        self._talk.hold_wait(self._voice.speaking)
        if event is not None:
            self._s.transcripts.add(self.call_id, "caller", event.text.reveal(), "vco")
            await self._take(event)

    async def _time_passed(self) -> None:
        if self._key_wait_ms:
            self._key_wait_ms -= 20
            if self._key_wait_ms <= 0 and (whole := self._keys.finish()):
                await self._keyed(whole)
        if self._saying.is_over():
            await self._close()

    # -- a turn -------------------------------------------------------------------------------------------------

    async def _take(self, event: ev.Event) -> None:
        self._talk.expect(None)
        try:
            result = await self._s.in_thread(partial(self._s.turns.take, self.call_id, event, patience_s=0.0))
            if result.pending:
                result = await settled(self._s, result, lambda: False, _in_silence)
        except IvrError as error:
            log.error("turn failed", call=self.call_id, exc_info=error)
            await self._saying.give_up()
            self._listen = None
            return
        if not result.applied:
            return await self._again(result.session)
        await self._perform(result.session, list(result.actions))

    async def _again(self, session: Session) -> None:
        """Somebody else moved the call on: go on from what is stored."""
        if session.status == "ended" or session.last_listen is None:
            return await self._close()
        await self._perform(session, [*session.last_said, session.transfer or session.last_listen])

    async def _perform(self, session: Session, actions: list[act.Action]) -> None:
        self._adopt(session)
        self._listen = None
        self._keys.forget()
        says, last = [a for a in actions if isinstance(a, act.Say)], actions[-1] if actions else None
        await self._saying.turn(says, GA if isinstance(last, act.Listen) else "" if isinstance(last, act.Transfer) else SK)
        if isinstance(last, act.Transfer):
            since = await self._s.in_thread(self._s.calls.changed_at, self.call_id) if self._rejoins else None
            self._s.desk.join(WaitingTypist(session, last, self._saying.deliver, self._released, since), again=self._rejoins)
            self._rejoins = False
            self._talk.expect(self._patience_ms)
        elif isinstance(last, act.Listen):
            self._listen = last
            self._talk.expect(last.timeout_s * 1000)
            await self._go_on_with_what_came_ahead(last)
        else:
            self._saying.say_farewell()

    async def _go_on_with_what_came_ahead(self, listen: act.Listen) -> None:
        if self._ahead_sk:
            self._ahead_sk = False
            return await self._take(event_for(SK, listen, self._bundle))
        for digit in self._keys.take_ahead():
            await self.on_digit(digit)

    # -- a member of staff who types --------------------------------------------------------------------------------

    @property
    def _transferred(self) -> bool:
        return self._session is not None and self._session.transfer is not None

    @property
    def _patience_ms(self) -> float:
        """Until a pause is told as such: in the waiting room and in conversation nobody is timed out."""
        return self._listen.timeout_s * 1000 if self._listen else float("inf")

    async def _released(self, outcome: str) -> None:
        if self._session is not None and self._session.transfer is not None:
            await self._take(ev.QueueEnded(self._session.transfer.queue, outcome))

    async def _left_queue(self) -> None:
        self._s.desk.leave(self.call_id)
        await self._released("left")


async def _in_silence() -> None:
    """What is sent goes out with the frames that come in, and those wait for this turn: words would come after the answer."""
