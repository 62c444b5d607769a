"""Whether a trial of a new bundle (a canary) is stopped. Pure: counts in, a decision out. Called by the runtime's follower.

A share of new calls begins with the new bundle. For three rates (calls that ended without an answer, calls that were handed
to a person, calls that were given up) an exact one-sided test asks whether the new bundle is worse than the one in force over
the same time. The counts are looked at only when the trial has had 200, 400, 800 ... calls, and each look may spend half of
what the last one might: however long a trial runs, a bundle that is no worse is stopped in at most `ERROR_RATE` of all trials.
Looking after every call at the same level would stop every trial sooner or later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FEWEST_CALLS = 200
"""Calls of the trial before anything is concluded."""
ERROR_RATE = 0.05
"""Highest share of trials of a bundle that is no worse that are stopped all the same."""
RATES: Mapping[str, str] = {
    "dead_end": "ended without an answer", "transfer": "were handed to a person", "abandon": "were given up by the caller"}
"""Kind of outcome -> what happened to such calls, in the words of a report."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Ended calls of one bundle, and how many of them had each kind of outcome."""

    calls: int = 0
    of: Mapping[str, int] = field(default_factory=dict)

    def rate(self, kind: str) -> float:
        return self.of.get(kind, 0) / self.calls if self.calls else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a trial is stopped."""

    kind: str
    canary: float
    stable: float
    chance: float
    """How probable a difference this large is when the bundle is no worse."""

    def sentence(self) -> str:
        return (f"{self.canary:.1%} of the calls {RATES[self.kind]}, {self.stable:.1%} with the version in force "
                f"(chance {self.chance:.2g})")


def look(calls: int) -> int | None:
    """Which look is due at so many calls of the trial: 0 at 200, 1 at 400, 2 at 800 ...; None before the first."""
    if calls < FEWEST_CALLS:
        return None
    return (calls // FEWEST_CALLS).bit_length() - 1


def allowed(at_look: int) -> float:
    """The chance below which look `at_look` stops, for one rate: over all looks and rates they add up to ERROR_RATE."""
    return ERROR_RATE / len(RATES) / 2 ** (at_look + 1)


def judge(canary: Counts, stable: Counts, last_look: int | None = None) -> Verdict | None:
    """The worst reason to stop, or None. `last_look`: the one that was judged already and is not judged again."""
    at = look(canary.calls)
    if at is None or (last_look is not None and at <= last_look) or not stable.calls:
        return None
    found = [Verdict(kind, canary.rate(kind), stable.rate(kind), _chance(canary, stable, kind)) for kind in RATES]
    worst = min(found, key=lambda v: v.chance)
    return worst if worst.chance < allowed(at) else None


def _chance(canary: Counts, stable: Counts, kind: str) -> float:
    """Fisher's exact test: of all such outcomes, how likely do so many or more fall on the trial's calls by chance."""
    from scipy.stats import hypergeom  # most of a second to load, and a trial is rare

    mine, all_such = canary.of.get(kind, 0), canary.of.get(kind, 0) + stable.of.get(kind, 0)
    return float(hypergeom.sf(mine - 1, canary.calls + stable.calls, all_such, canary.calls))
