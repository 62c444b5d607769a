"""A caller on a media stream who waits for a member of staff, and talks with them.

    [joined]──place, advice──▶[waiting]──taken──▶[talking]──hold──▶[held]
        └─key 1, or words for it──▶ the flow goes on        └─hung up, passed on, lost──▶ waiting again, or the flow goes on

Runs on the event loop. Whose turn it is and how it ends, the desk decides; contains no rule about calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.lexicon import leave_hints, leaves_line
from ivr.dialog.session import Keeps, Session
from ivr.errors import IvrError, Unavailable
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.sound_bridge import End
from ivr.runtime.turn_result import TurnResult
from ivr.speech import listener as ears
from ivr.telephony.media_codec import MediaStream
from ivr.web.call_tasks import CallTasks
from ivr.web.media_voice import MediaVoice
from ivr.web.sound_out import SoundOut
from ivr.web.utterances import Utterances

HOLD_WORDS_S = 20.0
"""Whoever is on hold hears this often that nobody has forgotten them."""
NO_SWITCH = 99
"""Answers after which nobody's language is guessed any more."""
log = logs.get("media")


class SpeakingCaller:
    """The desk's view of the call (`runtime.people.SpeakingCaller`)."""

    channel = "voice"

    def __init__(self, session: Session, transfer: act.Transfer, since: datetime | None, call: PersonCall, by_carrier: bool):
        """`by_carrier`: a call of the carrier's, who can bring it elsewhere; a browser's is nowhere but on this stream."""
        self.by_carrier = by_carrier
        self.call_id, self.queue, self.language = session.call_id, transfer.queue, session.language
        self.context: Mapping[str, str] = transfer.context
        keeps = session.keeps
        self.rule, self.bundle_hash, self.since = transfer.policy_rule, session.bundle_hash, since
        self.called_back, self.reference = keeps is not None, keeps.reference if keeps else ""
        self.place_key = keeps.key if keeps and keeps.place_since else ""
        self._call = call

    async def deliver(self, text: str) -> None:
        await self._call.say(text)

    async def talks(self, end: End | None) -> None:
        await self._call.talks(end)

    async def held(self, on: bool) -> None:
        await self._call.held(on)

    async def meets_on_phone(self) -> None:
        await self._call.let_go()

    async def released(self, outcome: str) -> None:
        await self._call.released(outcome)


