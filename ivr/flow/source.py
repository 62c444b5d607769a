"""YAML text to a tree of texts with positions. Pure; never raises on what an author wrote.

Every scalar stays the text that stands in the file (`no`, `012`, `2026-01-05` are words here); what it means is decided
by the schema that reads it. The tree is built from parser events, so depth, size, tags and aliases are bounded before
anything grows. Called by `flow.parse` for each file of a bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import yaml

from ivr.errors import Problem
from ivr.flow.mark import Mark
from ivr.flow.source_text import readable
from ivr.flow.tree import Items, Scalar, Table, Tree
from ivr.flow.yaml_errors import shortened, syntax_problem, yaml_problem

MAX_DEPTH = 40
MAX_NODES = 100_000
"""Nodes of one file with every alias written out: what keeps an alias bomb small."""


class _Refused(Exception):
    """Stops reading a file: carries the one problem that makes the rest unreadable."""

    def __init__(self, problem: Problem):
        super().__init__(problem.message)
        self.problem = problem


def read_tree(data: bytes | str, file: str) -> tuple[Tree | None, list[Problem]]:
    """The tree of a file, or None and why; duplicate keys are problems that do not stop the reading. A tree is never
    changed, so the same bytes give the same one: whoever edits one file waits for one file."""
    tree, found = _read(data, file)
    return tree, list(found)


@lru_cache(maxsize=256)
def _read(data: bytes | str, file: str) -> tuple[Tree | None, list[Problem]]:
    text, strange = readable(data, file)
    if text is None:
        return None, strange
    reader = _Reader(file)
    reader.problems += strange
    try:
        tree = reader.read(yaml.parse(text, Loader=yaml.CSafeLoader))
    except _Refused as refused:
        return None, [*reader.problems, refused.problem]
    except yaml.YAMLError as error:
        return None, [*reader.problems, syntax_problem(error, file, text)]
    return tree, reader.problems


_DROPPED = "".join(("<", "<"))
"""Stands for a key whose value is left out. Compared by identity: a quoted "<<" is a key like any other."""


class _Reader:
    """Turns a stream of parser events into a tree without recursion."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, Tree | None] = {}
        self.stack: list[_Open] = []
        self.root: Tree | None = None
        self.documents = 0
        self.nodes = 0

    def read(self, events: Iterator[yaml.Event]) -> Tree | None:
        for event in events:
            step = _STEPS.get(type(event))
            if step:
                step(self, event)
        return self.root

    def document(self, event: yaml.Event) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._refuse(
                event, "a file holds one document, and here a second one begins", "remove the line `---`"
            )

    def open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._no_tag(event)
        if len(self.stack) >= MAX_DEPTH:
            raise self._refuse(event, f"the file is nested deeper than {MAX_DEPTH} levels", "flatten it")
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(self._mark(event), isinstance(event, yaml.MappingStartEvent), event.anchor))

    def close(self, event: yaml.Event) -> None:
        done = self.stack.pop()
        if done.is_table:
            tree: Tree = Table(done.entries, done.mark, done.keys, 1 + sum(t.size for t in done.entries.values()))
        else:
            tree = Items(tuple(done.items), done.mark, 1 + sum(t.size for t in done.items))
        if done.anchor:
            self.anchors[done.anchor] = tree
        self._add(tree, event)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        self._no_tag(event)
        tree = Scalar(event.value, self._mark(event), not event.style)
        if event.anchor:
            self.anchors[event.anchor] = tree
        self._add(tree, event)

    def alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self.anchors:
            raise self._refuse(event, f'"*{event.anchor}" names an anchor that does not stand above it',
                               f"write &{event.anchor} at the value first, or put the text in quotes")
        tree = self.anchors[event.anchor]
        if tree is None:
            raise self._refuse(
                event, f'"*{event.anchor}" stands inside the value that it repeats', "write the value out"
            )
        self._add(tree, event)

    def _add(self, tree: Tree, event: yaml.Event) -> None:
        self.nodes += tree.size if isinstance(event, yaml.AliasEvent) else 1
        if self.nodes > MAX_NODES or tree.size > MAX_NODES:
            raise self._refuse(event, f"the file has more than {MAX_NODES} values once its aliases are written out",
                               "use fewer aliases")
        if not self.stack:
            self.root = tree
            return
        top = self.stack[-1]
        if not top.is_table:
            top.items.append(tree)
        elif top.key is None:
            self._key(top, tree, event)
        else:
            key, top.key = top.key, None
            if key not in top.entries and key is not _DROPPED:
                top.entries[key] = tree

    def _key(self, top: _Open, tree: Tree, event: yaml.Event) -> None:
        if not isinstance(tree, Scalar):
            raise self._refuse(
                event, "the key of a mapping is a word, not a list or a mapping", "put the key in quotes"
            )
        top.key = tree.text
        if tree.plain and tree.text == "<<":
            top.key = _DROPPED
            self._complain(tree.mark, '"<<" is a merge key, and nothing is merged here: each part of a bundle says what it says',
                           "write the keys out")
        first = top.keys.setdefault(tree.text, tree.mark)
        if first is tree.mark:
            top.quoted |= set() if tree.plain else {tree.text}
            return
        both = ", with and without quotes, which makes no difference here" if tree.plain is (tree.text in top.quoted) else ""
        self._complain(tree.mark, f'"{shortened(tree.text)}" stands twice in the same mapping{both}; it is already at line {first.line}, '
                       f"column {first.column}", "remove one of the two, or rename it")

    def _complain(self, mark: Mark, message: str, hint: str) -> None:
        """A problem that does not stop the reading."""
        self.problems.append(yaml_problem(self.file, message, line=mark.line, column=mark.column, length=mark.length, hint=hint))

    def _no_tag(self, event: yaml.Event) -> None:
        if event.tag and event.tag != "!":
            raise self._refuse(
                event,
                f'the tag "{shortened(event.tag)}" is not allowed: a bundle holds plain data only',
                "remove the tag",
            )

    def _refuse(self, event: yaml.Event, message: str, hint: str) -> _Refused:
        mark = self._mark(event)
        return _Refused(
            yaml_problem(self.file, message, line=mark.line, column=mark.column, length=mark.length, hint=hint)
        )

    def _mark(self, event: yaml.Event) -> Mark:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Mark(self.file, start.line + 1, start.column + 1, max(1, length))


class _Open:
    """A mapping or list whose end has not come yet."""

    __slots__ = ("anchor", "entries", "is_table", "items", "key", "keys", "mark", "quoted")

    def __init__(self, mark: Mark, is_table: bool, anchor: str | None):
        self.mark, self.is_table, self.anchor = mark, is_table, anchor
        self.entries: dict[str, Tree] = {}
        self.keys: dict[str, Mark] = {}
        self.quoted: set[str] = set()
        self.items: list[Tree] = []
        self.key: str | None = None


_STEPS = {
    yaml.DocumentStartEvent: _Reader.document,
    yaml.MappingStartEvent: _Reader.open,
    yaml.SequenceStartEvent: _Reader.open,
    yaml.MappingEndEvent: _Reader.close,
    yaml.SequenceEndEvent: _Reader.close,
    yaml.ScalarEvent: _Reader.scalar,
    yaml.AliasEvent: _Reader.alias,
}
