"""What a media call is saying: the prompts of a turn written down, rendered and sent, and how long the caller waited for them.

Owned by a `MediaCall`, on the event loop; what was sent and not yet heard, its `MediaVoice` knows. Contains no rule about calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ivr.dialog import actions as act
from ivr.flow.model import Bundle
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.telephony.media_codec import MediaStream
from ivr.web.media_voice import MediaVoice
from ivr.web.tty_watch import TtyWatch
from ivr.web.turn_timing import TurnTiming

log = logs.get("media")


class Saying:
    def __init__(self, services: Services, stream: MediaStream, send: Callable[[str], Awaitable[None]], tty: TtyWatch, timing: TurnTiming):
        self._s, self._stream, self._tty, self._timing = services, stream, tty, timing
        self.voice = MediaVoice(stream, send, self._sent)
        self._call_id, self._bundle = "", services.bundles.current
        self._invites = False

    def adopt(self, call_id: str, bundle: Bundle) -> None:
        """Whose call it is, and whose words."""
        self._call_id, self._bundle = call_id, bundle

    def invite_to_type(self) -> None:
        """Somebody who has not said a word may be waiting in front of a text telephone, which makes no sound by itself: its
        tones come before the next words."""
        self._invites = True

    async def turn(self, says: list[act.Say]) -> None:
        """All that the turn says, with a mark behind it."""
        if self._invites:
            await self._invite(says[0].language if says else "")
        for say in says:
            await self.prompt(say)
        await self.voice.end_turn()

    async def prompt(self, say: act.Say) -> None:
        self._s.transcripts.add(self._call_id, "system", say.text, say.key)
        audio = await self._s.in_thread(self._s.prompt_audio.audio, say.text, say.language, say.key,
                                        say.static and not say.sensitive)
        if self._stream.can_send:
            await self.voice.say(audio)

    async def _invite(self, language: str) -> None:
        self._invites = False
        tones = self._tty.invitation(self._bundle, language) if language else b""
        if tones and self._stream.can_send:
            await self.voice.say(tones)

    def _sent(self) -> None:
        if stages := self._timing.spoken():
            log.debug("turn timing", call=self._call_id, **stages)
