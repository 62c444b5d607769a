"""How often a trial of a bundle is stopped wrongly, and how soon one that harms callers is: by simulation.

    python benchmarks/canary.py [--quick] [--json OUT] [--seed 1]

Each simulated trial gets 10 % of the calls. The product's own decision is asked at each of its looks (after 200, 400, 800 ...
calls; in between it decides nothing) until it stops the trial or the trial has had 6,400 calls.
In force: 5 % dead ends, 6 % handed over, 12 % given up.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from ivr.publishing.canary import ERROR_RATE, FEWEST_CALLS, Counts, judge, look  # noqa: E402

IN_FORCE = {"dead_end": 0.05, "transfer": 0.06, "abandon": 0.12}
MOST_CALLS, SHARE = 6400, 0.10
WORSE: Mapping[str, dict[str, float]] = {
    "given up 12 % -> 18 %": IN_FORCE | {"abandon": 0.18}, "dead ends 5 % -> 10 %": IN_FORCE | {"dead_end": 0.10},
    "handed over 6 % -> 12 %": IN_FORCE | {"transfer": 0.12}, "dead ends 5 % -> 50 %": IN_FORCE | {"dead_end": 0.50}}


def main() -> int:
    parser = figures.options("Error rate of the automatic stop of a trial, by simulation.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    trials, rng = 400 if options.quick else 4000, np.random.default_rng(options.seed)
    table = [Figure("simulated trials of each kind", trials), Figure("seed", options.seed)]
    stopped = [trial(IN_FORCE, rng) for _ in range(trials)]
    wrong = sum(n is not None for n in stopped)
    table += [Figure("a bundle that is no worse: stopped", 100 * wrong / trials, "%", 100 * ERROR_RATE),
              Figure("the same, upper 95 % bound", 100 * upper_bound(wrong, trials), "%", 100 * ERROR_RATE)]
    for what, rates in WORSE.items():
        found = [n for n in (trial(rates, rng) for _ in range(trials // 4)) if n is not None]
        table += [Figure(f"{what}: stopped", 400 * len(found) / trials, "%"),
                  Figure(f"{what}: calls of the trial until then, median", statistics.median(found) if found else 0)]
    figures.show("automatic stop of a trial", table)
    figures.save("canary", table, options.json, quick=options.quick, details={})
    return 0 if all(f.met is not False for f in table) else 1


def trial(rates: Mapping[str, float], rng: np.random.Generator) -> int | None:
    """The trial's calls when it was stopped; None when it ran to its end."""
    seen, last = 0, None
    mine, theirs = dict.fromkeys(IN_FORCE, 0), dict.fromkeys(IN_FORCE, 0)
    calls = 0
    while (upto := FEWEST_CALLS * 2 ** seen) <= MOST_CALLS:
        more, beside = upto - calls, round((upto - calls) * (1 - SHARE) / SHARE)
        for kind in IN_FORCE:
            mine[kind] += int(rng.binomial(more, rates[kind]))
            theirs[kind] += int(rng.binomial(beside, IN_FORCE[kind]))
        calls = upto
        if judge(Counts(calls, mine), Counts(round(calls * (1 - SHARE) / SHARE), theirs), last) is not None:
            return calls
        last, seen = look(calls), seen + 1
    return None


def upper_bound(events: int, of: int) -> float:
    """Clopper-Pearson, one-sided 95 %."""
    from scipy.stats import beta

    return 1.0 if events >= of else float(beta.ppf(0.95, events + 1, of - events))


if __name__ == "__main__":
    sys.exit(main())
