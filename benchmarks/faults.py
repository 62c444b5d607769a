"""Break everything that can break, and count what came of it: the fault tests at full size, as one table.

    python benchmarks/faults.py [--quick] [--json OUT] [--seed N]

Real servers and workers on loopback are killed, stopped, cut off and filled up; the pretended carrier outside of them keeps
the ledger that is the judge. `--quick` runs the share that every test run has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.fault_rows import ROWS, broken, told  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402

LONGEST_S = 1800
"""One test; beyond it something hangs."""


def main() -> int:
    parser = figures.options("The fault tests at full size, and the table of what they measured.")
    parser.add_argument("--seed", type=int, default=20260310)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "rows.jsonl"
        began = time.monotonic()
        code = _run(results, options.quick, options.seed)
        took_s = time.monotonic() - began
        recorded = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    table = evaluate(recorded, code, options.seed, took_s)
    rows = lines(recorded)
    _show(rows)
    figures.show("faults", table)
    figures.save("faults", table, options.json, quick=options.quick, details={"kinds": rows, "recorded": recorded})
    return 0 if code == 0 and all(f.met is not False for f in table) else 1


def _run(results: Path, quick: bool, seed: int) -> int:
    env = {k: v for k, v in os.environ.items() if k != "FAULTS_FULL"} | {"FAULTS_RESULTS": str(results), "FAULTS_SEED": str(seed)}
    if not quick:
        env["FAULTS_FULL"] = "1"
    command = [sys.executable, "-m", "pytest", "tests/faults", "-n", "2", "--dist", "worksteal", "-q", f"--timeout={LONGEST_S}"]
    return subprocess.run(command, cwd=ROOT, env=env).returncode


def lines(recorded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"row": r.number, "fault": r.fault, "expected": r.expected, "measured": told(r, recorded) or "not measured"} for r in ROWS]


def evaluate(recorded: list[dict[str, Any]], code: int, seed: int, took_s: float) -> list[Figure]:
    recovered = [r["recovered_s"] for r in recorded if r["name"] == "point_worker"]
    table = [Figure("fault tests failed", float(code != 0), "", 0), Figure("seed", seed), Figure("all of it took", took_s / 60, "min"),
             Figure("rows of the table measured", sum(bool(told(r, recorded)) for r in ROWS), "", len(ROWS), at_least=True),
             Figure("lost, doubled, stuck, unwritten or corrupt, in all rows", sum(broken(r, recorded) for r in ROWS), "", 0)]
    if recovered:
        table.append(Figure("a killed worker's promise is kept after, longest", max(recovered), "s", 45))
    return table


def _show(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['row']:>6}  {row['fault']}\n        expected: {row['expected']}\n        measured: {row['measured']}")


if __name__ == "__main__":
    sys.exit(main())
