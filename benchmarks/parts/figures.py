"""A benchmark's figures: one table on the terminal, the same as JSON, and the machine they were measured on."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent.parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    value: float
    unit: str = ""
    target: float | None = None
    at_least: bool = False
    """The target is a lower bound; otherwise an upper one."""

    @property
    def met(self) -> bool | None:
        """None where nothing was promised."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


def machine() -> str:
    """Cores and processor, as the reader of a table needs them."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass  # not Linux: the platform's own name stands
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def options(description: str) -> argparse.ArgumentParser:
    """The arguments every benchmark takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="OUT", help="where to save the figures (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: shows that it works, proves nothing")
    return parser


def show(title: str, figures: Sequence[Figure]) -> None:
    print(f"{title}\n{machine()}\n{'':58} {'value':>10}")
    for f in figures:
        verdict = "" if f.met is None else f"{'>=' if f.at_least else '<='} {f.target:g} {'met' if f.met else 'MISSED'}"
        print(f"{f.what:58} {f.value:10.{places(f.value)}f} {f.unit:6} {verdict}".rstrip())


def places(value: float) -> int:
    """Three figures are what such a measurement is worth."""
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2


def save(name: str, figures: Sequence[Figure], out: Path | None, *, quick: bool, details: dict[str, Any]) -> Path:
    """Write `benchmarks/results/NAME.json` (or `out`); figures for the report, details for whoever doubts them."""
    path = out or RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"benchmark": name, "machine": machine(), "quick": quick, "measured_on": datetime.now(UTC).date().isoformat(),
            "figures": [{**asdict(f), "value": round(f.value, 4), "met": f.met} for f in figures], "details": details}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return path
