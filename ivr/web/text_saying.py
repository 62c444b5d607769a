"""What a call with a text telephone is told: typed by us, or in our voice where the caller hears and types (HCO), to the last SK.

Owned by a `TextCall`, on the event loop. Its clock is the conversation's, the number of frames. Contains no rule about calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import groupby

import numpy as np

from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.runtime.services import Services
from ivr.speech import mulaw
from ivr.telephony.media_codec import MediaStream
from ivr.telephony.media_frames import FRAME
from ivr.telephony.tty_conversation import TtyConversation
from ivr.telephony.tty_etiquette import GA, SK, closed, outgoing

FAREWELL_MS = 600.0
"""From our last character to the end of the call: the other side prints it, and may still type SK."""


class TextSaying:
    def __init__(self, services: Services, stream: MediaStream, send: Callable[[str], Awaitable[None]]):
        self._s, self._stream, self._send = services, stream, send
        self.talk = TtyConversation()
        """Another one where it began before this call was known for what it is."""
        self._session: Session | None = None
        self._bundle = services.bundles.current
        self._ending_ms: float | None = None

    def adopt(self, session: Session, bundle: Bundle) -> None:
        """Whose call it is, and whose words."""
        self._session, self._bundle = session, bundle

    # -- words --------------------------------------------------------------------------------------------------

    async def turn(self, says: list[act.Say], closing: str) -> None:
        """All that a turn of the engine says."""
        for say in says:
            self._write_down(say.text, say.key)
        await self._say(says, closing)

    async def tell(self, key: str, closing: str = "") -> None:
        """Words of the line itself, which the engine knows nothing of."""
        session = self._session
        if session is not None and key in self._bundle.prompts.get(session.language, {}):
            text = render(self._bundle, key, session.language, "tty", slots={}, values={}).text
            await self.turn([act.Say(key, text, session.language)], closing)

    async def deliver(self, text: str) -> None:
        """Lines of a member of staff."""
        self._write_down(text, "agent")
        self.talk.say(outgoing(text.splitlines(), GA), keep=True)

    async def give_up(self) -> None:
        """The store or the engine failed us: say so and where to go, and end. Never silence, never a person."""
        await self.tell("technical_problem")
        await self.tell("safe_landing", SK)
        self.say_farewell()

    async def _say(self, says: list[act.Say], closing: str) -> None:
        if self._session is not None and self._session.tty_mode == "hco" and self._s.prompt_audio is not None:
            for say in says:
                audio = await self._s.in_thread(self._s.prompt_audio.audio, closed(say.text)[0], say.language, None, False)
                samples = mulaw.decode_pcm16(audio + bytes([mulaw.SILENCE]) * (-len(audio) % FRAME))
                self.talk.say_aloud(samples.reshape(-1, FRAME))
            return
        groups = [(interruptible, [say.text for say in group]) for interruptible, group in groupby(says, lambda say: say.barge_in)]
        for n, (interruptible, texts) in enumerate(groups, 1):
            self.talk.say(outgoing(texts, closing if n == len(groups) else ""), keep=not interruptible)

    def _write_down(self, text: str, key: str) -> None:
        if self._session is not None:
            self._s.transcripts.add(self._session.call_id, "system", text, key)

    # -- the end ------------------------------------------------------------------------------------------------

    def say_farewell(self) -> None:
        """What is still to be sent is the last of it."""
        self._ending_ms = self.talk.now_ms + FAREWELL_MS

    def is_over(self) -> bool:
        """The last character was sent and printed; True once."""
        if self._ending_ms is None:
            return False
        if self.talk.is_sending:
            self._ending_ms = self.talk.now_ms + FAREWELL_MS
        elif self.talk.now_ms >= self._ending_ms:
            self._ending_ms = None
            return True
        return False

    # -- the line -----------------------------------------------------------------------------------------------

    async def send_due(self) -> None:
        """The frames of this moment."""
        for frame in self.talk.outgoing():
            await self._play(frame)

    async def clear(self) -> None:
        """What the carrier still holds of our sound is thrown away."""
        if self._stream.can_send:
            await self._send(self._stream.send_clear())

    async def _play(self, frame: np.ndarray) -> None:
        if self._stream.can_send:
            await self._send(self._stream.send_media(mulaw.encode_pcm16(frame)))
