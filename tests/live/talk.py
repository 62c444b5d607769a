"""A caller with a voice: plays audio into the media leg and waits on what is heard, never on the clock."""

from __future__ import annotations

from collections.abc import Callable

from ivr.testing.carrier import Carrier
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.media_leg import MediaLeg

Speak = Callable[..., bytes]


class Talk:
    def __init__(self, carrier: Carrier, speak: Speak, **call: str):
        self.speak = speak
        self.call: EmulatedCall = carrier.call(**call)
        assert self.call.leg is not None, (self.call.verbs, self.call.errors)

    @property
    def leg(self) -> MediaLeg:
        assert self.call.leg is not None
        return self.call.leg

    def listen(self, after_s: float = -1.0) -> None:
        """Until the system begins to speak; the caller is impatient and will interrupt it."""
        assert self.leg.wait_for_audio(15, after_s=after_s), "the system said nothing"
        assert self.leg.wait_for(lambda x: x.marks_sent > 0, 15)

    def hear_out(self, after_s: float = -1.0) -> None:
        """Until the system has said its piece."""
        self.listen(after_s)
        assert self.leg.wait_until_quiet(60, after_s=after_s)

    def say(self, text: str, language: str = "en") -> None:
        """Speak (over the system's words, if need be) until the answer begins or the system has hung up."""
        self.play(self.speak(text, language))

    def play(self, audio: bytes) -> None:
        leg = self.leg
        before = leg.marks_sent
        leg.play_mulaw(audio)
        assert leg.wait_spoken(60)
        self._answered(before)

    def press(self, keys: str) -> None:
        leg = self.leg
        before = leg.marks_sent
        leg.press(keys)
        self._answered(before)

    def _answered(self, before: int) -> None:
        """Every turn ends with a mark; "one moment, please" does not, so it is not taken for the answer."""
        assert self.leg.wait_for(lambda x: x.is_closed or x.marks_sent > before, 30), "no answer"
