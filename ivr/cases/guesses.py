"""How often somebody may try to be verified: per call, number, block of numbers and case, and how many may be wrong in all.

A try is counted before the case system is asked, so that many at once cannot all be the last one; a right answer, and a try
that could not be checked, is given back. Counters are the shared ones, hashed, over all servers. When they cannot be raised
nobody is verified: guessing must not become free by an outage of the counters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.contact.caps import blocks
from ivr.store.shared import Counters

DAY, HOUR = 86_400, 3_600
HIDDEN = "hidden"
"""All callers without a number are one block: hiding it must not be a way around."""
ALARMING = frozenset({"block", "case", "everybody"})
"""Full counters that one confused caller does not fill: a person has to know."""


@dataclass(frozen=True, slots=True)
class GuessLimits:
    """Most wrong tries; settings of the same names, with IVR_CASES_ in front."""

    tries_call: int = 3
    tries_number_day: int = 5
    tries_block_day: int = 20
    tries_case_day: int = 5
    tries_hour: int = 300


@dataclass(frozen=True, slots=True)
class Taken:
    """One try, counted: what it takes to give it back."""

    allowed: bool
    full: str = ""
    """The counter that refused: call | number | block | everybody | case."""
    keys: tuple[tuple[str, int], ...] = ()


class Guesses:
    def __init__(self, counters: Counters, limits: GuessLimits, alarm: Callable[[str, datetime], None] = lambda why, now: None):
        """`alarm` is told which counter is full."""
        self._counters, self._limits, self._alarm = counters, limits, alarm

    def take(self, call_id: str, caller: str, receipt: str, now: datetime) -> Taken:
        """Counts one try in each counter in turn; the first full one ends it, so that whoever is stopped at their own number
        does not fill the counter of somebody's case. Raises Unavailable when it cannot be counted."""
        taken: list[tuple[str, int]] = []
        for full, key, window_s, limit in self._wanted(call_id, caller, receipt):
            if self._counters.add(key, window_s, now) > limit:
                if full in ALARMING:
                    self._alarm(full, now)
                return Taken(False, full)
            taken.append((key, window_s))
        return Taken(True, keys=tuple(taken))

    def give_back(self, taken: Taken, now: datetime) -> None:
        for key, window_s in taken.keys:
            self._counters.add(key, window_s, now, by=-1)

    def _wanted(self, call_id: str, caller: str, receipt: str) -> list[tuple[str, str, int, int]]:
        most = self._limits
        number = [("number", f"verify.number:{caller}", DAY, most.tries_number_day)] if caller else []
        near = blocks(caller) if caller else (HIDDEN,)
        return [("call", f"verify.call:{call_id}", DAY, most.tries_call), *number,
                *(("block", f"verify.block:{block}", DAY, most.tries_block_day) for block in near),
                ("everybody", "verify.everybody", HOUR, most.tries_hour),
                ("case", f"verify.case:{receipt}", DAY, most.tries_case_day)]
