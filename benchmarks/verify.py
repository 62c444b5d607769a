"""What the time of an answer tells about a case, and what guessing gets: the production desk, counters and lookups.

    python benchmarks/verify.py [--quick] [--json OUT] [--seed 1]

The case system of this measurement is made to tell everything by its time: 1 to 5 ms for no case, 40 to 120 ms for one. Each
round asks about all four results at once and takes the time until the caller may be answered. The fixed moment is
one second here, four in an installation, so that many rounds fit; what is compared does not depend on it. `told apart` is
the chance of telling two results apart by their time, 50 % being a guess.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from ivr.cases.desk import CaseDesk  # noqa: E402
from ivr.cases.fake import CASES, FakeSource  # noqa: E402
from ivr.cases.guesses import Guesses, GuessLimits  # noqa: E402
from ivr.cases.source import CaseRecord  # noqa: E402
from ivr.clock import Clock, SystemClock  # noqa: E402
from ivr.ops import logs  # noqa: E402
from ivr.ops.metrics import Metrics  # noqa: E402
from ivr.runtime.slow_lookups import SlowLookups  # noqa: E402
from ivr.sensitive import Sensitive  # noqa: E402
from ivr.store.db import Database  # noqa: E402
from ivr.store.sql_shared import sql_shared  # noqa: E402

FIXED_S = 1.0
KNOWN, NONE, BORN, WRONG = "IOE0000000001", "IOE5555555555", "1990-05-04", "1990-05-05"
RESULTS = {"verified": (KNOWN, BORN), "not yours": (KNOWN, WRONG), "no such case": (NONE, BORN), "locked": ("IOE7777777777", WRONG)}


class Telling(FakeSource):
    """Tells by its time whether there is such a case."""

    def __init__(self, rng: random.Random):
        super().__init__()
        self._rng = rng

    def find(self, receipt: Sensitive, deadline_s: float) -> CaseRecord | None:
        case = super().find(receipt, deadline_s)
        time.sleep(self._rng.uniform(0.001, 0.005) if case is None else self._rng.uniform(0.04, 0.12))
        return case


class Guessing:
    """A clock for ten thousand guesses: three in a second."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()


def main() -> int:
    parser = figures.options("What the time of an answer tells about a case, and what guessing gets.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logs.configure("error")
    rng, rounds, guesses = random.Random(options.seed), 15 if options.quick else 150, 2_000 if options.quick else 10_000
    with tempfile.TemporaryDirectory() as folder:
        source_s, answer_s = times(Path(folder), rng, rounds)
        asked, locked = guessing(Path(folder), guesses)
    table = [Figure("rounds, each with four results at once", rounds), Figure("seed", options.seed)]
    medians = {name: statistics.median(found) * 1000 for name, found in answer_s.items()}
    table += [Figure(f"{name}: answered after, median", ms, "ms") for name, ms in medians.items()]
    table += [Figure("largest difference of medians", max(medians.values()) - min(medians.values()), "ms", 20.0),
              Figure("the case system itself: difference of medians, case and no case", 1000 * abs(
                  statistics.median(source_s["not yours"]) - statistics.median(source_s["no such case"])), "ms"),
              Figure("not yours and no such case told apart by the case system's time", 100 * apart(
                  source_s["not yours"], source_s["no such case"]), "%"),
              Figure("the same by the time of our answer", 100 * apart(answer_s["not yours"], answer_s["no such case"]), "%",
                     65.0),
              Figure("guesses at as many cases from as many numbers, three in a second", guesses),
              Figure("of these, questions that reached the case system", asked, "", 301.0 if guesses <= 10_000 else None),
              Figure("of these, answered with too many tries", locked)]
    figures.show("verification", table)
    figures.save("verify", table, options.json, quick=options.quick, details={})
    return 0 if all(f.met is not False for f in table) else 1


def times(folder: Path, rng: random.Random, rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds for each result: of the case system alone, and until the caller may be answered."""
    clock, source = SystemClock(), Telling(rng)
    desk = desk_of(folder / "times.db", clock, source, GuessLimits(3, 10**6, 10**6, 10**6, 10**6))
    slow = SlowLookups(clock, threads=8, seats=8)
    callers = ThreadPoolExecutor(8)
    alone: dict[str, list[float]] = {name: [] for name in RESULTS}
    until: dict[str, list[float]] = {name: [] for name in RESULTS}

    def one(name: str, n: int) -> None:
        receipt, born = RESULTS[name]
        call = f"CA-{name}-{n}"
        if name == "locked":
            for _ in range(3):
                desk.verify(call, "", {"receipt": NONE, "date_of_birth": WRONG})
        began = time.perf_counter()
        given = {"receipt": receipt, "date_of_birth": born}

        def run() -> tuple[str, dict[str, str]]:
            value = desk.verify(call, "", given)
            alone[name].append(time.perf_counter() - began)
            return value, {}

        value = slow.wait(slow.ask((call, ()), run, give_up_s=8, fixed_s=FIXED_S), None)
        until[name].append(time.perf_counter() - began)
        expected = {"verified": "verified", "locked": "locked"}.get(name, "not_verified")
        assert value is not None, name
        assert value[0] == expected, (name, value)

    for n in range(rounds):
        order = list(RESULTS)
        rng.shuffle(order)
        list(callers.map(one, order, [n] * len(order)))
    callers.shutdown()
    slow.close()
    return alone, until


def guessing(folder: Path, guesses: int) -> tuple[int, int]:
    """(questions to the case system, refusals): every guess from another number and block, at another case."""
    clock, source = Guessing(), FakeSource()
    desk = desk_of(folder / "guesses.db", clock, source, GuessLimits())
    locked = 0
    for n in range(guesses):
        given = {"receipt": f"IOE{n + 1000:010d}", "date_of_birth": BORN}
        locked += desk.verify(f"CA{n}", f"+1{201 + n % 700}{1_000_000 + n * 613 % 9_000_000}", given) == "locked"
        clock.time += timedelta(seconds=1 / 3)
    return source.asked, locked


def desk_of(path: Path, clock: Clock, source: FakeSource, limits: GuessLimits) -> CaseDesk:
    assert KNOWN in CASES
    counters = sql_shared(Database(f"sqlite:///{path}")).counters
    return CaseDesk(source, Guesses(counters, limits), clock, Metrics(), questions=("date_of_birth",), give_up_s=8,
                    verify_s=FIXED_S, keep_s=0)


def apart(one: list[float], other: list[float]) -> float:
    """The chance that whoever knows the times tells a value of one from a value of the other, at the best side."""
    wins = sum((a > b) + (a == b) / 2 for a in one for b in other) / (len(one) * len(other))
    return max(wins, 1 - wins)


if __name__ == "__main__":
    sys.exit(main())
