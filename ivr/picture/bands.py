"""Which boxes stand in which column, and which ways out are drawn as lines. Pure. Called by `picture.svg`.

A picture has a band for the start of the flow and one for each place to which commands and faults lead. In a band a box
stands to the right of whatever leads to it. What goes back, far ahead or to another band is named instead of drawn: a name
can be looked up, a line across the picture cannot be followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ivr.flow.paths import reach
from ivr.picture.chart import Box, Chart

FARTHEST = 3
"""Columns that a line may cross."""
_HEADINGS = {"agent_request": "At any question: the caller asks for a person", "goodbye": "At any question: the caller says goodbye",
             "accommodation": "At any question: the caller cannot use the line",
             "main_menu": "At any question: the caller asks for the main menu",
             "safe_landing": "Safe landing: after any fault, and when all tries are spent"}


class Way(NamedTuple):
    """A way out that may be drawn: the `number`-th of its box, to a node in another box."""

    source: str
    number: int
    node: str
    target: str


@dataclass(slots=True)
class Band:
    heading: str
    columns: dict[str, int] = field(default_factory=dict)
    """Box -> column, from 0."""
    drawn: list[Way] = field(default_factory=list)


def bands_of(chart: Chart) -> list[Band]:
    box_of = chart.box_of
    boxes = {box.id: box for box in chart.boxes}
    ways = [Way(box.id, n, way.target, box_of[way.target]) for box in chart.boxes for n, way in enumerate(box.exits)]
    roots = _roots(chart, box_of)
    bands, left = [], dict.fromkeys(boxes)
    for root, heading in roots.items():
        if root in left:
            inside = _reached(root, left, roots, ways)
            left = {box: None for box in left if box not in inside}
            bands.append(_band(heading, root, inside, [w for w in ways if w.source in inside and w.target in inside], boxes))
    while left:
        root = next(iter(left))
        inside = _reached(root, left, roots, ways)
        left = {box: None for box in left if box not in inside}
        bands.append(_band("Elsewhere", root, inside, [w for w in ways if w.source in inside and w.target in inside], boxes))
    return bands


def _roots(chart: Chart, box_of: Mapping[str, str]) -> dict[str, str]:
    """Box -> heading of the band that it begins."""
    roots = {box_of[chart.start]: ""}
    for place in ("agent_request", "accommodation", "goodbye", "main_menu", "safe_landing"):
        if place in chart.places:
            roots.setdefault(box_of[chart.places[place]], _HEADINGS[place])
    return roots


def _reached(root: str, left: Iterable[str], roots: Mapping[str, str], ways: list[Way]) -> dict[str, int]:
    """Boxes of this band -> steps from its root. Places with a band of their own are left to it, but for the goodbye and
    the menu, which mostly lie on the way."""
    own = {r for r, heading in roots.items() if heading in (_HEADINGS["agent_request"], _HEADINGS["safe_landing"])} - {root}
    free = set(left) - own
    return reach([root], lambda box: (w.target for w in ways if w.source == box and w.target in free))


def _band(heading: str, root: str, steps: dict[str, int], ways: list[Way], boxes: Mapping[str, Box]) -> Band:
    ahead = [w for w in ways if steps[w.target] >= steps[w.source] and w.target != w.source]
    kept = _without_circles(sorted(ahead, key=lambda w: steps[w.source]))
    columns = _columns(root, steps, kept)
    drawn = [w for w in kept if columns[w.target] - columns[w.source] <= FARTHEST]
    return Band(heading, columns, drawn)


def _without_circles(ways: list[Way]) -> list[Way]:
    after: dict[str, set[str]] = {}
    kept = []
    for way in ways:
        if way.source not in reach([way.target], lambda box: sorted(after.get(box, ()))):
            after.setdefault(way.source, set()).add(way.target)
            kept.append(way)
    return kept


def _columns(root: str, steps: Mapping[str, int], ways: list[Way]) -> dict[str, int]:
    """The longest way from the root; there are no circles, so it settles."""
    columns = dict.fromkeys(steps, 0)
    changed = True
    while changed:
        changed = False
        for way in ways:
            if columns[way.target] < columns[way.source] + 1:
                columns[way.target] = columns[way.source] + 1
                changed = True
    return columns
