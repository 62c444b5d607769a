"""Tells a text telephone from everything else heard on a voice line. Pure, streaming.

Runs on every call from the first frame, so it must stay silent for hours of speech, music and other tones, and yet know a
text telephone within half a second of its first start bit. Two different characters are proof: start bits, bits and stops
of one length, most of the sound in one of two tones (a ringer that trills repeats itself). One alone is, if it is very pure and the
mark stays.
Called by the media path of a voice call.
"""

from __future__ import annotations

import numpy as np

from ivr.telephony.baudot.received import Received
from ivr.telephony.baudot.receiver import Receiver

_FRAMED = 6.0
"""Least certainty of start, bits and stop of a character that counts."""
_SPREAD_HZ = 40.0
"""Tones of ringers are further from 400 Hz apart."""
_PROOF = 0.85
"""Characters prove a text telephone when the shares of the sound that are in their tones add up to this."""
_VERY_PURE = 0.75
_ONE_RUN = frozenset({0b00000, 0b10000, 0b11000, 0b11100, 0b11110, 0b11111})
"""Codes that are one run of space between marks, which three notes of a melody are too: never proof alone."""
_HOLD_MS = 300
"""From its start bit, how long the tone of a single character must last: its bits and as much mark again."""
_APART_MS = 1500
"""Characters further apart than this prove nothing together."""


class TtyDetector:
    def __init__(self, expect_unshift_on_space: bool = False) -> None:
        self.receiver = Receiver(expect_unshift_on_space)
        """Goes on to be the receiver of the session once the telephone is recognised."""
        self.received: tuple[Received, ...] = ()
        """What the receiver heard of the transmission in which the telephone was recognised, from its carrier on."""
        self.recognised = False

    def feed(self, samples: np.ndarray, *, erased: bool = False) -> bool:
        """One frame of 160 int16 samples; True once a text telephone was recognised, and from then on."""
        events = self.receiver.feed(samples, erased=erased)
        if events:
            self.received = (*self.received, *events)
        if not self.recognised:
            self.recognised = self._judge()
            if not self.recognised and not self.receiver.carrier:
                self.received = ()
        return self.recognised

    def _judge(self) -> bool:
        now_ms = self.receiver.now_ms
        heard = [c for c in self.receiver.heard
                 if c.margin >= _FRAMED and c.spread_hz <= _SPREAD_HZ and now_ms - c.start_ms < 2 * _APART_MS]
        if not heard:
            return False
        last = heard[-1]
        near = [c for c in heard if last.start_ms - c.start_ms <= _APART_MS]
        different = len({int(c.likelihood.argmax()) for c in near}) > 1
        if different and sum(c.quality for c in near) >= _PROOF:
            return True
        held = self.receiver.carrier and now_ms - last.start_ms >= _HOLD_MS
        return held and last.quality >= _VERY_PURE and int(last.likelihood.argmax()) not in _ONE_RUN
