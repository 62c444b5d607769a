"""One call's ear: telephone bytes in, what the caller did out. Called by the media socket for each frame.

Order: mu-law -> tones taken out -> voice detector -> endpointing. No asyncio, no threads and no waiting; a frame of
20 ms costs about 0.15 ms of CPU, so it may run on the event loop. Times are milliseconds of audio fed since the start
of the call (or the last `reset`), never the clock.

At 250 ms of silence `UtterancePaused` carries the audio so far: the caller of this class may have it recognised early.
If speech resumes, that result is worthless (`SpeechResumed`); if it does not, `UtteranceEnded` carries exactly the same
samples and the early result is the answer. `end_now` ends a paused utterance whose early result is a whole answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ivr.speech import endpointing, mulaw
from ivr.speech.endpointing import Ended, Endpointer, EndpointEvent, Paused, Resumed, SpeechBegan
from ivr.speech.tones import ToneGate
from ivr.speech.vad import BLOCK_MS, VadStream

FRAME = 160
"""Samples the tone gate judges at a time: 20 ms."""
_MS = 8
"""Samples in a millisecond."""
_TAIL_MS = endpointing.PAUSE_MS
_KEEP_MS = endpointing.PRE_ROLL_MS + 200  # pre-roll, plus what the voice detector needs to be sure of a start


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The pause told before was not the end."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key heard as sound in the line, told once for each press."""

    digit: str


@dataclass(frozen=True, slots=True, eq=False)
class UtterancePaused:
    samples: np.ndarray = field(repr=False)
    speech_ms: int
    started_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class UtteranceEnded:
    samples: np.ndarray = field(repr=False)
    """float32, 8 kHz, with 300 ms before and 250 ms after the speech."""
    speech_ms: int
    started_ms: int
    reason: str = "silence"
    """silence | cap (12 s of speech without an end) | whole (`end_now`)"""


ListenerEvent = SpeechStarted | SpeechResumed | KeyPressed | UtterancePaused | UtteranceEnded


class CallListener:
    """Not shared between threads or calls. All calls of a process share one voice model."""

    def __init__(self, *, end_silence_ms: int = 600, vad: VadStream | None = None):
        self._vad = vad or VadStream()
        self._tones = ToneGate()
        self._ends = Endpointer(end_silence_ms)
        self.reset()

    def expect(self, end_silence_ms: int) -> None:
        """The silence that ends an utterance from now on: 500-600 ms in menus, 1000-1200 ms for numbers."""
        self._ends.end_silence_ms = end_silence_ms

    def reset(self) -> None:
        """Forget all sound so far; the next sample is at 0 ms."""
        self._vad.reset()
        self._tones.reset()
        self._ends.reset()
        self._pending = np.zeros(0, dtype=np.float32)
        self._kept: list[np.ndarray] = []
        self._kept_from = 0
        self._heard = 0
        self._block_end_ms = 0.0

    @property
    def speaking(self) -> bool:
        return self._ends.speaking

    @property
    def voiced_ms(self) -> float:
        """How long the caller has been speaking, short dips included and the silence now aside."""
        return self._ends.voiced_ms

    def end_now(self) -> UtteranceEnded | None:
        """The answer is whole: end the utterance at the pause it is in. None when speech has gone on."""
        ended = self._ends.end_now()
        told = self._told(ended) if ended else None
        return told if isinstance(told, UtteranceEnded) else None

    @property
    def heard_ms(self) -> int:
        """Milliseconds of audio fed so far."""
        return self._heard // _MS

    def feed(self, payload: bytes) -> list[ListenerEvent]:
        """mu-law bytes at 8 kHz, any number of them."""
        samples = mulaw.decode(payload)
        if self._pending.size:
            samples = np.concatenate([self._pending, samples])
        events: list[ListenerEvent] = []
        whole = samples.size - samples.size % FRAME
        for at in range(0, whole, FRAME):
            events += self._frame(samples[at:at + FRAME])
        self._pending = samples[whole:]
        return events

    def flush(self) -> list[ListenerEvent]:
        """The sound is over (a file's end, a hang-up): close the utterance under way, if there is one."""
        silence = bytes([mulaw.SILENCE]) * FRAME
        for _ in range(0, self._ends.end_silence_ms + 200, 20):
            ended = [e for e in self.feed(silence) if isinstance(e, UtteranceEnded)]
            if ended:
                return list(ended)
        return []

    def _frame(self, frame: np.ndarray) -> list[ListenerEvent]:
        verdict = self._tones.feed(frame)
        if verdict.withhold:
            frame = np.zeros(FRAME, dtype=np.float32)  # silence in its place keeps the timeline true
        self._kept.append(frame)
        self._heard += FRAME
        events: list[ListenerEvent] = [KeyPressed(verdict.key)] if verdict.key else []
        for probability in self._vad.feed(frame):
            start, self._block_end_ms = self._block_end_ms, self._block_end_ms + BLOCK_MS
            events += [self._told(e) for e in self._ends.step(probability, start, self._block_end_ms)]
        if not self._ends.speaking:
            self._forget(self._heard - _KEEP_MS * _MS)
        return events

    def _told(self, event: EndpointEvent) -> ListenerEvent:
        match event:
            case SpeechBegan(at_ms):
                return SpeechStarted(int(at_ms))
            case Resumed(at_ms):
                return SpeechResumed(int(at_ms))
            case Paused(start_ms, end_ms):
                return UtterancePaused(self._cut(start_ms, end_ms), int(end_ms - start_ms), int(start_ms))
            case Ended(start_ms, end_ms, reason):
                return UtteranceEnded(self._cut(start_ms, end_ms), int(end_ms - start_ms), int(start_ms), reason)

    def _cut(self, start_ms: float, speech_end_ms: float) -> np.ndarray:
        first = max(self._kept_from, int((start_ms - endpointing.PRE_ROLL_MS) * _MS))
        last = int((speech_end_ms + _TAIL_MS) * _MS)
        return np.concatenate(self._kept)[first - self._kept_from:last - self._kept_from]

    def _forget(self, before: int) -> None:
        while self._kept and self._kept_from + self._kept[0].size <= before:
            self._kept_from += self._kept.pop(0).size
