"""A text telephone on a voice line, told from the invitation that we send ourselves."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.flow.model import Bundle
from ivr.speech import mulaw
from ivr.telephony.baudot import transmit
from ivr.web.tty_watch import TtyWatch


def _silence(ms: int) -> np.ndarray:
    return np.zeros(8 * ms, dtype=np.int16)


def _heard(watch: TtyWatch, samples: np.ndarray) -> bool:
    found = [watch.heard(mulaw.encode_pcm16(samples[at:at + 160])) for at in range(0, samples.size - 159, 160)]
    return any(found)


@pytest.mark.parametrize("gain", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("delay_ms", [20, 300, 1000])
def test_the_echo_of_our_invitation_is_nobody(uscis: Bundle, gain: float, delay_ms: int) -> None:
    watch = TtyWatch()
    tones = mulaw.decode_pcm16(watch.invitation(uscis, "en"))
    echo = np.concatenate([_silence(delay_ms), (tones * gain).astype(np.int16), _silence(3000)])
    assert not _heard(watch, echo)
    assert not _heard(watch, _silence(2000))
    assert _heard(watch, np.concatenate([transmit("HELLO GA"), _silence(500)]))


def test_who_answers_the_invitation_at_once_is_recognised_and_loses_nothing(uscis: Bundle) -> None:
    watch = TtyWatch()
    tones = mulaw.decode_pcm16(watch.invitation(uscis, "en"))
    assert not _heard(watch, _silence(tones.size // 8))
    assert _heard(watch, np.concatenate([transmit("HELLO GA"), _silence(500)]))
    assert watch.text.strip().startswith("HELLO")


def test_it_is_sent_once_a_call(uscis: Bundle) -> None:
    watch = TtyWatch()
    assert watch.invitation(uscis, "es")
    assert watch.invitation(uscis, "es") == b""
