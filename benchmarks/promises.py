"""Promises written and performed per second, and how long a killed worker holds them up, next to Procrastinate in the same run.

    python benchmarks/promises.py [--quick] [--part rates|crash|storm] [--json OUT]

Ours on SQLite and on PostgreSQL, Procrastinate on the same PostgreSQL, with 1, 2 and 4 processes. Rounds alternate, a ratio is
taken within each round, and the median of the ratios is reported. A storm of promised calls is lived through in virtual time.
`--part` measures one of the three parts anew and leaves the others as they were saved.
"""

from __future__ import annotations

import json
import sys
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures, promised_turn  # noqa: E402
from benchmarks.parts.callback_storm import LINES, PER_S, storm  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.ledger_crash import crashes  # noqa: E402
from benchmarks.parts.ledger_rounds import Rest, performed_per_s, written_per_s  # noqa: E402
from benchmarks.parts.statistics import median_ratio  # noqa: E402
from ivr.ops import logs  # noqa: E402
from tests.live.server import INTENTS  # noqa: E402

MEMBERS = (1, 2, 4)
STORES = ("postgresql", "procrastinate", "sqlite")
OURS = ("postgresql", "sqlite")
RECOVER_S = 45.0
LABELS = {"postgresql": "ours, PostgreSQL", "sqlite": "ours, SQLite", "procrastinate": "Procrastinate, the same PostgreSQL"}
Round = dict[str, float]
"""`what.store.members` -> promises a second"""


def measure(folder: Path, turn: Path, quick: bool, rounds: int) -> list[Round]:
    members = (1, 2) if quick else MEMBERS
    return [one_round(folder, turn, members, 120 if quick else 1000, backwards=bool(n % 2)) for n in range(1 if quick else rounds)]


def one_round(folder: Path, turn: Path, members: tuple[int, ...], count: int, *, backwards: bool) -> Round:
    found: Round = {}
    rest = Rest()
    try:
        for m in members:
            for store in STORES[::-1] if backwards else STORES:
                found[f"written.{store}.{m}"] = written_per_s(store, m, count, folder)
                found[f"performed.{store}.{m}"] = performed_per_s(store, m, count, folder)
                if store in OURS:
                    found[f"turns.{store}.{m}"] = written_per_s(store, m, count, folder, turn)
                    found[f"sent.{store}.{m}"] = performed_per_s(store, m, count // 2, folder, rest.url)
                print({k: round(v) for k, v in found.items() if k.endswith(f"{store}.{m}")}, file=sys.stderr, flush=True)
    finally:
        rest.close()
    return {name: round(rate, 1) for name, rate in found.items()}


def evaluate(parts: Mapping[str, Any]) -> list[Figure]:
    """The table, of the parts that were measured. Pure."""
    return [figure for name, table in TABLES.items() if name in parts for figure in table(parts[name])]


def rates(rounds: list[Round]) -> list[Figure]:
    return [*_rates(rounds, "written", "promises written alone"), *_rates(rounds, "turns", "promises written in their turn"),
            *_rates(rounds, "performed", "performed, sender answers at once"), *_rates(rounds, "sent", "performed over HTTP")]


def crash(found: Mapping[str, Mapping[str, float]]) -> list[Figure]:
    ours, tuned, plain = found["ours"], found["tuned"], found["plain"]
    return [Figure("kill -9 of one of two workers, ours: until all is done", ours["recovered_s"], "s", RECOVER_S),
            Figure("the same: texts lost or doubled", ours["wrong"], "", 0),
            Figure("the same, Procrastinate with a task that looks for stalled jobs", tuned["recovered_s"], "s"),
            Figure(f"the same, Procrastinate as it comes: jobs still stuck after {plain['recovered_s']:.0f} s", plain["wrong"])]


def stormed(found: Mapping[str, float]) -> list[Figure]:
    name = f"storm of {found['calls']} calls due at 9:00"
    return [Figure(f"{name}: out of order", found["out_of_order"], "", 0),
            Figure(f"{name}: most lines at once", found["most_lines"], "", LINES),
            Figure(f"{name}: most calls begun in a second", found["most_in_a_second"], "", PER_S),
            Figure(f"{name}: calls begun a second of virtual time", found["per_virtual_s"]),
            Figure(f"{name}: real time a call", 1000 * found["real_s"] / found["calls"], "ms")]


TABLES = {"rates": rates, "crash": crash, "storm": stormed}
PARTS = tuple(TABLES)


def _rates(rounds: list[Round], what: str, label: str) -> list[Figure]:
    out = []
    for m in sorted({int(k.rsplit(".", 1)[1]) for k in rounds[0]}):
        end = f"{label}, {m} process{'es' if m > 1 else ''}"
        found = {s: [r[f"{what}.{s}.{m}"] for r in rounds] for s in STORES if f"{what}.{s}.{m}" in rounds[0]}
        out += [Figure(f"{end}: {LABELS[s]}", median(values), "/s") for s, values in found.items()]
        if "procrastinate" in found:
            out.append(Figure(f"{end}: ours on PostgreSQL / Procrastinate", median_ratio(found["postgresql"], found["procrastinate"]), "",
                              1.0, at_least=True))
    return out


def measured(part: str, folder: Path, options: Namespace) -> Any:
    if part == "storm":
        return storm(folder / "storm", 30 if options.quick else options.calls)
    if part == "crash":
        return {name: asdict(each) for name, each in crashes(folder, options.quick).items()}
    turn = folder / "turn"
    promised_turn.keep(promised_turn.work_out(folder / "first", INTENTS), turn)
    return measure(folder, turn, options.quick, options.rounds)


def main() -> int:
    parser = figures.options("Promises, next to Procrastinate.")
    parser.add_argument("--part", choices=PARTS, help="measure this part only, the others stay as they were saved")
    parser.add_argument("--calls", type=int, default=10_000, help="calls of the storm (default 10000)")
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds of the rates (default 3)")
    options = parser.parse_args()
    logs.configure("error")
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        found = {part: measured(part, Path(name), options) for part in ([options.part] if options.part else PARTS)}
    saved = options.json or figures.RESULTS / "promises.json"
    before = json.loads(saved.read_text(encoding="utf-8"))["details"] if options.part and saved.exists() else {}
    parts = {**before, **found}
    table = evaluate(parts)
    figures.show("promises", table)
    figures.save("promises", table, options.json, quick=options.quick, details=parts)
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    sys.exit(main())
