"""Live figures of the carrier's lines, over all servers: who waits, how many were taken lately, and so how long a place takes.

The carrier brings callers and staff together and tells us when a round of waiting and when a wait is over, not who is at work. So a
place is as long as the time between two callers who were taken in the last half hour; where too few were, nothing is known, and
nothing is said. Kept in the shared counters and presence (SQL or Redis): what cannot be reached is not known either.
"""

from __future__ import annotations

from datetime import datetime

from ivr.agents.figures import FEWEST
from ivr.clock import Clock
from ivr.errors import Unavailable
from ivr.ops import logs
from ivr.store.shared import Shared

WINDOW_S = 1800
GONE_S = 180.0
"""A caller of whom no round is heard for so long waits no more: a round takes about a minute."""
log = logs.get("queue_figures")


class QueueFigures:
    def __init__(self, shared: Shared, clock: Clock):
        self._shared, self._clock = shared, clock

    def waits(self, queue: str, call_id: str) -> None:
        """A round of the waiting room."""
        try:
            self._shared.presence.seen(_room(queue), call_id, GONE_S, self._now())
        except Unavailable:
            log.warning("a wait is not counted", queue=queue)

    def over(self, queue: str, call_id: str, *, taken: bool) -> None:
        """The wait is over: somebody took the caller, or it came to nothing."""
        try:
            self._shared.presence.gone(_room(queue), call_id)
            if taken:
                self._shared.counters.add(f"queue-taken:{queue}", WINDOW_S, self._now())
        except Unavailable:
            log.warning("the end of a wait is not counted", queue=queue)

    def expected_s(self, queue: str, position: int) -> float | None:
        """Seconds until the caller at this place is taken; None where too few were taken to tell."""
        try:
            taken = self._shared.counters.add(f"queue-taken:{queue}", WINDOW_S, self._now(), by=0)
        except Unavailable:
            return None
        return max(1, position) * WINDOW_S / taken if taken >= FEWEST else None

    def expected_of_new_s(self, queue: str) -> float | None:
        """The same for somebody who would come now."""
        try:
            waiting = len(self._shared.presence.who(_room(queue), self._now()))
        except Unavailable:
            return None
        return self.expected_s(queue, waiting + 1)

    def waiting(self, queue: str) -> frozenset[str] | None:
        """The calls that wait; None where nobody can tell."""
        try:
            return frozenset(self._shared.presence.who(_room(queue), self._now()))
        except Unavailable:
            return None

    def takes(self, queue: str) -> bool:
        """Whether anybody was taken in the last half hour: somebody answers there."""
        try:
            return self._shared.counters.add(f"queue-taken:{queue}", WINDOW_S, self._now(), by=0) > 0
        except Unavailable:
            return False

    def _now(self) -> datetime:
        return self._clock.now()


def _room(queue: str) -> str:
    return f"queue:{queue}"
