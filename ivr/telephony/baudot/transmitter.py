"""Text as text-telephone tones: phase-continuous mark (1400 Hz) and space (1800 Hz), 8 kHz. Pure: no clock.

A transmission is 150 ms of mark, the characters (start bit, five bits, stop), 300 ms of mark; then silence. `Transmitter`
hands it out in 20 ms frames for a call and can be interrupted between characters; `transmit` makes it in one piece.
Called by the media path and `ivr tty encode`.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache

import numpy as np

from ivr.telephony.baudot.encoder import Encoder, encoded
from ivr.telephony.baudot.table import typeable

RATE_HZ = 8000
FRAME = 160
MARK_HZ, SPACE_HZ = 1400.0, 1800.0
LEAD_S, HOLD_S = 0.15, 0.3
"""Mark before the first and after the last character: time for the other side's receiver to wake, and to stay awake."""
US_BAUD, OTHER_BAUD = 45.45, 50.0
_FULL_SCALE_DBM0 = 3.17
"""A full-scale sine in mu-law (G.711)."""
_FULL_SCALE = 32124.0


class Transmitter:
    """Sends what it is given, one 20 ms frame at a time."""

    def __init__(self, baud: float = US_BAUD, stop_bits: float = 2.0, level_dbm0: float = -10.0) -> None:
        self._bit = RATE_HZ / baud
        self._stop = stop_bits * self._bit
        self._amplitude = amplitude(level_dbm0)
        self._encoder = Encoder()
        self._waiting: deque[str] = deque()
        self._ends: list[float] = []
        """Where the runs of one tone made so far end, in samples from the first of the next frame."""
        self._spaces: list[bool] = []
        self._made = 0.0
        self._holding = False
        self._phase = 0.0

    @property
    def pending(self) -> bool:
        """Something is still to be sent, the closing mark included."""
        return bool(self._waiting or self._made > 0)

    @property
    def remaining_s(self) -> float:
        """Seconds until everything given so far is sent, the closing mark included."""
        if not self.pending:
            return 0.0
        codes = len(encoded("".join(self._waiting)))
        lead = LEAD_S if self._made <= 0 else 0.0
        hold = 0.0 if self._holding and not self._waiting else HOLD_S
        return max(self._made, 0.0) / RATE_HZ + lead + hold + codes * (6 * self._bit + self._stop) / RATE_HZ

    def send(self, text: str) -> None:
        """Add text behind what is still waiting. Any text may be given; it is made typeable."""
        self._waiting.extend(typeable(text))

    def clear(self) -> str:
        """Drop what has not begun yet and return it. The character under way is finished and followed by the closing mark."""
        dropped = "".join(self._waiting)
        self._waiting.clear()
        return dropped

    def frame(self) -> np.ndarray | None:
        """The next 160 samples, or None when there is nothing to send."""
        if not self.pending:
            return None
        self._make(FRAME)
        samples = self._tones(FRAME)
        self._advance(FRAME)
        return samples

    def _make(self, until: float) -> None:
        """Runs of tones for at least that many samples, or to the end of everything."""
        if self._made <= 0:
            self._encoder.forget()
            self._run(False, LEAD_S * RATE_HZ)
        while self._made < until:
            if self._waiting:
                self._character(self._waiting.popleft())
            elif self._holding:
                return
            else:
                self._run(False, HOLD_S * RATE_HZ)
                self._holding = True

    def _character(self, character: str) -> None:
        if self._holding:  # the closing mark so far counts as pause enough
            self._holding = False
            self._ends.pop()
            self._spaces.pop()
            self._made = self._ends[-1] if self._ends else 0.0
        for code in self._encoder.codes(character):
            self._run(True, self._bit)
            for bit in range(5):
                self._run(not code >> bit & 1, self._bit)
            self._run(False, self._stop)

    def _run(self, space: bool, samples: float) -> None:
        self._made += samples
        self._ends.append(self._made)
        self._spaces.append(space)

    def _tones(self, count: int) -> np.ndarray:
        which = np.searchsorted(self._ends, np.arange(count), side="right")
        silent = which >= len(self._ends)
        hertz = np.where(np.take(self._spaces, which, mode="clip"), SPACE_HZ, MARK_HZ)
        phase = self._phase + np.cumsum(hertz) * (2 * np.pi / RATE_HZ)
        self._phase = float(phase[-1] % (2 * np.pi))
        return np.where(silent, 0, np.rint(self._amplitude * np.sin(phase))).astype(np.int16)

    def _advance(self, samples: int) -> None:
        done = sum(end <= samples for end in self._ends)
        self._ends = [end - samples for end in self._ends[done:]]
        self._spaces = self._spaces[done:]
        self._made = max(self._made - samples, 0.0)
        if not self._ends:
            self._made, self._holding = 0.0, False


def transmit(text: str, *, baud: float = US_BAUD, stop_bits: float = 2.0, level_dbm0: float = -10.0) -> np.ndarray:
    """The whole transmission as int16 samples at 8 kHz."""
    return transmit_codes(encoded(typeable(text)), baud=baud, stop_bits=stop_bits, level_dbm0=level_dbm0)


def transmit_codes(codes: list[int], *, baud: float = US_BAUD, stop_bits: float = 2.0, level_dbm0: float = -10.0) -> np.ndarray:
    """The same for codes that were chosen otherwise, such as those of a sender with other habits."""
    if not codes:
        return np.zeros(0, np.int16)
    runs = [(False, LEAD_S)]
    for code in codes:
        runs += [(True, 1 / baud), *((not code >> bit & 1, 1 / baud) for bit in range(5)), (False, stop_bits / baud)]
    runs.append((False, HOLD_S))
    ends = np.cumsum([seconds for _, seconds in runs]) * RATE_HZ
    which = np.searchsorted(ends, np.arange(round(float(ends[-1]))), side="right").clip(max=len(runs) - 1)
    hertz = np.where(np.array([space for space, _ in runs])[which], SPACE_HZ, MARK_HZ)
    phase = np.cumsum(hertz) * (2 * np.pi / RATE_HZ)
    return np.rint(amplitude(level_dbm0) * np.sin(phase)).astype(np.int16)


@lru_cache(maxsize=256)
def duration_s(text: str, *, baud: float = US_BAUD, stop_bits: float = 2.0) -> float:
    """How long the transmission of a text takes, lead and closing mark included; nothing takes no time."""
    codes = encoded(typeable(text))
    return LEAD_S + HOLD_S + len(codes) * (6 + stop_bits) / baud if codes else 0.0


def amplitude(level_dbm0: float) -> float:
    """Peak of a sine of that level, in int16 units."""
    return _FULL_SCALE * 10 ** ((level_dbm0 - _FULL_SCALE_DBM0) / 20)
