"""Where everything stands, in pixels. Pure. Called by `picture.svg`.

Columns keep their order; each box moves as near to the boxes it is joined to as the others of its column let it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ivr.picture.bands import Band, Way, bands_of
from ivr.picture.chart import Chart
from ivr.picture.measure import BOX, Shape, shape_of
from ivr.picture.order import Grid, grid_of

COLUMN_GAP = 84.0
ROW_GAP = 18.0
LINE_GAP = 10.0
"""Height of a cell that only a line goes through."""
HEADING = 40.0
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Placed:
    shape: Shape
    x: float
    y: float


@dataclass(slots=True)
class Drawn:
    """A line: the points it goes through, from the port of its way out to its target."""

    way: Way
    points: list[tuple[float, float]]


@dataclass(slots=True)
class Plan:
    boxes: list[Placed] = field(default_factory=list)
    lines: list[Drawn] = field(default_factory=list)
    headings: list[tuple[str, float]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def plan_of(chart: Chart) -> Plan:
    plan = Plan()
    for band in bands_of(chart):
        if band.heading:
            plan.headings.append((band.heading, plan.height + HEADING - 12))
            plan.height += HEADING
        _place(band, _shapes(chart, band), plan)
    return plan


def _shapes(chart: Chart, band: Band) -> dict[str, Shape]:
    drawn = {(way.source, way.number) for way in band.drawn}
    inside = (box for box in chart.boxes if box.id in band.columns)
    return {box.id: shape_of(box, frozenset(n for n in range(len(box.exits)) if (box.id, n) not in drawn)) for box in inside}


def _place(band: Band, shapes: Mapping[str, Shape], plan: Plan) -> None:
    ports = {(box, row_number(shapes[box], n)): row.port for box in shapes for n, row in enumerate(shapes[box].exits)}

    def out(way: Way) -> float:
        return ports[(way.source, way.number)] / shapes[way.source].height

    def into(way: Way) -> float:
        return arrival(shapes[way.target], way) / shapes[way.target].height

    grid = grid_of(band, out, into)
    tops = _tops(grid, shapes)
    least = min(tops.values(), default=0.0)
    tops = {cell: plan.height + y - least + ROW_GAP for cell, y in tops.items()}
    for n, column in enumerate(grid.columns):
        plan.boxes += [Placed(shapes[cell], n * (BOX + COLUMN_GAP), tops[cell]) for cell in column if cell in shapes]
    for way, cells in grid.lines.items():
        plan.lines.append(Drawn(way, _points(way, cells, band, shapes, tops, ports)))
    plan.width = max(plan.width, len(grid.columns) * (BOX + COLUMN_GAP) - COLUMN_GAP)
    plan.height = max((tops[c] + _height(c, shapes) for c in tops), default=plan.height) + ROW_GAP


def row_number(shape: Shape, n: int) -> int:
    """Which way out of the box its `n`-th row is."""
    return next(k for k, way in enumerate(shape.box.exits) if way is shape.exits[n].exit)


def arrival(shape: Shape, way: Way) -> float:
    """How far down the box a line arrives: at the row of one member of a group, or at the head."""
    ways_to_all = way.node == shape.box.id
    return shape.entry if ways_to_all else shape.member_y.get(way.node, shape.entry)


def _height(cell: str, shapes: Mapping[str, Shape]) -> float:
    return shapes[cell].height if cell in shapes else LINE_GAP


def _tops(grid: Grid, shapes: Mapping[str, Shape]) -> dict[str, float]:
    tops: dict[str, float] = {}
    for column in grid.columns:
        y = 0.0
        for cell in column:
            tops[cell] = y
            y += _height(cell, shapes) + ROW_GAP
    for n in range(_ROUNDS):
        order = grid.columns if n % 2 == 0 else grid.columns[::-1]
        for column in order:
            tops |= _settled(column, _wanted(grid, column, shapes, tops), shapes)
    return tops


def _wanted(grid: Grid, column: Sequence[str], shapes: Mapping[str, Shape], tops: Mapping[str, float]) -> list[float]:
    """Where each cell would like to begin, so that its lines were straight."""
    pulls: dict[str, list[float]] = {cell: [] for cell in column}
    for hop in grid.hops:
        start, end = hop.out * _height(hop.source, shapes), hop.into * _height(hop.target, shapes)
        if hop.target in pulls:
            pulls[hop.target].append(tops[hop.source] + start - end)
        elif hop.source in pulls:
            pulls[hop.source].append(tops[hop.target] + end - start)
    return [sum(pulls[cell]) / len(pulls[cell]) if pulls[cell] else tops[cell] for cell in column]


def _settled(column: Sequence[str], wanted: Sequence[float], shapes: Mapping[str, Shape]) -> dict[str, float]:
    """As near to the wished places as the heights allow: neighbours that would overlap move together as one block."""
    offsets, total = [], 0.0
    for cell in column:
        offsets.append(total)
        total += _height(cell, shapes) + ROW_GAP
    blocks: list[tuple[float, int]] = []  # mean, size
    for wish, offset in zip(wanted, offsets, strict=True):
        mean, size = wish - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, count = blocks.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        blocks.append((mean, size))
    means = [mean for mean, size in blocks for _ in range(size)]
    return {cell: mean + offset for cell, mean, offset in zip(column, means, offsets, strict=True)}


def _points(way: Way, cells: Sequence[str], band: Band, shapes: Mapping[str, Shape], tops: Mapping[str, float],
            ports: Mapping[tuple[str, int], float]) -> list[tuple[float, float]]:
    x = band.columns[way.source] * (BOX + COLUMN_GAP)
    points = [(x + BOX, tops[way.source] + ports[(way.source, way.number)])]
    for cell in cells[1:-1]:
        x += BOX + COLUMN_GAP
        points += [(x, tops[cell] + LINE_GAP / 2), (x + BOX, tops[cell] + LINE_GAP / 2)]
    end = tops[way.target] + arrival(shapes[way.target], way)
    return [*points, (band.columns[way.target] * (BOX + COLUMN_GAP), end)]
