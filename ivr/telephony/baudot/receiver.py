"""Text-telephone receiver: frames of sound in, characters out. Pure, streaming; time is the count of frames.

While nobody sends, a frame only passes the search for a carrier. Once there is one, the segmenter finds the characters
and every one that is certain is read: its bits all together, weighed by how likely each code is there. What was read
teaches level, pitch, noise and speed of the sender. Called by the media path of a call, the detector and `ivr tty decode`.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ivr.telephony.baudot.carrier import CarrierSearch
from ivr.telephony.baudot.correlators import FRAME, blocks_of, correlate, energy
from ivr.telephony.baudot.reader import Read, Reader
from ivr.telephony.baudot.received import CarrierFell, CarrierRose, CharacterReceived, Received
from ivr.telephony.baudot.table import FIGS, LINE_FEED, LTRS, RETURN
from ivr.telephony.baudot.transmission import Heard, Transmission

FRAME_MS = 20
_HISTORY = 5
"""Frames kept while there is no carrier: it is found that far into its lead."""
_BATCH = 5
"""Frames looked at together while somebody sends, after the first characters: half a character later, half the work."""
_PAUSE_MS = 500
"""After so long without another character, what waits for its neighbours waits no more."""
_RECENT = 40
"""Characters the error estimate looks back over."""
_SILENCE = np.zeros(FRAME, np.int16)


class Receiver:
    """State of one direction of one call."""

    def __init__(self, expect_unshift_on_space: bool = False) -> None:
        self._reader = Reader(unshift_on_space=expect_unshift_on_space)
        self._search = CarrierSearch()
        self._frames: deque[tuple[np.ndarray, bool]] = deque(maxlen=_HISTORY)
        """Those not looked at yet: the last ones before a carrier, the batch that is being filled while there is one."""
        self._count = 0
        self._muted_frames = 0
        self._transmission: Transmission | None = None
        self._speed_lead = Transmission.US_LIKELIER
        self._last_code, self._last_start_ms = -1, 0
        self._doubts: deque[float] = deque(maxlen=_RECENT)
        self.heard: deque[Heard] = deque(maxlen=4)
        """The last characters of the transmission that is up, as sound: what the detector judges by."""
        self.shift_count = 0
        """Shift codes received."""
        self.baud: float | None = None
        """45.45 or 50, once a character was read."""

    @property
    def carrier(self) -> bool:
        """The other side is sending."""
        return self._transmission is not None

    @property
    def error_estimate(self) -> float:
        """Share of the last characters that were read wrong, as far as the receiver can tell (0-1)."""
        return sum(self._doubts) / len(self._doubts) if self._doubts else 0.0

    def mute(self, for_ms: int) -> None:
        """Hear nothing for that long: what comes is the echo of our own tones."""
        self._muted_frames = max(self._muted_frames, -(-for_ms // FRAME_MS))

    def feed(self, samples: np.ndarray, *, erased: bool = False) -> tuple[Received, ...]:
        """One frame of 160 int16 samples; `erased` when it was lost and the samples mean nothing."""
        self._count += 1
        if self._muted_frames:
            self._muted_frames -= 1
            return self._end()
        frame = _SILENCE if erased else samples
        self._frames.append((frame, erased))
        if self._transmission is not None:
            return self._follow() if len(self._frames) >= (_BATCH if len(self.heard) > 2 else 1) else ()
        blocks = blocks_of(frame)
        found = self._search.feed(correlate(blocks), float(energy(blocks).sum()))
        if found is None:
            return ()
        self._reader.begin()
        self.heard.clear()
        self._transmission = Transmission(found, self.now_ms - len(self._frames) * FRAME_MS, self._speed_lead)
        return (CarrierRose(max(0, self.now_ms - found.since_ms)), *self._follow())

    def flush(self) -> tuple[Received, ...]:
        """No more sound will come: what was heard of the last character."""
        return self._end()

    @property
    def now_ms(self) -> int:
        """Milliseconds fed so far."""
        return self._count * FRAME_MS

    def _follow(self) -> tuple[Received, ...]:
        assert self._transmission is not None
        out = self._told(self._take_in())
        if self._reader.waiting and self.now_ms - self._last_start_ms > _PAUSE_MS:
            out += self._read(self._reader.settle())
        if not self._transmission.present:
            out += self._end()
        return tuple(out)

    def _take_in(self) -> list[Heard]:
        assert self._transmission is not None
        frames = list(self._frames)
        self._frames.clear()
        erased = np.array([lost for _, lost in frames])
        return self._transmission.take(np.concatenate([frame for frame, _ in frames]), erased)

    def _end(self) -> tuple[Received, ...]:
        transmission = self._transmission
        if transmission is None:
            self._frames.clear()
            self._search.reset()
            return ()
        heard = self._take_in() if self._frames else []
        out = self._told(heard + transmission.rest()) + self._read(self._reader.settle())
        self._speed_lead = transmission.speed_lead_kept
        self._transmission = None
        self._search.reset()
        return (*out, CarrierFell(self.now_ms))

    def _told(self, heard: list[Heard]) -> list[Received]:
        out: list[Received] = []
        for character in heard:
            self.baud = character.baud
            self._last_start_ms = character.start_ms
            self.heard.append(character)
            out += self._read(self._reader.push(character.likelihood, character.start_ms))
        return out

    def _read(self, codes: list[Read]) -> list[Received]:
        out: list[Received] = []
        for read in codes:
            before, self._last_code = self._last_code, read.code
            self._doubts.append(1.0 - read.confidence)
            if read.code in (LTRS, FIGS):
                self.shift_count += 1
            elif read.code not in (RETURN, LINE_FEED):
                out.append(CharacterReceived(read.text, read.confidence, max(0, read.start_ms)))
            elif before != RETURN:
                out.append(CharacterReceived("\n", read.confidence, max(0, read.start_ms)))
        return out
