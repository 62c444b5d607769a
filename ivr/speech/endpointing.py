"""Where an utterance begins and ends, from voice probabilities alone. Pure: no audio, no clock, no I/O.

Called by the listener with one probability a block (32 ms) and the time at which the block ended.

    probability  .1 .2 .6 .7 .9 .8 .2 .9 .8 .1 .1 .1 .1 .1 .1 .1 .1 .1 .1
                  |     |  |           |     |              |           |
                  |     |  SpeechBegan |     last speech    Paused      Ended
                  |     first loud     a dip                (250 ms)    (end_silence_ms)
                  |     block          does not end it
                  <-----> pre-roll of 300 ms goes with the utterance

Two blocks in a row at 0.5 or more start an utterance: a minimum length would throw away one single digit in three.
It ends after `end_silence_ms` below 0.35; a pause is told at 250 ms so that recognition can begin early, and taken
back by `Resumed`. Where what was recognised until a pause is a whole answer, `end_now` ends the utterance there and then:

    probability  .9 .9 .8 .1 .1 .1 .1 .1 .1 .1 .1 .1
                        |              |        |
                        last speech    Paused   end_now (text there, answer whole): Ended, 300-450 ms instead of 1200

In babble the end may never come: a turn is cut at 12 s.
"""

from __future__ import annotations

from dataclasses import dataclass

START_PROBABILITY = 0.5
END_PROBABILITY = 0.35
START_BLOCKS = 2
PRE_ROLL_MS = 300
PAUSE_MS = 250
MAX_TURN_MS = 12_000


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    at_ms: float
    """Start of the first loud block; the utterance's audio begins `PRE_ROLL_MS` earlier."""


@dataclass(frozen=True, slots=True)
class Paused:
    start_ms: float
    speech_end_ms: float


@dataclass(frozen=True, slots=True)
class Resumed:
    at_ms: float


@dataclass(frozen=True, slots=True)
class Ended:
    start_ms: float
    speech_end_ms: float
    """End of the last block with speech."""
    reason: str
    """silence | cap | whole (ended by `end_now`)"""


EndpointEvent = SpeechBegan | Paused | Resumed | Ended


class Endpointer:
    """State of one call. `end_silence_ms` may be changed at any time; it holds from the next block."""

    def __init__(self, end_silence_ms: int = 600, max_turn_ms: int = MAX_TURN_MS):
        self.end_silence_ms = end_silence_ms
        self.max_turn_ms = max_turn_ms
        self.reset()

    def reset(self) -> None:
        """Forget the utterance under way."""
        self._loud_blocks = 0
        self._candidate_ms = 0.0
        self._start_ms: float | None = None
        self._speech_end_ms = 0.0
        self._paused = False

    @property
    def speaking(self) -> bool:
        """An utterance is under way (a pause inside it included)."""
        return self._start_ms is not None

    @property
    def voiced_ms(self) -> float:
        """From the start of the utterance under way to its last voice so far; 0 when there is none."""
        return 0.0 if self._start_ms is None else self._speech_end_ms - self._start_ms

    def end_now(self) -> Ended | None:
        """End the utterance under way, if it is in a pause; None when the caller is speaking again, or not at all."""
        return self._end(self._start_ms, "whole") if self._start_ms is not None and self._paused else None

    def step(self, probability: float, start_ms: float, end_ms: float) -> list[EndpointEvent]:
        """What the block from `start_ms` to `end_ms` brings about. Times must not run backwards."""
        if self._start_ms is None:
            return self._before_speech(probability, start_ms, end_ms)
        return self._in_speech(self._start_ms, probability, start_ms, end_ms)

    def _before_speech(self, probability: float, start_ms: float, end_ms: float) -> list[EndpointEvent]:
        if probability < START_PROBABILITY:
            self._loud_blocks = 0
            return []
        self._loud_blocks += 1
        if self._loud_blocks == 1:
            self._candidate_ms = start_ms
        if self._loud_blocks < START_BLOCKS:
            return []
        self._start_ms, self._speech_end_ms, self._paused = self._candidate_ms, end_ms, False
        return [SpeechBegan(self._candidate_ms)]

    def _in_speech(self, begun_ms: float, probability: float, start_ms: float, end_ms: float) -> list[EndpointEvent]:
        events: list[EndpointEvent] = []
        if probability >= END_PROBABILITY:
            self._speech_end_ms = end_ms
            if self._paused:
                self._paused = False
                events.append(Resumed(start_ms))
        silence_ms = end_ms - self._speech_end_ms
        if silence_ms >= self.end_silence_ms:
            return [*events, self._end(begun_ms, "silence")]
        if end_ms - begun_ms >= self.max_turn_ms:
            return [*events, self._end(begun_ms, "cap")]
        if silence_ms >= PAUSE_MS and not self._paused:
            self._paused = True
            events.append(Paused(begun_ms, self._speech_end_ms))
        return events

    def _end(self, begun_ms: float, reason: str) -> Ended:
        ended = Ended(begun_ms, self._speech_end_ms, reason)
        self.reset()
        return ended
