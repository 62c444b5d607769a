"""A day at the queue where some callers take the offer: they hang up, keep their place, and are called when their turn comes.

Who is called when is the production's decision (`turn_is_near`, `Floor.keeping`, `Floor.arrive`); dialling, answering and not
answering are played. Called by the benchmark and by its test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.parts.queue_floor import Caller, Day, Run
from ivr.agents.estimate import expected_wait_s, turn_is_near
from ivr.agents.waiting import Ticket

LOOK_S = 5.0
CALL_AHEAD_S = 30.0
TOLD_EVERY_S = 60.0
DIAL_S = (15.0, 45.0)
"""From dialling until the person is on the line, at the least and at the most."""


@dataclass(frozen=True, slots=True)
class Offer:
    above_s: float = 300.0
    """Expected wait from which the call back is offered."""
    share: float = 0.4
    """Of those who are offered it."""
    misses: float = 0.1
    """Share of calls that nobody answers."""
    again_after_s: float = 3900.0


class KeptRun(Run):
    """One day. `kept`: who took the offer, and when they were on the line again."""

    def __init__(self, day: Day, seed: int, offer: Offer | None = None):
        super().__init__(day, seed)
        self._of = offer or Offer()
        self.kept: dict[str, list[float]] = {}
        """Call -> when they were on the line again, each time."""
        self._places: dict[str, Ticket] = {}
        self._called: set[str] = set()
        self._resting: set[str] = set()
        self.missed: set[str] = set()
        """Whoever did not answer at once."""
        self._after(LOOK_S, 0.0, self._look)

    # -- those who wait -------------------------------------------------------------------------------------------

    def _joined(self, caller: Caller, now_s: float) -> None:
        call_id = caller.ticket.call_id
        self._after(1.0, now_s, lambda at: self._told(call_id, self._random.random() < self._of.share, at))

    def _told(self, call_id: str, takes_it: bool, now_s: float) -> None:
        """The waiting room says how long it takes, and offers the call."""
        ticket = self.floor.line.waiting.get(call_id)
        if ticket is None or not takes_it or call_id in self.kept:
            return
        expected_s = expected_wait_s(self.floor, ticket, now_s)
        if expected_s is None or expected_s <= self._of.above_s:
            return self._after(TOLD_EVERY_S, now_s, lambda at: self._told(call_id, True, at))
        key = f"P-{call_id}"
        self.kept[call_id] = []
        self._places[key] = replace(ticket, call_id=key, absent=True)
        self.floor = self.floor.leave(call_id, now_s)
        self._keep()

    def _keep(self) -> None:
        """Between two rounds nobody counts on whoever did not answer; their place is kept by its instant."""
        self.floor = self.floor.keeping({k: t for k, t in self._places.items() if k not in self._resting})

    def _give_up(self, call_id: str, now_s: float) -> None:
        if call_id not in self.kept:
            super()._give_up(call_id, now_s)

    # -- those who are called -------------------------------------------------------------------------------------

    def _look(self, now_s: float) -> None:
        for key in [t.call_id for t in self.floor.line.in_order() if t.absent and t.call_id not in self._called]:
            if turn_is_near(self.floor, key, now_s, CALL_AHEAD_S):
                self._called.add(key)
                self._dial(key, now_s)
        self._after(LOOK_S, now_s, self._look)

    def _dial(self, key: str, now_s: float) -> None:
        seconds = self._random.uniform(*DIAL_S)
        if self._random.random() < self._of.misses:
            self.missed.add(key.removeprefix("P-"))
            self._after(seconds, now_s, lambda at: self._between(key, at))
            self._after(self._of.again_after_s, now_s, lambda at: self._again(key, at))
        else:
            self._after(seconds, now_s, lambda at: self._is_back(key, at))

    def _between(self, key: str, now_s: float) -> None:
        self._resting.add(key)
        self._keep()

    def _again(self, key: str, now_s: float) -> None:
        self._resting.discard(key)
        self._keep()
        self._dial(key, now_s)

    def _is_back(self, key: str, now_s: float) -> None:
        call_id, place = key.removeprefix("P-"), self._places.pop(key)
        self.kept[call_id].append(now_s)
        self.floor = self.floor.arrive(key, replace(place, call_id=call_id, absent=False))
        self._keep()
