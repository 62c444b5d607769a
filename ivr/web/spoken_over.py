"""What a text-telephone caller says with their own voice (voice carry over): heard between our bursts of text, recognised, told
as an event. Tones, ours and theirs, are taken out before it listens. Owned by a `TextCall`, on the event loop."""

from __future__ import annotations

import numpy as np

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.errors import Unavailable
from ivr.flow.model import Bundle
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.sensitive import Sensitive
from ivr.speech import mulaw
from ivr.speech.listener import CallListener, UtteranceEnded
from ivr.web.utterances import Utterances

log = logs.get("tty")


class SpokenOver:
    """Begins to listen with the first frame it is given, so that callers who type cost nothing."""

    def __init__(self, services: Services):
        self._said = Utterances(services)
        self._ear: CallListener | None = None

    @property
    def speaking(self) -> bool:
        return self._ear is not None and self._ear.speaking

    def close(self) -> None:
        self._said.resumed()

    async def heard(self, samples: np.ndarray, listen: act.Listen, bundle: Bundle, *, sending: bool) -> ev.SpeechHeard | None:
        """One frame of 20 ms. What is said while we send is not listened to: a text telephone cannot show both."""
        if not self._said.possible:
            return None
        self._said.bundle = bundle
        if self._ear is None:
            self._ear = CallListener()
        if sending:
            self._ear.reset()
            return None
        self._ear.expect(listen.end_silence_ms)
        for event in self._ear.feed(mulaw.encode_pcm16(samples)):
            if isinstance(event, UtteranceEnded):
                return await self._recognised(event, listen)
        return None

    async def _recognised(self, utterance: UtteranceEnded, listen: act.Listen) -> ev.SpeechHeard | None:
        try:
            transcript = await self._said.read(utterance.samples, listen, NO_SWITCH)
        except Unavailable as error:
            # They may type all the same: the question stands.
            log.warning("speech of a text-telephone caller was not recognised", why=error.code)
            return None
        if not transcript.text:
            return None
        return ev.SpeechHeard(listen.turn, Sensitive(transcript.text), transcript.confidence, language=transcript.language)


NO_SWITCH = 99
"""Answers after which nobody's language is guessed any more: who types has shown theirs."""
