"""A text telephone and the person in front of it, on a `FastLine`: real tones both ways, as fast as the line goes.

Types while the line is free, unless told to interrupt; reads with a receiver of its own. Times are seconds of the line.
"""

from __future__ import annotations

import numpy as np

from ivr.speech import mulaw
from ivr.telephony.baudot import CharacterReceived, Receiver, Transmitter
from ivr.testing.fast_line import FRAME_MS, SILENCE, FastLine

FREE_S = 0.5
"""Silence after which a person takes the line to be theirs."""
LONGEST_S = 300.0
"""No answer of a telephone line lasts longer; a test that waits so long has failed."""


class LineSilent(AssertionError):
    """What was waited for did not come."""


class TtyPhone:
    def __init__(self, line: FastLine, *, baud: float = 45.45, stop_bits: float = 2.0, level_dbm0: float = -10.0,
                 echo_gain: float = 0.0, echo_ms: int = 120):
        """`echo_gain`: share of what we hear that the line sends back, 0-1, after `echo_ms`."""
        self.line = line
        self.read_so_far = ""
        """Everything that was ever shown."""
        self._transmitter = Transmitter(baud=baud, stop_bits=stop_bits, level_dbm0=level_dbm0)
        self._receiver = Receiver()
        self._echo_gain = echo_gain
        self._echo = [np.zeros(160, dtype=np.int16)] * max(1, echo_ms // FRAME_MS)
        self._quiet_s = 0.0
        self._shown = 0

    @property
    def now_s(self) -> float:
        return self.line.frames * FRAME_MS / 1000

    @property
    def closed(self) -> bool:
        return self.line.closed

    # -- the person ---------------------------------------------------------------------------------------------

    def type(self, text: str, *, interrupt: bool = False) -> None:
        """Returns when it is typed."""
        if not interrupt:
            self.wait_until(lambda: self.is_quiet, "the line to be free")
        self._transmitter.send(text)
        self.wait_until(lambda: not self._transmitter.pending, "the typing to end")

    def read(self, until: str = "GA") -> str:
        """What has been shown since the last reading, when it ends in `until` and the line is free, or the call is over."""

        def ended() -> bool:
            return self.is_quiet and self.unread.rstrip().endswith(until)

        self.wait_until(ended, f"{until!r} at the end")
        return self.take()

    def take(self) -> str:
        """What has been shown since the last reading."""
        unread, self._shown = self.unread, len(self.read_so_far)
        return unread

    @property
    def is_quiet(self) -> bool:
        """Nothing has been heard for so long that the line is ours."""
        return self._quiet_s >= FREE_S

    @property
    def unread(self) -> str:
        return self.read_so_far[self._shown:]

    def wait(self, seconds: float) -> None:
        """Types nothing."""
        end = self.now_s + seconds
        while self.now_s < end and not self.closed:
            self.tick()

    def wait_until(self, condition, what: str, longest_s: float = LONGEST_S) -> None:
        end = self.now_s + longest_s
        while not condition() and not self.closed:
            if self.now_s > end:
                raise LineSilent(f"waited {longest_s:g} s for {what}; shown since: {self.unread!r}")
            self.tick()

    def hear_while_speaking(self, frame: bytes) -> None:
        """20 ms of mu-law spoken into the line (voice carry over); the telephone shows what comes meanwhile."""
        self._show(mulaw.decode_pcm16(self.line.exchange(frame)), readable=True)

    # -- the telephone ------------------------------------------------------------------------------------------

    def tick(self) -> None:
        typed = self._transmitter.frame()
        out = typed
        if self._echo_gain:
            back = (self._echo[0] * self._echo_gain).astype(np.int16)
            out = back if out is None else np.clip(out.astype(np.int32) + back, -32768, 32767).astype(np.int16)
        heard = mulaw.decode_pcm16(self.line.exchange(SILENCE if out is None else mulaw.encode_pcm16(out)))
        self._echo = [*self._echo[1:], heard]
        self._show(heard, readable=typed is None)

    def _show(self, heard: np.ndarray, *, readable: bool) -> None:
        """The modem hears everything, and shows nothing while it types."""
        loud = int(np.abs(heard).max()) > 200
        self._quiet_s = 0.0 if loud else self._quiet_s + FRAME_MS / 1000
        for event in self._receiver.feed(heard):
            if readable and isinstance(event, CharacterReceived):
                self.read_so_far += event.text
