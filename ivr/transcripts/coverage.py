"""What the runs came by, and what they did not: nodes, outcomes, requirement rows. Pure. Called by `ivr test`.

Only runs that went as written count. `reachable` leaves out what no call can reach; without it everything that is wired
counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.transcripts.model import Run
from ivr.transcripts.touched import Exit, Visit


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that no call comes by."""

    mark: Mark
    what: str


@dataclass(frozen=True, slots=True)
class Part:
    covered: int
    total: int
    missing: tuple[Missing, ...] = ()

    @property
    def percent(self) -> float:
        return 100.0 * self.covered / self.total if self.total else 100.0

    @property
    def whole(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Coverage:
    nodes: Part
    outcomes: Part
    rows: Part


def coverage_of(bundle: Bundle, runs: Iterable[Run], rows: Sequence[tuple[str, Mark]] = (),
                reachable: Collection[Exit] | None = None) -> Coverage:
    """`rows` are the requirement rows that ask for a test, with their places."""
    good = [run for run in runs if run.ok and not run.not_applicable]
    visited = {visit for run in good for visit in run.visited}
    taken = {way for run in good for way in run.exits}
    tested = {row for run in good for row in run.test.rows}
    return Coverage(
        _part(_nodes(bundle), visited), _part(_outcomes(bundle, reachable), taken),
        _part([(row, mark, row) for row, mark in rows], tested))


def _part(all_of: list[tuple[object, Mark, str]], seen: Collection[object]) -> Part:
    missing = tuple(Missing(mark, what) for key, mark, what in all_of if key not in seen)
    return Part(len(all_of) - len(missing), len(all_of), missing)


def _nodes(bundle: Bundle) -> list[tuple[Visit, Mark, str]]:
    return [((flow.id, node.id), _in(flow.file, node.mark), node.id) for flow in bundle.flows.values() for node in flow.nodes.values()]


def _outcomes(bundle: Bundle, reachable: Collection[Exit] | None) -> list[tuple[Exit, Mark, str]]:
    found = []
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            for outcome in node.to:
                way = (flow.id, node.id, outcome)
                if reachable is None or way in reachable:
                    mark = node.marks.get(f"to.{outcome}") or node.marks.get("to") or node.mark
                    found.append((way, _in(flow.file, mark), f"{node.id} {outcome}"))
    return found


def _in(file: str, mark: Mark) -> Mark:
    return mark if mark.file else Mark(file, mark.line, mark.column, mark.length)
