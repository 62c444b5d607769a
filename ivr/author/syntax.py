"""A YAML text as its author wrote it: words with their quotes, comments, blank lines. Pure data and its reader.

`flow.source` keeps what a file says, this keeps how it says it. Only texts that `flow.source` has accepted are given to it.
Called by `author.layout`; `author.drawing` writes the tree down again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from ivr.author.remarks import Remarks


@dataclass(slots=True)
class Word:
    """A scalar or an alias, letter by letter; its lines are those of the file, without their indentation."""

    raw: str
    is_block: bool = False
    """Written with | or >, which is then its first line."""


@dataclass(slots=True)
class Flow:
    """`[...]` or `{...}`."""

    brackets: str
    items: list[FlowItem] = field(default_factory=list)
    anchor: str = ""
    verbatim: str = ""
    """The whole text, where comments stand between the brackets or the spelling is a rare one: it is not laid out anew."""
    column: int = 0
    """Where `verbatim` began."""


@dataclass(slots=True)
class FlowItem:
    key: str
    """Empty in a list."""
    value: Word | Flow


@dataclass(slots=True)
class Block:
    """A mapping or a list of which each entry begins on its own line."""

    is_list: bool
    entries: list[Entry] = field(default_factory=list)
    anchor: str = ""
    below: list[str] = field(default_factory=list)
    """Comments after the last entry, as far in as the entries."""
    column: int = 0


@dataclass(slots=True)
class Entry:
    above: list[str]
    """Comments before it; an empty text is a blank line."""
    key: str
    value: Piece
    comment: str = ""
    """At the end of its line."""
    comment_column: int = 0
    gap: int = 1
    """Spaces between the colon and a value on the same line."""


Piece = Word | Flow | Block


class _Rare(Exception):
    """A spelling of a flow collection that is better left alone."""


def read_syntax(text: str) -> tuple[Piece | None, list[str]]:
    """The tree of the one document, None when there is none, and the comments that stand after it."""
    reader = _Reader(text)
    piece = reader.document()
    return piece, reader.remarks.above(len(text.split("\n")))


def comments_in(text: str) -> list[str]:
    """Every comment of a text, sorted: what must be the same before and after."""
    return sorted(_Reader(text).remarks.texts)


class _Reader:
    """Goes along the parser's events once; each comment is taken by the entry at which it stands."""

    def __init__(self, text: str):
        self.text, self.lines = text, text.split("\n")
        self.events: list[Any] = list(yaml.parse(text, Loader=yaml.SafeLoader))
        self.at = 0
        self.remarks = Remarks(self.lines, [(e.start_mark.index, e.end_mark.index) for e in self.events if _is_word(e)])

    @property
    def event(self) -> Any:
        return self.events[self.at]

    def document(self) -> Piece | None:
        while self.at < len(self.events) and not isinstance(self.event, yaml.NodeEvent):
            self.at += 1
        if self.at == len(self.events):
            return None
        above = self.remarks.above(self.event.start_mark.line)
        piece = self.piece()
        if isinstance(piece, Block):
            piece.entries[0].above[:0] = above
        return piece

    def piece(self) -> Piece:
        if isinstance(self.event, yaml.CollectionStartEvent):
            return self.flow() if self.event.flow_style else self.block()
        word = self.event
        self.at += 1
        raw = self.source(word)
        is_block = getattr(word, "style", None) in ("|", ">")
        if is_block and "+" not in raw.split("\n", 1)[0]:
            raw = raw.rstrip()
        return Word(raw, is_block)

    def source(self, event: Any) -> str:
        return self.text[event.start_mark.index:event.end_mark.index]

    # -- blocks -------------------------------------------------------------------------------------------------------

    def block(self) -> Block:
        block = Block(isinstance(self.event, yaml.SequenceStartEvent), anchor=_anchor(self.event))
        self.at += 1
        while not isinstance(self.event, yaml.CollectionEndEvent):
            block.entries.append(self.item(block) if block.is_list else self.pair(block))
        self.at += 1
        block.below = self.remarks.tail(block.column)
        return block

    def pair(self, block: Block) -> Entry:
        key = self.event
        line = key.start_mark.line
        block.column = block.column if block.entries else key.start_mark.column
        self.at += 1
        gap = self.event.start_mark.column - key.end_mark.column - 1 if self.event.start_mark.line == line else 1
        return self.entry(line, self.source(key), gap)

    def item(self, block: Block) -> Entry:
        mark = self.event.start_mark
        line = mark.line
        before = self.lines[line][:mark.column]
        while "-" not in before and line > 0:  # the dash has a line to itself
            line -= 1
            before = self.lines[line].split("#")[0]
        block.column = block.column if block.entries else max(0, before.rfind("-"))
        return self.entry(line, "", 1)

    def entry(self, line: int, key: str, gap: int) -> Entry:
        above = self.remarks.above(line)
        start = self.event.start_mark.line
        is_block = isinstance(self.event, yaml.CollectionStartEvent) and not self.event.flow_style
        alone = is_block and (key != "" or start > line)
        head = self.remarks.beside(line) if alone else ("", 0)
        value = self.piece()
        if not is_block:
            head = self.remarks.beside(self.last_line(value, start))
        return Entry(above, key, value, *head, gap=max(1, gap))

    def last_line(self, value: Piece, start: int) -> int:
        if isinstance(value, Word):
            return start + value.raw.count("\n")
        return int(self.events[self.at - 1].end_mark.line)

    # -- flows --------------------------------------------------------------------------------------------------------

    def flow(self) -> Flow:
        begin, start = self.at, self.event.start_mark
        end = begin + _length(self.events, begin)
        stop = self.events[end - 1].end_mark
        try:
            if self.remarks.any_between(start.line, stop.line):
                raise _Rare
            found = self.laid_out()
        except _Rare:
            found = Flow("", verbatim=self.text[start.index:stop.index], column=start.column)
            self.remarks.pass_over(start.line, stop.line)
        self.at = end
        return found

    def laid_out(self) -> Flow:
        start = self.event
        anchor = _anchor(start)
        flow = Flow("{}" if isinstance(start, yaml.MappingStartEvent) else "[]", anchor=anchor)
        if not self.source(start).removeprefix(anchor).strip().startswith(flow.brackets[0]):
            raise _Rare
        self.at += 1
        while not isinstance(self.event, yaml.CollectionEndEvent):
            key = self.folded() if flow.brackets == "{}" else ""
            is_flow = isinstance(self.event, yaml.CollectionStartEvent)
            flow.items.append(FlowItem(key, self.laid_out() if is_flow else Word(self.folded())))
        self.at += 1
        return flow

    def folded(self) -> str:
        """A word on one line."""
        raw = self.source(self.event)
        parts = [line.strip() for line in raw.split("\n")]
        if not all(parts) or any(part.endswith("\\") for part in parts[:-1]):
            raise _Rare
        self.at += 1
        return " ".join(parts)


def _is_word(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent | yaml.AliasEvent)


def _anchor(event: Any) -> str:
    return f"&{event.anchor}" if event.anchor else ""


def _length(events: Sequence[Any], at: int) -> int:
    """How many events the collection that begins here has."""
    depth = 0
    for n in range(at, len(events)):
        depth += isinstance(events[n], yaml.CollectionStartEvent) - isinstance(events[n], yaml.CollectionEndEvent)
        if not depth:
            return n - at + 1
    raise ValueError("a collection without an end")
