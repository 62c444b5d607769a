"""Writes a syntax tree down in the one layout that all bundle files share. Pure. Called by `author.layout`.

Two spaces a level, lists two further in than their key; what stands in brackets stays there, on one line if it fits and
else in lines that begin below its first word; values of a table of short lines stay in their column; comments stay in
theirs. The result depends on the tree alone, so that a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.author.syntax import Block, Entry, Flow, FlowItem, Piece, Word

WIDTH = 128
"""Characters of a line, if its words allow it."""
_STEP = 2


def draw(piece: Piece, below: Sequence[str] = ()) -> str:
    if isinstance(piece, Block):
        lines = _block(piece, 0)
    else:
        lines = _word(piece, 0, 0) if isinstance(piece, Word) else _flow(piece, 0, 0)
    return "\n".join(_spaced([*lines, *below])) + "\n"


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    """No blank line at either end, and never two."""
    blank, begun = False, False
    for line in lines:
        if line.strip():
            if blank and begun:
                yield ""
            yield line.rstrip()
            begun = True
        blank = not line.strip()


# -- blocks -----------------------------------------------------------------------------------------------------------


def _block(block: Block, indent: int) -> list[str]:
    pad, lines = " " * indent, []
    gaps = _gaps(block.entries)
    for n, entry in enumerate(block.entries):
        lines += _remarks(entry.above, pad, first=not n)
        lines += _entry(entry, indent, gaps[n], block.is_list)
    return lines + _remarks(block.below, pad)


def _remarks(remarks: Sequence[str], pad: str, first: bool = False) -> list[str]:
    """Comments at their block's indentation; one that heads a section has a blank line before it."""
    lines: list[str] = []
    for n, text in enumerate(remarks):
        if text.startswith("# --") and not (first and not n):
            lines.append("")
        lines.append(pad + text if text else "")
    return lines


def _entry(entry: Entry, indent: int, gap: int, is_list: bool) -> list[str]:
    head = " " * indent + ("-" if is_list else f"{entry.key}:")
    if isinstance(entry.value, Block):
        return _nested(entry, entry.value, head, indent, is_list)
    column = len(head) + gap
    lines = _word(entry.value, indent, column) if isinstance(entry.value, Word) else _flow(entry.value, column, 0)
    lines[0] = f"{head}{' ' * gap}{lines[0]}" if lines[0] else head
    return _commented(lines, -1 if not _is_block_word(entry.value) else 0, entry)


def _nested(entry: Entry, value: Block, head: str, indent: int, is_list: bool) -> list[str]:
    lines = _block(value, indent + _STEP)
    joined = is_list and not entry.comment and not value.anchor and not value.entries[0].above
    if joined:
        lines[0] = f"{head} {lines[0].lstrip()}"
        return lines
    first = [f"{head} {value.anchor}" if value.anchor else head]
    return _commented(first, 0, entry) + lines


def _commented(lines: list[str], at: int, entry: Entry) -> list[str]:
    if entry.comment:
        lines[at] = f"{lines[at]:<{max(entry.comment_column, len(lines[at]) + 2)}}{entry.comment}"
    return lines


def _gaps(entries: Sequence[Entry]) -> list[int]:
    """Spaces after each colon: one, but as many as it takes in a table, where most of the shorter keys have more than one."""
    gaps, run = [1] * len(entries), []
    for n, entry in enumerate([*entries, None]):
        breaks = entry is None or not _is_short(entry.value) or (run and entry.above)
        if breaks:
            _align(entries, run, gaps)
            run = []
        if entry is not None and _is_short(entry.value):
            run.append(n)
    return gaps


def _align(entries: Sequence[Entry], run: Sequence[int], gaps: list[int]) -> None:
    longest = max((len(entries[n].key) for n in run), default=0)
    shorter = [n for n in run if len(entries[n].key) < longest]
    wide = [n for n in shorter if entries[n].gap > 1]
    if len(wide) * 2 <= len(shorter):
        return
    gap = min(entries[n].gap for n in run if len(entries[n].key) == longest)
    for n in run:
        gaps[n] = longest + gap - len(entries[n].key)


