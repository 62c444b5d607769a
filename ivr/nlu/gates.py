"""Bounds that an evaluation must keep, from a YAML file, and what changed since the last one. Pure but for reading the file.

    at_least: {accuracy: 0.93, languages.es.accuracy: 0.93, oos.far.csv.recall_at_95_accept: 0.86}
    at_most:  {ece: 0.03, p99_ms: 60}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import ConfigProblem

_SIDES = ("at_least", "at_most")
_UNCOMPARED = ("worst_pairs", "phrases", "train_s", "p50_ms", "p99_ms")


def read(path: Path) -> dict[str, dict[str, float]]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigProblem(f"{path} cannot be read: {error.strerror}", hint="check the name", code="gate_missing") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"{path.name} is no YAML file", hint="at_least: {accuracy: 0.93}", code="gate_broken") from error
    right = isinstance(found, dict) and found and set(found) <= set(_SIDES) and all(
        isinstance(bounds, dict) and all(isinstance(b, int | float) for b in bounds.values()) for bounds in found.values())
    if not right:
        raise ConfigProblem(f"{path.name} is no file of gates, expected at_least and at_most with figures and bounds",
                            hint="at_least: {accuracy: 0.93}", code="gate_broken")
    return found


def failed(gates: Mapping[str, Mapping[str, float]], report: Mapping[str, Any]) -> list[str]:
    """One sentence for each bound that is not kept; a figure that was not measured keeps none."""
    figures = dict(flat(report))
    return [sentence for side in _SIDES for name, bound in gates.get(side, {}).items()
            if (sentence := _breach(side, name, bound, figures.get(name)))]


def _breach(side: str, name: str, bound: float, value: float | None) -> str:
    if value is None:
        return f"{name} was not measured, and the gate asks for {side.replace('_', ' ')} {bound:g}"
    if (value < bound) if side == "at_least" else (value > bound):
        return f"{name} is {value:g}, the gate asks for {side.replace('_', ' ')} {bound:g}"
    return ""


def flat(report: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Every figure by its dotted name."""
    for name, value in report.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{name}", float(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """Figures that are not what they were: name, before, after. Times always differ and are left out."""
    old = {n: v for n, v in flat(before) if not n.startswith(_UNCOMPARED) and not n.endswith((".phrases", ".asked"))}
    return [(n, old[n], v) for n, v in flat(after) if n in old and abs(old[n] - v) >= 0.0005]
