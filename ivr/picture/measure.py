"""How wide a text is, where it breaks, and how high a box becomes. Pure.

No font is at hand when a picture is made, and the reader's is not known: widths are those of a rather wide sans-serif, so
that no text leaves its box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.picture.chart import Box, Exit, Line

BOX = 270.0
"""Width of every box, in pixels like all that follows."""
PAD = 10.0
ROW = 17.0
HEAD = 24.0
ARROW = "→\N{NO-BREAK SPACE}"
"""Before the name of a target, on the same line."""
SIZES = {"plain": 12.0, "words": 12.0, "small": 11.0, "exit": 11.5, "title": 13.0}
_NARROW, _WIDE = set("iljtfr.,:;'!|()[] "), set("mwMW@%…→")
_MOST_LINES = {"words": 4, "plain": 5, "small": 3}


def width(text: str, size: float) -> float:
    return size * sum(0.36 if c in _NARROW else 0.92 if c in _WIDE else 0.7 if c.isupper() else 0.59 for c in text)


def wrapped(text: str, size: float, room: float, most: int = 99) -> list[str]:
    """The text in lines; the last of them ends with an ellipsis when there would be more than `most`."""
    lines, current = [], ""
    for word in _words(text, size, room):
        longer = f"{current} {word}" if current else word
        if current and width(longer, size) > room:
            lines.append(current)
            current = word
        else:
            current = longer
    lines.append(current)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(f"{last} …", size) > room:
        last = last.rpartition(" ")[0] or last[:-1]
    return [*lines[:most - 1], f"{last.rstrip(' …')} …"]


def _words(text: str, size: float, room: float) -> Iterator[str]:
    """Its words; one that is wider than a line is cut."""
    for word in text.split(" "):
        while width(word, size) > room:
            cut = max(1, next(n for n in range(len(word), 0, -1) if n == 1 or width(word[:n], size) <= room))
            yield word[:cut]
            word = word[cut:]
        yield word


@dataclass(frozen=True, slots=True)
class TextRow:
    """One line of text in a box: its style, and how far its middle is from the top."""

    text: str
    style: str
    y: float


@dataclass(frozen=True, slots=True)
class ExitRow:
    """A way out as it stands at the right edge of a box."""

    exit: Exit
    texts: tuple[str, ...]
    target: str
    """Text naming the target, when no line is drawn to it."""
    y: float
    """Middle of its first line."""
    port: float
    """Where its line begins, measured from the top."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A box with everything measured."""

    box: Box
    height: float
    rows: tuple[TextRow, ...]
    exits: tuple[ExitRow, ...]
    member_y: dict[str, float]
    """Member of a group -> middle of its row."""

    @property
    def entry(self) -> float:
        """Where lines to the box as a whole arrive."""
        return HEAD / 2 + 2


def shape_of(box: Box, stubs: frozenset[int]) -> Shape:
    """`stubs` are the indices of the ways out that are named instead of drawn."""
    y, rows, member_y = HEAD + 4.0, [], {}
    for n, line in enumerate(box.lines):
        for text in _in_lines(line):
            rows.append(TextRow(text, line.style, y + ROW / 2))
            if box.members:
                member_y.setdefault(box.members[n], y + ROW / 2)
            y += ROW
    exits, y = _exit_rows(box, stubs, y + (3 if rows else 0))
    return Shape(box, y + (PAD - 4 if rows or exits else 0), tuple(rows), tuple(exits), member_y)


def _in_lines(line: Line) -> list[str]:
    text = f"“{line.text}”" if line.style == "words" else line.text
    return wrapped(text, SIZES[line.style], BOX - 2 * PAD, _MOST_LINES[line.style])


def _exit_rows(box: Box, stubs: frozenset[int], y: float) -> tuple[list[ExitRow], float]:
    rows: list[ExitRow] = []
    drawn = [n for n in range(len(box.exits)) if n not in stubs]
    silent = len(drawn) == 1 and box.exits[drawn[0]].is_only
    for n in [*drawn, *sorted(stubs)]:
        way = box.exits[n]
        if silent and n in drawn:
            rows.append(ExitRow(way, (), "", HEAD / 2 + 2, HEAD / 2 + 2))
            continue
        target = f"{ARROW}{way.crowd or way.target}" if n in stubs else ""
        texts = wrapped(_exit_text(way, target), SIZES["exit"], BOX - 2 * PAD, 4)
        rows.append(ExitRow(way, tuple(texts), target, y + ROW / 2, y + ROW * len(texts) / 2))
        y += ROW * len(texts)
    return rows, y


def _exit_text(way: Exit, target: str) -> str:
    label = "" if way.is_only else ", ".join(way.labels)
    sets = f"[{way.sets}]" if way.sets else ""
    return " ".join(part for part in (label, sets, target) if part)
