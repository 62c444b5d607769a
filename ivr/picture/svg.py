"""A chart as SVG: text stays text, every box has a title, and the same chart always gives the same bytes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax import saxutils

from ivr.picture.bands import Way
from ivr.picture.captions import shortened
from ivr.picture.chart import Chart, Exit
from ivr.picture.colours import FAMILIES, FAMILY_OF, OTHER, stylesheet
from ivr.picture.measure import ARROW, BOX, HEAD, PAD, ROW, SIZES, ExitRow, width
from ivr.picture.outlines import OUTLINES, round_box
from ivr.picture.positions import Drawn, Placed, Plan, plan_of

MARGIN = 28.0
_TOP = 96.0
"""Title and legend."""
_LEGEND = 236.0
"""Width of one entry."""


def escape(text: str) -> str:
    return saxutils.escape(_printable(text))


def quoteattr(text: str) -> str:
    return saxutils.quoteattr(_printable(text))


def _printable(text: str) -> str:
    """Without control characters, with which it would be no XML."""
    return "".join(c if c.isprintable() or c in " \N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}" for c in text)


def svg(chart: Chart) -> str:
    plan = plan_of(chart)
    columns = max(1, int((max(plan.width, 3 * _LEGEND)) // _LEGEND))
    top = _TOP + (-(-len(FAMILIES) // columns) - 1) * ROW
    wide, high = max(plan.width, 3 * _LEGEND) + 2 * MARGIN, plan.height + top + MARGIN
    body = [*_legend(chart, columns), f'<g transform="translate({MARGIN:g} {top:g})">', *_body(chart, plan), "</g>"]
    return "\n".join([*_head(chart, plan, wide, high), *body, "</svg>"]) + "\n"


def _head(chart: Chart, plan: Plan, wide: float, high: float) -> Iterator[str]:
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" role="graphics-document" aria-labelledby="t d" lang={quoteattr(chart.language)} '
           f'width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}">')
    yield f'<title id="t">{escape(chart.title)}</title>'
    yield f'<desc id="d">{escape(_described(chart))}</desc>'
    yield f"<style>{stylesheet()}</style>"
    yield ('<defs><marker id="p" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
           '<path class="a" d="M0 .5L8 4L0 7.5z"/></marker></defs>')
    yield f'<rect class="g" width="{wide:.0f}" height="{high:.0f}"/>'


def _described(chart: Chart) -> str:
    nodes = sum(len(box.node_ids) for box in chart.boxes)
    parts = [f"Call flow {chart.flow} with {nodes} nodes, from left to right; it begins at {chart.start}."]
    for box in chart.boxes:
        ways = "; ".join(f"{', '.join(way.labels)} to {way.target}" for way in box.exits)
        parts.append(f"{box.kind} {', '.join(box.node_ids)}{': ' + ways if ways else ''}.")
    return " ".join(parts)


def _legend(chart: Chart, columns: int) -> Iterator[str]:
    yield f'<text class="t b" x="{MARGIN:g}" y="36" font-size="20">{escape(chart.title)}</text>'
    note = ("Every question also takes: repeat, help, another language, main menu, a person, goodbye. "
            "“→ name” goes on at that box.")
    if chart.results:
        note += f" Called by other flows; gives back: {shortened(', '.join(chart.results), 60)}"
    yield f'<text class="m" x="{MARGIN:g}" y="58" font-size="12">{escape(note)}</text>'
    for n, (name, family) in enumerate(FAMILIES.items()):
        x, y = MARGIN + (n % columns) * _LEGEND, 70 + (n // columns) * ROW
        yield f'<rect class="{name}" x="{x:g}" y="{y:g}" width="16" height="11" rx="2"/>'
        yield f'<text class="m" x="{x + 22:g}" y="{y + 10:g}" font-size="12">{escape(family.name)}</text>'


def _body(chart: Chart, plan: Plan) -> Iterator[str]:
    for heading, y in plan.headings:
        yield f'<path class="l" stroke-dasharray="2 4" d="M0 {y - 22:g}H{plan.width:g}"/>'
        yield f'<text class="t b" x="0" y="{y:g}" font-size="14">{escape(heading)}</text>'
    for line in plan.lines:
        yield _line(chart, line)
    for placed in plan.boxes:
        yield from _box(chart, placed)


def _line(chart: Chart, line: Drawn) -> str:
    dashed = ' stroke-dasharray="5 4"' if _exit(chart, line.way).is_fallback else ""
    return f'<path class="l" stroke-width="1.3"{dashed} marker-end="url(#p)" d="{_curve(line.points)}"/>'


def _exit(chart: Chart, way: Way) -> Exit:
    return next(box for box in chart.boxes if box.id == way.source).exits[way.number]


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Level where it leaves and where it arrives."""
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for n, (to_x, to_y) in enumerate(rest):
        if n % 2 == 0:
            half = (to_x - x) / 2
            parts.append(f"C{x + half:.1f} {y:.1f} {to_x - half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        else:
            parts.append(f"H{to_x:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


# -- boxes ------------------------------------------------------------------------------------------------------------


def _box(chart: Chart, placed: Placed) -> Iterator[str]:
    box, x, y = placed.shape.box, placed.x, placed.y
    family = FAMILY_OF.get(box.kind, OTHER)
    yield f'<g id={quoteattr(_anchor(box.id))} role="graphics-symbol" aria-label={quoteattr(f"{box.kind} {box.title}")}>'
    thick = 2.4 if box.kind == "transfer" or chart.start in box.node_ids else 1.2
    yield f'<path class="{family}" stroke-width="{thick}" d="{OUTLINES.get(box.kind, round_box)(x, y, placed.shape.height)}"/>'
    yield from _title(placed, family, chart.start in box.node_ids)
    for row in placed.shape.rows:
        style = {"words": "t i", "small": "m"}.get(row.style, "t")
        anchor = f' id={quoteattr(_anchor(row.text.split(" ")[0]))}' if row.text.split(" ")[0] in box.members[1:] else ""
        yield _text(row.text, x + PAD, y + row.y + 4, SIZES[row.style], style, anchor)
    for way in placed.shape.exits:
        yield from _way(way, x, y)
    yield "</g>"


def _title(placed: Placed, family: str, begins: bool) -> Iterator[str]:
    box, x, y = placed.shape.box, placed.x, placed.y + HEAD / 2 + 6
    kind = f"▶ {box.kind}" if begins else box.kind
    yield _text(kind.upper(), x + PAD, y, 10.5, f"b k-{family}")
    title = _text(box.title, x + PAD + width(kind.upper(), 10.5) + 10, y, SIZES["title"], "t b")
    yield f'<a href={quoteattr(f"{box.link}.svg")}>{title}</a>' if box.link else title


def _way(way: ExitRow, x: float, y: float) -> Iterator[str]:
    for n, text in enumerate(way.texts):
        at = y + way.y + 4 + n * ROW
        label, arrow, target = text.rpartition(ARROW) if way.target and n == len(way.texts) - 1 else (text, "", "")
        style = "m" if way.exit.is_fallback else "t"
        if arrow:
            name = f'<a href={quoteattr(f"#{_anchor(way.exit.target)}")}><tspan class="b">{escape(arrow + target)}</tspan></a>'
            yield (f'<text class="{style}" x="{x + BOX - PAD:g}" y="{at:g}" font-size="{SIZES["exit"]:g}" text-anchor="end">'
                   f"{escape(label)}{name}</text>")
        else:
            yield _text(text, x + BOX - PAD, at, SIZES["exit"], style, ' text-anchor="end"')


def _anchor(node_id: str) -> str:
    return f"n-{node_id}"


def _text(text: str, x: float, y: float, size: float, style: str, more: str = "") -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:g}" font-size="{size:g}"{more}>{escape(text)}</text>'
