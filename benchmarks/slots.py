"""How many spoken values are read right, and how fast: every row of a table of spoken forms.

    python benchmarks/slots.py [FILE.csv] [--misses N] [--json OUT]

A row is type,lang,today,spoken,value,status. It is right when value and status are; `wrong but valid` is the worst: a
certain value (`ok`) that is another one than was said, or where none was. Without FILE the development rows are read,
which the grammar was written on: their figure says nothing about callers.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import ivr.dialog.slots  # noqa: E402, F401
from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.statistics import percentile  # noqa: E402
from ivr.dialog.slots.base import SLOTS, Reading  # noqa: E402

DEVELOPMENT = ROOT / "tests" / "data" / "spoken_forms_development.csv"
IDENTIFIERS = ("receipt", "a_number")


@dataclass(frozen=True, slots=True)
class Row:
    type: str
    lang: str
    today: str
    spoken: str
    value: str
    status: str


@dataclass(frozen=True, slots=True)
class Scored:
    row: Row
    reading: Reading
    ms: float

    @property
    def right(self) -> bool:
        return (self.reading.value, self.reading.status) == (self.row.value, self.row.status)

    @property
    def wrong_but_valid(self) -> bool:
        return self.reading.status == "ok" and self.reading.value != self.row.value


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [Row(r["type"], r["lang"], r.get("today") or "2026-03-10", r["spoken"], r.get("value") or "", r.get("status") or "ok")
                for r in csv.DictReader(lines)]


def score(row: Row) -> Scored:
    begun = time.perf_counter()
    reading = SLOTS[row.type].spoken(row.spoken, row.lang, date.fromisoformat(row.today))
    return Scored(row, reading, (time.perf_counter() - begun) * 1000)


def evaluate(scored: list[Scored]) -> list[Figure]:
    """The table: all rows, each type, each language."""
    out = [Figure("rows", len(scored), "", 600, at_least=True), Figure("right, all", _share(scored), "%", 97, at_least=True),
           Figure("value right, all", _share(scored, lambda s: s.reading.value == s.row.value), "%")]
    for language in sorted({s.row.lang for s in scored}):
        out.append(Figure(f"right, {language}", _share([s for s in scored if s.row.lang == language]), "%"))
    for kind in sorted({s.row.type for s in scored}):
        own = [s for s in scored if s.row.type == kind]
        wrong = sum(s.wrong_but_valid for s in own)
        out += [Figure(f"right, {kind} ({len(own)})", _share(own), "%"),
                Figure(f"wrong but valid, {kind}", wrong, "", 0 if kind in IDENTIFIERS else None)]
    times = [s.ms for s in scored]
    return [*out, Figure("a reading, median", percentile(times, 0.5), "ms", 1), Figure("a reading, p99", percentile(times, 0.99), "ms")]


def _share(scored: list[Scored], good: Callable[[Scored], bool] = lambda s: s.right) -> float:
    return 100 * sum(map(good, scored)) / max(1, len(scored))


def main() -> int:
    parser = figures.options("Spoken values that are read right.")
    parser.add_argument("file", nargs="?", type=Path, default=DEVELOPMENT)
    parser.add_argument("--misses", type=int, default=30, metavar="N", help="how many wrong rows to list")
    options = parser.parse_args()
    rows = rows_of(options.file)
    for row in rows[:20]:
        score(row)  # tables are built on the first call
    scored = [score(row) for row in rows]
    table = evaluate(scored)
    figures.show(f"Spoken forms, {options.file.name}", table)
    misses = [s for s in scored if not s.right]
    for s in misses[:options.misses]:
        mark = "WRONG BUT VALID" if s.wrong_but_valid else "miss"
        print(f"{mark}: {s.row.type} {s.row.lang} {s.row.spoken!r}: expected {s.row.value or '-'} {s.row.status}, "
              f"got {s.reading.value or '-'} {s.reading.status} {s.reading.problem} {s.reading.heard}")
    if options.json:
        details = {"file": options.file.name, "misses_by_type": Counter(s.row.type for s in misses),
                   "misses": [[*astuple(s.row), s.reading.value, s.reading.status] for s in misses]}
        figures.save("slots", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


if __name__ == "__main__":
    sys.exit(main())
