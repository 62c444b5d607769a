"""How long the calls of `ivr test` take: every transcript of the reference bundle, as written and in its variants.

    python benchmarks/transcripts.py [--quick] [--json OUT]

One process, one core. The intent model is trained (or taken from its cache) before the clock starts; every text is then
classified anew in each round. Runs of calls with `never_in_logs` count with their second call through the database. A round
is made of as many runs as the suite has, 200 or more: a smaller suite is called several times.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from ivr.flow.load import load_bundle  # noqa: E402
from ivr.nlu.train import model_for  # noqa: E402
from ivr.transcripts.folder import read_tests  # noqa: E402
from ivr.transcripts.suite import Wanted, run_all  # noqa: E402

RUNS, LIMIT_S = 200, 10.0


def main() -> int:
    options = figures.options("Calls of the test runner, in one process.").parse_args()
    rounds, made, turns, read_s = measure(2 if options.quick else 7)
    table = evaluate(rounds, made, turns, read_s)
    figures.show("ivr test flows/uscis", table)
    figures.save("transcripts", table, options.json, quick=options.quick, details={"rounds_s": rounds, "runs": made, "answers": turns})
    return 0 if all(f.met is not False for f in table) else 1


def measure(rounds: int) -> tuple[list[float], int, int, float]:
    """Seconds of each round, its runs and answers, and the seconds to read bundle and tests."""
    folder = ROOT / "flows/uscis"
    begun = time.perf_counter()
    bundle = load_bundle(folder)
    tests = read_tests(folder, bundle).tests
    read_s = time.perf_counter() - begun
    seconds: list[float] = []
    made = answers = 0
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        model = model_for(bundle, Path(name))
        for _ in range(rounds):
            made = answers = 0
            begun = time.perf_counter()
            while made < RUNS:
                runs = [run for run in run_all(bundle, model, tests, Wanted()) if not run.not_applicable]
                made += len(runs)
                answers += sum(len(run.answers) for run in runs)
            seconds.append(time.perf_counter() - begun)
    return seconds, made, answers, read_s


def evaluate(rounds: list[float], made: int, answers: int, read_s: float) -> list[Figure]:
    typical = median(rounds)
    return [Figure(f"{RUNS} runs, median round", typical * RUNS / made, "s", LIMIT_S),
            Figure(f"{RUNS} runs, slowest round", max(rounds) * RUNS / made, "s", LIMIT_S),
            Figure("a run", typical / made * 1000, "ms"), Figure("an answer of a caller", typical / answers * 1000, "ms"),
            Figure("runs in a round", made), Figure("reading the bundle and its tests", read_s, "s")]


if __name__ == "__main__":
    sys.exit(main())
