"""What an author wrote, as a tree of texts with positions, and how it is walked. Pure; frozen once it is built.

Built by `flow.source` out of YAML; whoever judges or parses a file reads this, and never YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.flow.mark import Mark


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    mark: Mark
    plain: bool = True
    """False when quoted or a block, where an empty text is meant."""
    size: int = 1

    @property
    def is_empty(self) -> bool:
        """Nothing stands after the colon."""
        return self.plain and not self.text


@dataclass(frozen=True, slots=True)
class Items:
    """A YAML list."""

    items: tuple[Tree, ...]
    mark: Mark
    size: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A YAML mapping; `keys` keeps the place of each key."""

    entries: dict[str, Tree]
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    size: int = 1


Tree = Scalar | Items | Table


def plain(tree: Tree | None) -> object:
    """The tree as dicts, lists and texts; None where nothing stands."""
    if isinstance(tree, Table):
        return {key: plain(value) for key, value in tree.entries.items()}
    if isinstance(tree, Items):
        return [plain(item) for item in tree.items]
    return None if tree is None or tree.is_empty else tree.text


def scalars(tree: Tree | None) -> Iterator[Scalar]:
    """Every scalar value below `tree`, in the author's order."""
    if isinstance(tree, Table):
        for value in tree.entries.values():
            yield from scalars(value)
    elif isinstance(tree, Items):
        for item in tree.items:
            yield from scalars(item)
    elif tree is not None:
        yield tree


def marks(tree: Tree, path: str = "") -> dict[str, Mark]:
    """Dotted path -> place, for everything below `tree`; a mapping's own path is the place of its key."""
    found: dict[str, Mark] = {}
    if isinstance(tree, Table):
        for key, value in tree.entries.items():
            below = f"{path}.{key}" if path else key
            found |= {**marks(value, below), below: _place(tree, key, value)}
    elif isinstance(tree, Items):
        for n, item in enumerate(tree.items):
            found |= {f"{path}.{n}": item.mark, **marks(item, f"{path}.{n}")}
    return found


def _place(table: Table, key: str, value: Tree) -> Mark:
    return value.mark if isinstance(value, Scalar) and not value.is_empty else table.keys[key]
