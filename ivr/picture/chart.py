"""What a picture of one flow shows, before anybody decides where. Pure data.

Made by `picture.charting` of a loaded bundle; drawn as SVG, DOT or Mermaid.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One text in a box. `style` is words (what callers hear), plain or small."""

    text: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a box: one or more outcomes that lead to the same place."""

    labels: tuple[str, ...]
    target: str
    """Node id."""
    sets: str = ""
    """Variables set on the way, as text."""
    is_fallback: bool = False
    """Nobody chose it: silence, misunderstanding or a fault."""
    is_only: bool = False
    """The one way out, which needs no label."""
    crowd: str = ""
    """Flow of the group into which several outcomes lead, each to the member of its own name."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node, or several that do the same and lead to the same place."""

    id: str
    """Id of the node, of the first one in a group."""
    kind: str
    title: str
    lines: tuple[Line, ...] = ()
    exits: tuple[Exit, ...] = ()
    members: tuple[str, ...] = ()
    """Ids of the nodes of a group; empty for a single node."""
    link: str = ""
    """Flow that is called."""

    @property
    def node_ids(self) -> tuple[str, ...]:
        return self.members or (self.id,)


@dataclass(frozen=True, slots=True)
class Chart:
    flow: str
    title: str
    language: str
    start: str
    boxes: tuple[Box, ...]
    places: dict[str, str] = field(default_factory=dict)
    """Named place (agent_request, goodbye, main_menu, safe_landing) -> node id."""
    inputs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    @property
    def box_of(self) -> dict[str, str]:
        """Node id -> id of the box in which it stands."""
        return {node: box.id for box in self.boxes for node in box.node_ids}
