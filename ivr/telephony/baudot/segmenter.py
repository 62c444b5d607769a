"""Where characters begin: the likeliest sequence of characters and pauses, over all places at once (Viterbi). Pure.

A start bit that is looked for by itself is lost in noise or found where there is none. Here every millisecond may be the
start of a character of either speed, each is scored as a whole (start, five bits, after that at least one bit of mark)
against a line at rest, and the best way through all of them wins. A character is given out when every way that can
still win leads over it, or when the evidence for it is so strong that nothing can.
Called by the receiver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivr.telephony.baudot.line import Line
from ivr.telephony.baudot.pace import Pace
from ivr.telephony.baudot.speed import ALIKE_MS, Speed
from ivr.telephony.baudot.timeline import Timeline

_SURE = 40.0
"""A lead that nothing can catch up with."""
_FRAMED = 15.0
"""Log-likelihood of start and stop of a character that may be given out before the next one is heard."""
_REST_MS = 90
"""So much mark before a start is rest enough, whatever was before it."""
_NEVER = -1e18
_MEMORY_MS = 500
_LATEST_MS = 1000
"""Until when a character must be given out, certain or not: what it was read from is not kept for ever."""
_STEP_MS = 100
"""Most to go on by at once: less than a character, because its end builds on its start."""


@dataclass(slots=True, eq=False)
class Place:
    """A character on some way; the best way from where it ends until a better one does."""

    start_ms: int
    speed: Speed | None
    before: Place | None
    ends_ms: int
    worth: float
    """Log-likelihood of the whole way against a line at rest."""
    taken: bool = False


class Segmenter:
    def __init__(self, speeds: tuple[Speed, ...], pace: Pace, earliest_ms: int) -> None:
        self.speeds = speeds
        """Those that are still possible."""
        self._pace = pace
        self._ways = [Place(-1000, None, None, 0, 0.0, taken=True)]
        """The last best ways, oldest first."""
        self._end = 0
        self._earliest_ms = earliest_ms
        """No character begins before."""

    def extend(self, timeline: Timeline, line: Line) -> list[Place]:
        """Go on to the end of the timeline; the characters that are certain now, oldest first."""
        for speed in self.speeds:
            speed.extend(timeline, line)
        while self._end < timeline.end:
            self._walk(min(self._end + _STEP_MS, timeline.end))
        return self._certain()

    def rest(self) -> list[Place]:
        """Everything on the best way: nothing more will come."""
        return self._chain(self._ways[-1])

    def _walk(self, end: int) -> None:
        ends = np.array([way.ends_ms for way in self._ways])
        worths = np.array([way.worth for way in self._ways])
        found = [step for speed in self.speeds for step in self._steps(speed, end, ends, worths)]
        found.sort(key=lambda step: (step[0], -step[1]))
        best = self._ways[-1].worth
        for at, worth, speed, before in found:
            if worth > best:
                best = worth
                self._ways.append(Place(at - speed.least, speed, before, at, worth))
        self._end = end
        if len(self._ways) > 40:
            self._forget(end - _MEMORY_MS)

    def _steps(self, speed: Speed, end: int, ends: np.ndarray, worths: np.ndarray) -> list[tuple[int, float, Speed, Place]]:
        """Characters that end in the new part and make a way better than all before: end, worth, speed, what precedes."""
        first = max(self._end + 1 - speed.least, self._earliest_ms)
        count = end + 1 - speed.least - first
        if count <= 0:
            return []
        starts = np.arange(first, first + count)
        which = np.searchsorted(ends, starts, side="right") - 1
        worth = worths[which] + speed.rewards(first, count)
        if self._pace.bonus:
            last = np.array([way.start_ms for way in self._ways])
            worth += self._pace.bonus * self._pace.due(starts - last[which])
        rising = np.flatnonzero(worth > self._ways[-1].worth)
        out, best = [], self._ways[-1].worth
        for i in rising.tolist():
            if worth[i] > best:
                best = float(worth[i])
                out.append((first + i + speed.least, best, speed, self._ways[which[i]]))
        return out

    def _forget(self, before_ms: int) -> None:
        keep = next((i for i, way in enumerate(self._ways) if way.ends_ms > before_ms), len(self._ways))
        self._ways = self._ways[max(keep - 1, 0):]
        top = self._ways[-1].worth
        for way in self._ways:
            way.worth -= top

    def _certain(self) -> list[Place]:
        out = []
        for place in self._chain(self._ways[-1]):
            due = self._end - place.start_ms > _LATEST_MS
            if not (due or self._agreed(place) or self._evident(place)):
                break
            self._forsake(place)
            out.append(place)
        return out

    def _living(self, after_ms: int) -> list[Place]:
        """Ways that are the best at some time after that."""
        out = []
        for way in reversed(self._ways):
            if way.worth > _NEVER / 2:
                out.append(way)
            if way.ends_ms <= after_ms:
                break
        return out

    def _agreed(self, place: Place) -> bool:
        """Every way that ends within the last character leads over it."""
        assert place.speed is not None
        return all(_over(way, place, ALIKE_MS) is not None for way in self._living(self._end - place.speed.least))

    def _evident(self, place: Place) -> bool:
        """It follows a certain character (or the lead) after nothing but mark, and when it was complete no other way came near."""
        complete = place.start_ms + round(7 * max(speed.bit_ms for speed in self.speeds)) + ALIKE_MS
        if self._end < complete or not self._framed(place):
            return False
        until = [way for way in self._ways if way.ends_ms <= complete]
        if not until or _over(until[-1], place) is None:
            return False
        rivals = [way.worth for way in until if _over(way, place, ALIKE_MS) is None]
        return until[-1].worth - max(rivals, default=_NEVER) >= _SURE

    def _framed(self, place: Place) -> bool:
        speed, before = place.speed, place.before
        assert speed is not None and before is not None
        if not before.taken:
            return False
        mark_from = max(before.start_ms + int(speed.offsets[6]) + 1, place.start_ms - _REST_MS, 0)
        mark_until = max(place.start_ms - speed.window - 1, mark_from)
        scores = speed.at(place.start_ms)
        return (scores[0, 1] - scores[0, 0] > _FRAMED and scores[6, 0] - scores[6, 1] > _FRAMED
                and speed.rests(mark_from, mark_until, _FRAMED))

    def _forsake(self, place: Place) -> None:
        """Give up all ways that do not lead over a character that is given out, or one as good as it."""
        for way in self._ways:
            alike = _over(way, place, ALIKE_MS)
            if alike is None:
                way.worth = _NEVER
            else:
                alike.taken, alike.before = True, None  # what lies further back is never looked at again

    def _chain(self, way: Place) -> list[Place]:
        out = []
        while not way.taken:
            out.append(way)
            assert way.before is not None
            way = way.before
        return out[::-1]


def _over(way: Place | None, place: Place, tolerance_ms: int = 0) -> Place | None:
    """The character of a way that is the given one or, with a tolerance, begins as good as there."""
    while way is not None and way.start_ms >= place.start_ms - tolerance_ms:
        if way is place or abs(way.start_ms - place.start_ms) < tolerance_ms:
            return way
        way = way.before
    return None
