"""One transmission of the other side, from its lead to the end of its tone: characters with the likelihood of each code.

Pure. Holds what is learnt of the sender while it sends: levels, pitch, noise, the speed and clock of its bits. Called by
the receiver, which makes one for every carrier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ivr.telephony.baudot.carrier import Found
from ivr.telephony.baudot.correlators import BLOCKS, blocks_of, correlate, energy
from ivr.telephony.baudot.letter_statistics import CODE_PRIOR
from ivr.telephony.baudot.line import Line
from ivr.telephony.baudot.pace import Pace
from ivr.telephony.baudot.repeats import Repeats
from ivr.telephony.baudot.segmenter import Place, Segmenter
from ivr.telephony.baudot.speed import Speed
from ivr.telephony.baudot.timeline import Timeline

_FALL_LOOKS = 6
"""Frames that decide together whether the tone is still there: three lost ones in a row are no end."""
_MOST_PRESENT = 10.0
_NO_STOP = -1.0
"""Log-likelihood of mark where a character stops below which noise was taken for one."""
_LEAST_SOUND = 0.6
_NO_CHARACTER = 15.0
_MOST_NEWS = 12.0
"""Log of what one character may say about the speed."""
_CLOSELY = 16
"""Characters that all teach level and pitch; later every other one does."""
_SPEED_KNOWN = 30.0
"""Lead of one speed at which the other is not followed any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One character, its code not decided."""

    start_ms: int
    """Of its start bit, from the first frame of the call."""
    likelihood: np.ndarray
    """Log-likelihood of each of the 32 codes."""
    baud: float
    quality: float
    """Share of the sound of its bits that is in their tones (0-1)."""
    margin: float
    """Log-likelihood by which the least certain of start, bits, stop and the mark before is what it should be."""
    spread_hz: float
    """By how much the tones are not 400 Hz apart."""


class Transmission:
    US_LIKELIER: ClassVar[float] = 3.0
    """Log of how much likelier 45.45 baud is than 50 before anything was heard."""

    def __init__(self, found: Found, origin_ms: int, speed_lead: float) -> None:
        self._origin_ms = origin_ms
        self._line = Line(found)
        self._timeline = Timeline()
        self._repeats = Repeats()
        self._pace = Pace()
        self._speeds = (Speed(45.45), Speed(50.0))
        self._segmenter = Segmenter(self._speeds, self._pace, found.mark_ms)
        self._present = [_MOST_PRESENT] * _FALL_LOOKS
        self._characters, self._quality = 0, 0.0
        self._lead = speed_lead
        self._favour_speed()

    @property
    def present(self) -> bool:
        """The tone is still there."""
        return sum(self._present) > 0

    @property
    def speed_lead_kept(self) -> float:
        """What the next transmission may take as known: most likely the same sender."""
        return min(max(self._lead, -_SPEED_KNOWN / 2), _SPEED_KNOWN / 2)

    def take(self, samples: np.ndarray, erased: np.ndarray) -> list[Heard]:
        """Whole frames more, with a flag for each that was lost; the characters that are certain now."""
        blocks = blocks_of(samples)
        energies = energy(blocks)
        weights, counts = self._repeats.feed(blocks, energies)
        if erased.any():
            weights.reshape(-1, BLOCKS)[erased] = 0.0
            counts.reshape(-1, BLOCKS)[erased] = 0.0
        sums = self._timeline.append(correlate(blocks), energies, weights, counts, self._line)
        looks = self._line.presence(sums, BLOCKS).clip(-_MOST_PRESENT, _MOST_PRESENT)
        self._present = [*self._present, *looks.tolist()][-_FALL_LOOKS:]
        return self._heard(self._segmenter.extend(self._timeline, self._line))

    def rest(self) -> list[Heard]:
        """The tone has ended: what is left."""
        return self._heard([place for place in self._segmenter.rest() if self._complete(place)])

    def _complete(self, place: Place) -> bool:
        """It was sounding for most of its bits, and did not end in the noise after the tone."""
        assert place.speed is not None
        starts = place.start_ms + place.speed.offsets[:6]
        _, sounding = self._timeline.spans(starts, starts + place.speed.window)
        return (float(sounding.sum()) > _LEAST_SOUND * 6 * place.speed.window
                and float(place.speed.at(place.start_ms)[6, 0]) > _NO_STOP)

    def _heard(self, places: list[Place]) -> list[Heard]:
        found = (self._character(place) for place in places)
        return [heard for heard in found if heard is not None]

    def _character(self, place: Place) -> Heard | None:
        assert place.speed is not None
        starts = place.start_ms + place.speed.offsets[:6]
        if not self._line.heard(*self._timeline.spans(starts, starts + place.speed.window)):
            return None
        likelihood = self._likelihood(place)
        stop = place.speed.at(place.start_ms)[6]
        if not likelihood.argmax() and float(stop[1] - stop[0]) > _NO_CHARACTER:
            return None  # space without end
        self._learn_speed(place)
        self._pace.heard(place.start_ms, place.speed.bit_ms)
        self._characters += 1
        if self._characters <= _CLOSELY or self._characters % 2:
            self._quality = self._learn_line(place, int((likelihood + CODE_PRIOR).argmax()))
        baud = self._speeds[0 if self._lead >= 0 else 1].baud
        return Heard(self._origin_ms + place.start_ms, likelihood, baud, self._quality, place.speed.margin(place.start_ms),
                     abs(float(self._line.offset_hz[1] - self._line.offset_hz[0])))

    def _likelihood(self, place: Place) -> np.ndarray:
        """Of each code; as long as the speed is not known, at either."""
        assert place.speed is not None
        if len(self._segmenter.speeds) == 1:
            return place.speed.likelihood(place.start_ms)
        first, second = (speed.likelihood(place.start_ms) + speed.bias for speed in self._speeds)
        return np.logaddexp(first, second)

    def _learn_speed(self, place: Place) -> None:
        if len(self._segmenter.speeds) == 1:
            return
        lead = self._speeds[0].fit(place.start_ms) - self._speeds[1].fit(place.start_ms)
        self._lead += min(max(lead, -_MOST_NEWS), _MOST_NEWS)
        self._favour_speed()

    def _favour_speed(self) -> None:
        self._speeds[0].bias = min(self._lead, 0.0)
        self._speeds[1].bias = min(-self._lead, 0.0)
        if abs(self._lead) > _SPEED_KNOWN:
            self._segmenter.speeds = (self._speeds[0 if self._lead > 0 else 1],)

    def _learn_line(self, place: Place, code: int) -> float:
        """Levels, pitch and noise by a character that was read; returns its quality."""
        assert place.speed is not None
        speed = place.speed
        starts = place.start_ms + speed.offsets[:6]
        sums, weights = self._timeline.spans(starts, starts + speed.window)
        size = np.abs(sums) ** 2
        tone = np.array([1, *(0 if code >> bit & 1 else 1 for bit in range(5))])
        own, other = size[np.arange(6), tone], size[np.arange(6), 1 - tone]
        levels: list[float | None] = []
        for which in (0, 1):
            mine = (tone == which) & (weights > 2)
            power = own[mine].sum() - self._line.noise * weights[mine].sum()
            levels.append(float(np.sqrt(max(power, 0.0) / (weights[mine] ** 2).sum())) if mine.any() else None)
        noise = float(other.sum() / weights.sum()) if weights.sum() > 20 else None
        self._line.learn_levels(levels[0], levels[1], noise)
        if self._line.wants_pitch:
            self._learn_pitch(starts, speed.window, tone)
        return self._timeline.share(place.start_ms, place.start_ms + int(speed.offsets[6]), float((own / speed.window).sum()))

    def _learn_pitch(self, starts: np.ndarray, window: int, tone: np.ndarray) -> None:
        """By how much the phase turns from the first half of each bit to the second."""
        half = window // 2
        first, _ = self._timeline.spans(starts, starts + half)
        second, _ = self._timeline.spans(starts + half, starts + 2 * half)
        turn = second * first.conj()
        for which in (0, 1):
            total = complex(turn[tone == which, which].sum())
            if (tone == which).any() and total:
                self._line.learn_pitch(which, float(np.angle(total)) * 1000.0 / (2 * np.pi * half))
