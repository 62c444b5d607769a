"""A chart in the language of Graphviz, every way out drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.picture.chart import Box, Chart
from ivr.picture.colours import FAMILIES, FAMILY_OF, OTHER
from ivr.picture.measure import wrapped

_SHAPES = {"decide": "diamond", "check": "hexagon", "set": "hexagon", "call": "component", "send": "note", "promise": "note",
           "end": "oval", "transfer": "box3d"}
_ROOM = 240.0


def dot(chart: Chart) -> str:
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield f"digraph {_quoted(chart.flow)} {{"
    yield f"  graph [label={_quoted(chart.title)}, rankdir=LR, fontname=\"sans-serif\"];"
    yield '  node [shape=box, style=filled, fontname="sans-serif", fontsize=11];'
    yield '  edge [fontname="sans-serif", fontsize=10];'
    box_of = chart.box_of
    for box in chart.boxes:
        family = FAMILIES[FAMILY_OF.get(box.kind, OTHER)]
        begins = ", penwidth=3" if chart.start in box.node_ids else ""
        yield (f"  {_quoted(box.id)} [label={_quoted(_label(box))}, shape={_SHAPES.get(box.kind, 'box')}, "
               f'fillcolor="{family.fill}", color="{family.edge}"{begins}];')
    for box in chart.boxes:
        for way in box.exits:
            label = "" if way.is_only else ", ".join(way.labels)
            sets = f" [{way.sets}]" if way.sets else ""
            style = ", style=dashed" if way.is_fallback else ""
            text = "\n".join(wrapped(f"{label}{sets}".strip(), 11, _ROOM))
            yield f"  {_quoted(box.id)} -> {_quoted(box_of[way.target])} [label={_quoted(text)}{style}];"
    yield "}"


def _label(box: Box) -> str:
    lines = [f"{box.kind} {box.title}"]
    for line in box.lines:
        lines += wrapped(line.text, 11, _ROOM, 3)
    return "\n".join(lines)


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'
