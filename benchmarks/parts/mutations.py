"""Ways to damage a bundle as an editor's slip would, and ways to change it that must not matter. Text in, text out.

A mutation knows the lines at which a good diagnosis may point, and the codes that fit. Places come from the marks that the
loader keeps, so the edits hit what they mean.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    kind: str
    files: Files
    file: str
    lines: range
    """Lines of `file` that are to blame."""
    codes: frozenset[str]
    what: str
    """The edit in a few words."""


class Bench:
    """A bundle and its text, to be edited."""

    def __init__(self, bundle: Bundle, files: Files):
        self.bundle, self.files = bundle, files
        self.nodes = [(flow, node) for flow in bundle.flows.values() for node in flow.nodes.values()]

    def line(self, mark: Mark) -> str:
        return self.files[mark.file].decode().split("\n")[mark.line - 1]

    def with_line(self, mark: Mark, line: str | None) -> dict[str, bytes]:
        """The files with another line there, or without it."""
        lines = self.files[mark.file].decode().split("\n")
        lines[mark.line - 1:mark.line] = [] if line is None else line.split("\n")
        return {**self.files, mark.file: "\n".join(lines).encode()}

    def replaced(self, mark: Mark, new: str, length: int | None = None) -> dict[str, bytes]:
        """The files with other words at a mark."""
        line, at = self.line(mark), mark.column - 1
        return self.with_line(mark, line[:at] + new + line[at + (mark.length if length is None else length):])

    def around(self, node: Node) -> range:
        """The lines of a node, as far as its targets and parameters reach."""
        inside = [m.line for m in (*node.marks.values(), *(t.mark for t in node.to.values())) if m.file == node.mark.file]
        own = [n for n in inside if node.mark.line <= n <= node.mark.line + 40]
        return range(node.mark.line, max([node.mark.line, *own]) + 1)


Maker = Callable[[Bench, random.Random], Mutant | None]
DEFECTS: dict[str, Maker] = {}
HARMLESS: dict[str, Maker] = {}



def defect(name: str) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        DEFECTS[name] = maker
        return maker
    return register


def harmless(name: str) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        HARMLESS[name] = maker
        return maker
    return register


def mutants(bench: Bench, makers: Mapping[str, Maker], each: int, seed: int) -> Iterator[Mutant]:
    """So many different mutants of each kind, fewer where the bundle has fewer places for it."""
    for name, make in makers.items():
        chance, seen = random.Random(f"{seed}:{name}"), set()
        for _ in range(each * 12):
            mutant = make(bench, chance)
            changed = frozenset(mutant.files.items()) if mutant else None
            if mutant is None or changed in seen:
                continue
            seen.add(changed)
            yield mutant
            if len(seen) == each:
                break


# -- what the makers look for -----------------------------------------------------------------------------------------


def own_targets(bench: Bench) -> list[tuple[str, Node, str, Mark]]:
    """(flow, node, outcome, place of the target's name) of targets that stand at their node."""
    found = []
    for flow, node in bench.nodes:
        for outcome, target in node.to.items():
            line = bench.line(target.mark) if target.mark.file else ""
            if target.mark.line in bench.around(node) and re.match(rf"{target.go}\b", line[target.mark.column - 1:]):
                found.append((flow.id, node, outcome, target.mark))
    return found


def conjuncts(text: str) -> list[str]:
    return re.split(r" and ", text) if "(" not in text and " or " not in text else []


def mutant(bench: Bench, kind: str, files: Files, mark: Mark, codes: str, what: str, lines: range | None = None) -> Mutant:
    return Mutant(kind, files, mark.file, lines or range(mark.line, mark.line + 1), frozenset(codes.split()), what)
