"""Marker for lines whose speech is recognised by Twilio: there is no local speech, the runtime uses `<Gather>`."""

from __future__ import annotations

from typing import NoReturn

from ivr.errors import Unavailable
from ivr.speech.recognizer import Expectation


class TwilioRecognizer:
    name = "twilio"
    local = False
    """No audio reaches this program; the carrier sends text."""

    def languages(self) -> tuple[str, ...]:
        return ("en", "es")

    def open(self, expectation: Expectation) -> NoReturn:
        raise Unavailable("this line has no local speech recognition", retryable=False,
                          hint="recognise through <Gather>, or install a model: ivr models fetch whisper",
                          code="speech_remote")

    def close(self) -> None:
        """Nothing is held."""
