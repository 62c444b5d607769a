"""A chart in the language of Mermaid, for pages that draw it themselves, every way out drawn. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ivr.picture.chart import Box, Chart
from ivr.picture.colours import FAMILIES, FAMILY_OF, OTHER
from ivr.picture.measure import wrapped

_SHAPES = {"decide": ("{{", "}}"), "check": ("{{", "}}"), "set": ("{{", "}}"), "call": ("[[", "]]"), "end": ("([", "])"),
           "say": ("(", ")")}
_ROOM = 240.0


def mermaid(chart: Chart) -> str:
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield "---"
    yield f"title: {json.dumps(chart.title, ensure_ascii=False)}"
    yield "---"
    yield "flowchart LR"
    box_of = chart.box_of
    for box in chart.boxes:
        opening, closing = _SHAPES.get(box.kind, ("[", "]"))
        yield f'  {_id(box.id)}{opening}"{_label(box)}"{closing}:::{FAMILY_OF.get(box.kind, OTHER)}_'
    for box in chart.boxes:
        for way in box.exits:
            label = "" if way.is_only else ", ".join(way.labels)
            text = "<br>".join(_escaped(t) for t in wrapped(f"{label}{f' [{way.sets}]' if way.sets else ''}".strip(), 11, _ROOM))
            arrow = "-.->" if way.is_fallback else "-->"
            yield f"  {_id(box.id)} {arrow}{f'|{chr(34)}{text}{chr(34)}|' if text else ''} {_id(box_of[way.target])}"
    for name, family in FAMILIES.items():
        yield f"  classDef {name}_ fill:{family.fill},stroke:{family.edge},color:#1b1f24"


def _id(node: str) -> str:
    """Never a word of the language itself, such as `end`."""
    return f"n_{node}"


def _label(box: Box) -> str:
    lines = [f"{box.kind} {box.title}"]
    for line in box.lines:
        lines += wrapped(line.text, 11, _ROOM, 3)
    return "<br>".join(map(_escaped, lines))


_MARKS = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}


def _escaped(text: str) -> str:
    return "".join(_MARKS.get(c, c) for c in text)