class PersonCall:
    def __init__(self, services: Services, stream: MediaStream, send: Callable[[str], Awaitable[None]],
                 close: Callable[[], Awaitable[None]], goes_on: Callable[[TurnResult], Awaitable[None]], *, by_carrier: bool):
        """`goes_on` takes the call over once the desk is done with it."""
        self._by_carrier = by_carrier
        self._s, self._stream, self._send, self._close, self._goes_on = services, stream, send, close, goes_on
        self._voice = MediaVoice(stream, send, lambda: None)
        self._out = SoundOut(self._play)
        self._ear = ears.CallListener()
        self._said = Utterances(services)
        self._session: Session | None = None
        self._end: End | None = None
        self._reminder: asyncio.TimerHandle | None = None
        self._tasks = CallTasks(self._broke)
        self._over = False
        self.call_id = ""

    # -- coming and going ---------------------------------------------------------------------------------------

    async def begin(self, session: Session, *, again: bool) -> None:
        """`again`: the stream is a new one, or was lost; the caller has waited before."""
        self._session, self.call_id = session, session.call_id
        self._said.bundle = self._s.bundles.get(session.bundle_hash)
        assert session.transfer is not None
        since = await self._s.in_thread(self._s.calls.changed_at, self.call_id) if again else None
        if session.keeps and session.keeps.place_since:
            since = datetime.fromisoformat(session.keeps.place_since)
        if not self._s.desk.talks(self.call_id):
            await self._noted(False)
        self._s.desk.join(SpeakingCaller(session, session.transfer, since, self, self._by_carrier), again=again)

    async def end(self) -> None:
        """The socket is gone. The desk keeps the place: the carrier comes back, or says that the caller has hung up."""
        self._over = True
        self._stop_reminding()
        self._apart()
        self._said.resumed()
        self._tasks.cancel()

    # -- what comes in ------------------------------------------------------------------------------------------

    async def on_audio(self, payload: bytes, gap_ms: int = 0) -> None:
        if self._end is not None:
            return self._end.say(payload)
        for event in self._ear.feed(payload):
            match event:
                case ears.UtteranceEnded() if self._said.possible and not self._voice.is_playing and not self._keeps:
                    self._tasks.start(self._heard(event))
                case ears.KeyPressed(digit=digit):
                    await self.on_digit(digit)

    async def on_digit(self, digit: str) -> None:
        if self._end is None:
            self._s.desk.pressed(self.call_id, digit)

    def on_mark(self, name: str, cleared: bool) -> None:
        if not cleared:
            self._voice.returned(name)

    async def _heard(self, utterance: ears.UtteranceEnded) -> None:
        """Somebody who waits may say that they wait no longer."""
        assert self._session is not None
        language, bundle = self._session.language, self._said.bundle
        listen = act.Listen(self._session.turn, language, hints=leave_hints(bundle, language))
        try:
            transcript = await self._said.read(utterance.samples, listen, NO_SWITCH)
        except Unavailable:
            return  # the key leaves as well
        if leaves_line(bundle, transcript.text, language) and self._end is None:
            self._s.desk.gives_up(self.call_id)

    # -- what the desk asks for ---------------------------------------------------------------------------------

    async def say(self, text: str) -> None:
        """Words of the waiting room; nothing while somebody talks with the caller."""
        session = self._session
        if self._end is not None or session is None or self._over or not text:
            return
        self._s.transcripts.add(self.call_id, "system", text, "queue")
        await self._speak(text, "queue_wait")

    async def talks(self, end: End | None) -> None:
        self._stop_reminding()
        self._apart()
        self._end = end
        self._voice.begin_turn()
        if self._stream.can_send:
            await self._send(self._stream.send_clear())
        if end is not None:
            end.listens(self._out.put)
        await self._noted(end is not None)

    async def let_go(self) -> None:
        """The webhook behind the stream asks where the caller is to be now."""
        self._stop_reminding()
        self._apart()
        if not self._over:
            await self._close()

    async def held(self, on: bool) -> None:
        """Never silence: the caller is told, and told again."""
        self._stop_reminding()
        if on and not self._over:
            self._remind()

    async def released(self, outcome: str) -> None:
        assert self._session is not None and self._session.transfer is not None
        self._stop_reminding()
        self._apart()
        try:
            result = await self._s.in_thread(self._s.turns.take, self.call_id, ev.QueueEnded(self._session.transfer.queue, outcome))
        except IvrError as error:
            log.error("turn failed", call=self.call_id, exc_info=error)
            return await self._close()  # the webhook behind the stream goes on from what is stored
        if not self._over:
            await self._goes_on(result)

    # -- parts ----------------------------------------------------------------------------------------------------

    @property
    def _keeps(self) -> Keeps | None:
        return self._session.keeps if self._session else None

    async def _noted(self, talking: bool) -> None:
        """Of a promised call: a promise is kept when it breaks off in a conversation, and not when it does in the line."""
        if self._keeps is None:
            return
        try:
            await self._s.in_thread(self._s.callbacks.keeping.with_staff, self._keeps.attempt_id, talking)
        except IvrError as error:
            log.error("what a promised call is worth could not be noted", call=self.call_id, exc_info=error)

    def _apart(self) -> None:
        if self._end is not None:
            self._end.listens(None)
            self._out.clear()
        self._end = None

    def _remind(self) -> None:
        session = self._session
        say = self._s.one_moment(session.language) if session else None
        if say is not None:
            self._tasks.start(self._speak(say.text, say.key))
        self._reminder = asyncio.get_running_loop().call_later(HOLD_WORDS_S, self._remind)

    def _stop_reminding(self) -> None:
        if self._reminder:
            self._reminder.cancel()
            self._reminder = None

    async def _speak(self, text: str, key: str) -> None:
        if self._s.prompt_audio is None or self._session is None:
            return  # without a voice of our own the page of the agent is all there is
        audio = await self._s.in_thread(self._s.prompt_audio.audio, text, self._session.language, key, False)
        if self._stream.can_send and not self._over:
            await self._voice.say(audio)

    async def _play(self, frame: bytes) -> None:
        if self._stream.can_send:
            await self._send(self._stream.send_media(frame))

    def _broke(self, error: BaseException) -> None:
        log.error("media task failed", call=self.call_id, exc_info=error)
