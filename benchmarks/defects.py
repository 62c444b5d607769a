"""Seeded defects: is everything found that a caller could experience wrongly, and nothing else?

    python benchmarks/defects.py [--quick] [--json OUT] [--bundle flows/uscis] [--each 14] [--calls 400]

The bundle is damaged in two dozen ways, some hundred times. The judge of a mutant is not the prover: callers are run on
the engine of the damaged bundle under the policy, rules and words of the sound one (parts/judge.py). `ivr check` must report
every mutant that hurt one of them, with a fitting code and the line of the edit, and must say nothing about changes that do
not matter. A mutant that does not load is counted as reported: no caller ever meets it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import defect_kinds, figures  # noqa: E402, F401
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.judge import Judge  # noqa: E402
from benchmarks.parts.mutations import DEFECTS, HARMLESS, Bench, Mutant, mutants  # noqa: E402
from ivr.errors import BundleProblems  # noqa: E402
from ivr.flow.load import bundle_from_files, read_files  # noqa: E402
from ivr.flow.model import Bundle  # noqa: E402
from ivr.proof.examine import examine  # noqa: E402


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: str
    what: str
    hurt: str
    """What a caller experienced, empty when nobody noticed."""
    loads: bool
    reported: bool
    right_code: bool
    right_line: bool
    found: str
    """The problem that was reported first, for whoever looks into a miss."""


def verdict(folder: Path, mutant: Mutant, calls: int) -> Verdict:
    sound, judge = _sound(folder)
    examined = examine(mutant.files)
    errors = [p for p in examined.problems if p.severity == "error"]
    here = [p for p in errors if p.file == mutant.file and p.line in mutant.lines]
    fits = [p for p in errors if p.code in mutant.codes]
    loads, hurt = _lived(mutant, judge, sound, calls)
    first = next(iter(here or errors), None)
    return Verdict(mutant.kind, mutant.what, hurt, loads, bool(errors), bool(fits), bool(here),
                   f"{first.file}:{first.line} {first.code} {first.message}" if first else "")


@cache
def _sound(folder: Path) -> tuple[Bundle, Judge]:
    bundle = bundle_from_files(read_files(folder).files)
    return bundle, Judge(bundle)


def _lived(mutant: Mutant, judge: Judge, sound: Bundle, calls: int) -> tuple[bool, str]:
    """Whether calls can be made at all, and the first wrong thing in so many of them; each intent begins some."""
    try:
        damaged = bundle_from_files(mutant.files)
    except BundleProblems:
        return False, ""
    intents = [*sound.intents, "", ""]
    found = (judge.call(damaged, random.Random(n), intents[n % len(intents)]) for n in range(calls))
    return True, next((wrong for wrong in found if wrong), "")


def main() -> int:
    parser = figures.options("Seeded defects in the reference bundle.")
    parser.add_argument("--bundle", type=Path, default=ROOT / "flows" / "uscis")
    parser.add_argument("--each", type=int, default=14, help="mutants of each kind")
    parser.add_argument("--calls", type=int, default=400, help="calls made on each mutant")
    options = parser.parse_args()
    each, calls = (2, 60) if options.quick else (options.each, options.calls)
    files = dict(read_files(options.bundle).files)
    bench = Bench(_sound(options.bundle)[0], files)
    damage, change = list(mutants(bench, DEFECTS, each, 1)), list(mutants(bench, HARMLESS, each, 1))
    with ProcessPoolExecutor(2) as pool:
        judged = list(pool.map(verdict, [options.bundle] * len(damage), damage, [calls] * len(damage)))
        unharmed = list(pool.map(verdict, [options.bundle] * len(change), change, [0] * len(change)))
    show(judged)
    table = list(summary(judged, unharmed, [p for p in examine(files).problems if p.severity == "error"]))
    figures.show("seeded defects", table)
    figures.save("defects", table, options.json, quick=options.quick, details={
        "kinds": list(rows(judged)), "missed": [asdict(v) for v in judged if v.hurt and not v.reported],
        "elsewhere": [asdict(v) for v in judged if v.hurt and not (v.right_line and v.right_code)],
        "false_alarms": [asdict(v) for v in unharmed if v.reported]})
    return 0 if all(f.met is not False for f in table) else 1


def rows(judged: list[Verdict]) -> Iterator[dict[str, object]]:
    for kind in dict.fromkeys(v.kind for v in judged):
        own = [v for v in judged if v.kind == kind]
        hurt = [v for v in own if v.hurt or not v.loads]
        yield {"kind": kind, "mutants": len(own), "do not load": sum(not v.loads for v in own),
               "hurt a caller": sum(bool(v.hurt) for v in own),
               "reported": sum(v.reported for v in own), "missed": sum(bool(v.hurt) and not v.reported for v in own),
               "right code": sum(v.right_code for v in hurt), "right line": sum(v.right_line for v in hurt), "of": len(hurt)}


def show(judged: list[Verdict]) -> None:
    for n, row in enumerate(rows(judged)):
        if n == 0:
            print("  ".join(f"{name:>24}" if name == "kind" else name for name in row))
        print("  ".join(f"{value:>24}" if name == "kind" else f"{value:>{len(name)}}" for name, value in row.items()))


def summary(judged: list[Verdict], unharmed: list[Verdict], alarms: list) -> Iterator[Figure]:
    hurt = [v for v in judged if v.hurt]
    wrong = [v for v in judged if v.hurt or not v.loads]
    yield Figure("kinds of damage", len({v.kind for v in judged}), "", 15, True)
    yield Figure("mutants", len(judged), "", 300, True)
    yield Figure("mutants that do not load", sum(not v.loads for v in judged))
    yield Figure("mutants that hurt a caller", len(hurt))
    yield Figure("of these, not reported", sum(not v.reported for v in hurt), "", 0)
    for what, right in (("with a fitting code", [v.right_code for v in wrong]), ("at the line of the edit", [v.right_line for v in wrong])):
        yield Figure(f"hurt or do not load: reported {what}", 100 * sum(right) / max(1, len(right)), "%", 100, True)
    yield Figure("nobody was hurt, reported all the same", sum(not v.hurt and v.loads and v.reported for v in judged))
    yield Figure("harmless changes", len(unharmed))
    yield Figure("false alarms on harmless changes", sum(v.reported for v in unharmed), "", 0)
    yield Figure("false alarms on the sound bundle", len(alarms), "", 0)


if __name__ == "__main__":
    sys.exit(main())
