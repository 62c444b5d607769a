"""The colours of a picture, for a light page and a dark one. Pure data.

Every kind of node belongs to a family. Text on each fill has a contrast of at least 4.5 to 1; a test works it out.
"""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    name: str
    """What the legend says."""
    fill: str
    edge: str
    dark_fill: str
    dark_edge: str


class Page(NamedTuple):
    ground: str
    text: str
    muted: str
    line: str


LIGHT = Page("#ffffff", "#1b1f24", "#4a535d", "#6b7580")
DARK = Page("#12161c", "#e8edf3", "#b3bdc8", "#8d99a6")

FAMILIES = {
    "speak": Family("says something", "#eaf2fb", "#3a6ea5", "#16283b", "#79a9d8"),
    "listen": Family("asks and listens", "#fdf4dd", "#946800", "#352a10", "#d9b24e"),
    "think": Family("decides, looks up, remembers", "#f1ecfa", "#6b4fa3", "#291f40", "#b39ae0"),
    "write": Family("sends or promises something", "#e7f5ec", "#2f7a4d", "#12301f", "#74bd90"),
    "person": Family("reaches a person", "#fcebea", "#b03a3a", "#3d1a1a", "#e58f8f"),
    "flow": Family("runs another flow", "#eef1f4", "#56616c", "#222a33", "#9dabb8"),
    "end": Family("ends", "#e3e7eb", "#3c454e", "#2d343c", "#c3ccd5"),
}
FAMILY_OF = {
    "say": "speak", "ask": "listen", "menu": "listen", "collect": "listen", "check": "think", "decide": "think", "set": "think",
    "send": "write", "promise": "write", "transfer": "person", "call": "flow", "end": "end",
}
OTHER = "speak"
"""Family of a kind that is not named here."""


def stylesheet() -> str:
    """Classes: g ground, t text, m muted text, l line, a arrow head, b bold, i words that are heard; k-FAMILY its own text."""
    fonts = "text{font-family:system-ui,'Helvetica Neue',Arial,sans-serif}.b{font-weight:600}.i{font-style:italic}"
    light = _page(LIGHT) + "".join(_family(name, f.fill, f.edge) for name, f in FAMILIES.items())
    dark = _page(DARK) + "".join(_family(name, f.dark_fill, f.dark_edge) for name, f in FAMILIES.items())
    return f"{fonts}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _page(page: Page) -> str:
    return (f".g{{fill:{page.ground}}}.t{{fill:{page.text}}}.m{{fill:{page.muted}}}.l{{stroke:{page.line};fill:none}}"
            f".a{{fill:{page.line}}}")


def _family(name: str, fill: str, edge: str) -> str:
    return f".{name}{{fill:{fill};stroke:{edge}}}.k-{name}{{fill:{edge}}}"
