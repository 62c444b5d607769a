"""Text telephones on a real server, over a real socket, in real time."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech import mulaw
from ivr.telephony.baudot import CharacterReceived, Receiver, transmit
from ivr.testing.media_leg import MediaLeg

TTY_NUMBER = "+18007671833"


class Screen:
    """What a text telephone shows of the line, silence between the pieces included."""

    def __init__(self, leg: MediaLeg):
        self.leg, self.shown = leg, ""
        self._receiver = Receiver()
        self._heard = 0

    def read(self) -> str:
        """Everything shown so far. Only what has been played by now is looked at, and only once."""
        until = int((self.leg.now_s - 0.2) * 8000)
        line = np.zeros(max(0, until - self._heard), dtype=np.int16)
        for piece in self.leg.pieces:
            at = round(piece.start_s * 8000) - self._heard
            samples = mulaw.decode_pcm16(piece.payload)
            if at + samples.size > 0 and at < line.size:
                part = samples[max(0, -at):line.size - at]
                line[max(0, at):max(0, at) + part.size] = part
        for n in range(0, line.size - 159, 160):
            self.shown += "".join(e.text for e in self._receiver.feed(line[n:n + 160]) if isinstance(e, CharacterReceived))
        self._heard += line.size - line.size % 160
        return self.shown

    def shows(self, text: str, timeout_s: float = 60) -> bool:
        return self.leg.wait_for(lambda _: text in self.read(), timeout_s)


def _type(leg: MediaLeg, text: str) -> None:
    leg.play_mulaw(mulaw.encode_pcm16(transmit(text)))


@pytest.mark.speech
def test_the_text_line_speaks_in_tones_from_the_first_word(server) -> None:
    call = server.carrier.call(to=TTY_NUMBER)
    try:
        screen = Screen(call.leg)
        assert screen.shows("A FEW WORDS. GA"), screen.shown
        _type(call.leg, "CASE STATUS PLS GA")
        assert screen.shows("ONLINE"), screen.shown
    finally:
        call.hangup()


@pytest.mark.speech
def test_a_text_telephone_on_a_voice_line_is_recognised_and_answered_in_text(server) -> None:
    call = server.carrier.call()
    try:
        screen = Screen(call.leg)
        assert call.leg.wait_for_audio(20)
        _type(call.leg, "HELLO GA")
        assert call.leg.wait_for(lambda leg: bool(leg.clears), 20), "the voice did not stop"
        assert screen.shows("YOU ARE ON TTY NOW"), screen.shown
    finally:
        call.hangup()


@pytest.mark.speech
def test_a_silent_caller_is_invited_to_type(server) -> None:
    call = server.carrier.call()
    try:
        screen = Screen(call.leg)
        assert screen.shows("TTY CALL? GA"), screen.shown
        _type(call.leg, "HELLO GA")
        assert screen.shows("YOU ARE ON TTY NOW"), screen.shown
    finally:
        call.hangup()
