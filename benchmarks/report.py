"""Fill the tables of docs/benchmarks.md from benchmarks/results/*.json, so that no figure is typed by hand.

    python benchmarks/report.py [--check]

`--check` changes nothing and exits with 1 when the page is not what the results say.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.figures import places  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
RESULTS = ROOT / "benchmarks" / "results"
_SECTION = re.compile(r"(<!-- ([a-z]+):begin -->\n).*?(<!-- \2:end -->)", re.DOTALL)


def filled(page: str, results: Mapping[str, dict[str, Any]]) -> str:
    """The page with a table between each pair of markers; what has no result yet says so. Pure."""
    return _SECTION.sub(lambda m: m.group(1) + _section(m.group(2), results.get(m.group(2))) + m.group(3), page)


def _section(name: str, result: dict[str, Any] | None) -> str:
    if result is None:
        return f"\nNot measured yet: `python benchmarks/{name}.py`.\n\n"
    lines = ["", _origin(result), "", "| | value | target | |", "|---|---:|---|---|"]
    lines += [_row(row) for row in result.get("figures") or [_as_figure(r) for r in result.get("rows", ())]]
    kinds = result.get("details", {}).get("kinds") if isinstance(result.get("details"), dict) else None
    return "\n".join([*lines, *(_table(kinds) if kinds else ()), *(_misread(result) if name.startswith("slots") else ())]) + "\n\n"


def _misread(result: dict[str, Any]) -> list[str]:
    """Spoken forms that were read otherwise than expected."""
    rows = [dict(zip(("type", "lang", "spoken", "expected", "status", "read as", "with status"), (k, lang, said, *rest), strict=True))
            for k, lang, _, said, *rest in result["details"]["misses"]]
    return _table(rows) if rows else []


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Rows that a benchmark counted, under their own names."""
    names = list(rows[0])
    return ["", f"| {' | '.join(names)} |", "|---|" + "---:|" * (len(names) - 1),
            *(f"| {' | '.join(str(row[name]) for name in names)} |" for row in rows)]


def _origin(result: dict[str, Any]) -> str:
    known = [result[k] for k in ("machine", "measured_on") if result.get(k)]
    if result.get("engine"):
        known.append(f"engine {result['engine']}")
    if result.get("quick"):
        known.append("a quick run: fewer and shorter rounds, for a first impression only")
    return "; ".join(known) + "." if known else ""


def _as_figure(row: dict[str, Any]) -> dict[str, Any]:
    """The recognition benchmark's rows: they carry a count, call their target a limit, and leave its side to be seen from
    whether it was met."""
    limit = row.get("limit")
    return {**row, "what": f"{row['what']} (n={row['n']})", "target": limit, "met": None if limit is None else row["met"],
            "at_least": limit is not None and row["value"] != limit and (row["value"] > limit) == row["met"]}


def _row(figure: dict[str, Any]) -> str:
    value, target = figure["value"], figure["target"]
    unit = f" {figure['unit']}" if figure["unit"] else ""
    bound = "" if target is None else f"{'at least' if figure['at_least'] else 'at most'} {target:g}{unit}"
    verdict = {None: "", True: "met", False: "**missed**"}[figure["met"]]
    shown = f"{value:.0f}" if float(value).is_integer() else f"{value:.{places(value)}f}"
    return f"| {figure['what']} | {shown}{unit} | {bound} | {verdict} |"


def results() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}


def main() -> int:
    parser = argparse.ArgumentParser(description="Fill docs/benchmarks.md from the saved results.")
    parser.add_argument("--check", action="store_true", help="change nothing; 1 when the page is out of date")
    check = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = filled(before, results())
    if check:
        print("up to date" if before == after else "out of date: run python benchmarks/report.py")
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    print(f"filled {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
