"""Who stands above whom in a column, so that few lines cross. Pure. Called by `picture.positions`.

A line over several columns goes through a cell of its own in each of them. Columns are sorted by where the lines of their
neighbours come from, back and forth; the order with the fewest crossings is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from ivr.picture.bands import Band, Way

_SWEEPS = 12


class Hop(NamedTuple):
    """The part of a line between two neighbouring columns."""

    source: str
    target: str
    out: float
    """How far down the source it begins, 0 to 1."""
    into: float


@dataclass(slots=True)
class Grid:
    columns: list[list[str]] = field(default_factory=list)
    """Cells from top to bottom: ids of boxes, and of the cells that a long line goes through."""
    hops: list[Hop] = field(default_factory=list)
    lines: dict[Way, list[str]] = field(default_factory=dict)
    """Each line -> the cells that it goes through, both ends included."""


def grid_of(band: Band, out: Callable[[Way], float], into: Callable[[Way], float]) -> Grid:
    grid = Grid([[] for _ in range(max(band.columns.values(), default=0) + 1)])
    for box, column in band.columns.items():
        grid.columns[column].append(box)
    for n, way in enumerate(band.drawn):
        first, last = band.columns[way.source], band.columns[way.target]
        cells = [way.source, *(f"{n}:{column}" for column in range(first + 1, last)), way.target]
        for column, cell in zip(range(first + 1, last), cells[1:-1], strict=True):
            grid.columns[column].append(cell)
        grid.lines[way] = cells
        for a, b in pairwise(cells):
            grid.hops.append(Hop(a, b, out(way) if a == way.source else 0.5, into(way) if b == way.target else 0.5))
    return _sorted(grid)


def _sorted(grid: Grid) -> Grid:
    best, fewest = [list(c) for c in grid.columns], None
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        order = range(1, len(grid.columns)) if forward else range(len(grid.columns) - 2, -1, -1)
        for column in order:
            grid.columns[column] = _by_neighbours(grid, column, forward)
        crossings = _crossings(grid)
        if fewest is None or crossings < fewest:
            best, fewest = [list(c) for c in grid.columns], crossings
    grid.columns = best
    return grid


def _by_neighbours(grid: Grid, column: int, forward: bool) -> list[str]:
    cells = grid.columns[column]
    neighbours = _places(grid.columns[column - 1 if forward else column + 1])
    wanted = {}
    for n, cell in enumerate(cells):
        hops = [(h.source, h.out) if forward else (h.target, h.into) for h in grid.hops if (h.target if forward else h.source) == cell]
        seen = [neighbours[other] + part for other, part in hops]
        wanted[cell] = (sum(seen) / len(seen) if seen else float(n), n)
    return sorted(cells, key=lambda cell: wanted[cell])


def _places(cells: list[str]) -> dict[str, int]:
    return {cell: n for n, cell in enumerate(cells)}


def _crossings(grid: Grid) -> int:
    total = 0
    for left, right in pairwise(grid.columns):
        places: Mapping[str, int] = {**_places(left), **_places(right)}
        inside = set(left)
        ends = [(places[h.source] + h.out, places[h.target] + h.into) for h in grid.hops if h.source in inside]
        total += sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for n, a in enumerate(ends) for b in ends[n + 1:])
    return total