def _is_short(value: Piece) -> bool:
    return isinstance(value, Flow) or (isinstance(value, Word) and value.raw != "" and "\n" not in value.raw)


# -- words ------------------------------------------------------------------------------------------------------------


def _is_block_word(value: Piece) -> bool:
    return isinstance(value, Word) and value.is_block


def _word(word: Word, indent: int, column: int) -> list[str]:
    first, *more = word.raw.split("\n")
    pad = " " * (indent + _STEP)
    if not word.is_block:
        return [_quoted(first) if not more else first, *(pad + line.strip() if line.strip() else "" for line in more)]
    margin = min((len(line) - len(line.lstrip()) for line in more if line.strip()), default=0)
    return [first, *(pad + line[margin:] if line.strip() else "" for line in more)]


def _quoted(raw: str) -> str:
    """Double quotes, where single ones say the same."""
    if len(raw) > 2 and raw[0] == raw[-1] == "'" and not set(raw[1:-1]) & {"'", '"', "\\"}:
        return f'"{raw[1:-1]}"'
    return raw


# -- flows ------------------------------------------------------------------------------------------------------------


def _flow(flow: Flow, column: int, tail: int) -> list[str]:
    """The lines of what begins at `column`; `tail` is how many characters follow its end on the last line."""
    if flow.verbatim:
        return _shifted(flow.verbatim.split("\n"), column - flow.column)
    whole = _inline(flow)
    if column + len(whole) + tail <= WIDTH:
        return [whole]
    return _Filling(flow, column, tail).lines()


def _shifted(lines: list[str], by: int) -> list[str]:
    def moved(line: str) -> str:
        text = line.lstrip()
        return " " * max(0, len(line) - len(text) + by) + text if text else ""
    return [lines[0], *map(moved, lines[1:])]


def _inline(piece: Word | Flow | FlowItem) -> str:
    if isinstance(piece, FlowItem):
        return _key(piece) + _inline(piece.value)
    if isinstance(piece, Word):
        return _quoted(piece.raw)
    opening, closing = _opening(piece), piece.brackets[1]
    return f"{opening}{', '.join(map(_inline, piece.items))}{closing}"


def _opening(flow: Flow) -> str:
    return (f"{flow.anchor} " if flow.anchor else "") + flow.brackets[0]


def _key(item: FlowItem) -> str:
    return f"{item.key}: " if item.key else ""


class _Filling:
    """Fills lines with the items of one collection; all lines begin below the first item."""

    def __init__(self, flow: Flow, column: int, tail: int):
        self.flow, self.tail = flow, tail
        self.start = column + len(_opening(flow))
        self.done: list[str] = []
        self.current = _opening(flow)
        self.at = self.start
        self.is_fresh = True

    def lines(self) -> list[str]:
        for n, item in enumerate(self.flow.items):
            is_last = n == len(self.flow.items) - 1
            self._put(item, 1 + self.tail if is_last else 1)
            self._add(self.flow.brackets[1] if is_last else ",")
        return [*self.done, self.current]

    def _put(self, item: FlowItem, after: int) -> None:
        text = _inline(item)
        space = 0 if self.is_fresh else 1
        breakable = isinstance(item.value, Flow) and len(item.value.items) > 1
        if self.at + space + len(text) + after > WIDTH and not self.is_fresh:
            fits_alone = self.start + len(text) + after <= WIDTH
            if fits_alone or not breakable or self.at > WIDTH // 3:
                self._break()
        self._add(" " if not self.is_fresh else "")
        self.is_fresh = False
        if self.at + len(text) + after <= WIDTH or not isinstance(item.value, Flow):
            return self._add(text)
        self._add(_key(item))
        first, *more = _flow(item.value, self.at, after)
        self._add(first)
        for line in more:
            self.done.append(self.current)
            self.current, self.at = line, len(line)

    def _add(self, text: str) -> None:
        self.current += text
        self.at += len(text)

    def _break(self) -> None:
        self.done.append(self.current)
        self.current, self.at, self.is_fresh = " " * self.start, self.start, True
