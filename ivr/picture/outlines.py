"""The outline of each kind of node, as SVG paths. Pure: shape tells what colour tells, to those who see no colours."""

from __future__ import annotations

from collections.abc import Callable

from ivr.picture.measure import BOX

Outline = Callable[[float, float, float], str]


def round_box(x: float, y: float, height: float, radius: float = 9) -> str:
    w, r = BOX, min(radius, height / 2)
    return (f"M{x + r:g} {y:g}h{w - 2 * r:g}a{r:g} {r:g} 0 0 1 {r:g} {r:g}v{height - 2 * r:g}a{r:g} {r:g} 0 0 1 {-r:g} {r:g}"
            f"h{2 * r - w:g}a{r:g} {r:g} 0 0 1 {-r:g} {-r:g}v{2 * r - height:g}a{r:g} {r:g} 0 0 1 {r:g} {-r:g}z")


def pill(x: float, y: float, height: float) -> str:
    return round_box(x, y, height, 20)


def plain(x: float, y: float, height: float) -> str:
    return f"M{x:g} {y:g}h{BOX:g}v{height:g}h{-BOX:g}z"


def barred(x: float, y: float, height: float) -> str:
    """A thick bar at the left: here it waits for the caller."""
    return plain(x, y, height) + f"M{x + 4:g} {y:g}v{height:g}"


def cut(x: float, y: float, height: float) -> str:
    """Corners cut off."""
    c = 9.0
    return (f"M{x + c:g} {y:g}h{BOX - 2 * c:g}l{c:g} {c:g}v{height - 2 * c:g}l{-c:g} {c:g}h{2 * c - BOX:g}l{-c:g} {-c:g}"
            f"v{2 * c - height:g}z")


def folded(x: float, y: float, height: float) -> str:
    """A sheet of paper with a folded corner."""
    c = 12.0
    return f"M{x:g} {y:g}h{BOX - c:g}l{c:g} {c:g}v{height - c:g}h{-BOX:g}zM{x + BOX - c:g} {y:g}v{c:g}h{c:g}"


def doubled(x: float, y: float, height: float) -> str:
    """Two lines at either side: what is called is drawn elsewhere."""
    return plain(x, y, height) + f"M{x + 5:g} {y:g}v{height:g}M{x + BOX - 5:g} {y:g}v{height:g}"


OUTLINES: dict[str, Outline] = {
    "say": round_box, "ask": barred, "menu": barred, "collect": barred, "check": cut, "decide": cut, "set": cut, "send": folded,
    "promise": folded, "transfer": plain, "call": doubled, "end": pill,
}
