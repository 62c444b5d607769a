"""Which nodes and outcomes calls came by. Called by `suite` for its coverage.

The engine is not told that it is watched: it gets a bundle whose tables of nodes and of outcomes take note of what is
looked up in them, and it looks a node up when a call stands there and an outcome when a call leaves by it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node

Visit = tuple[str, str]
"""flow, node"""
Exit = tuple[str, str, str]
"""flow, node, outcome"""


class Touched:
    """`bundle` is the same bundle, taking note; one call at a time."""

    def __init__(self, bundle: Bundle) -> None:
        self.nodes: set[Visit] = set()
        self.outcomes: set[Exit] = set()
        self.bundle = dataclasses.replace(bundle, flows={name: self._flow(flow) for name, flow in bundle.flows.items()})

    def forget(self) -> None:
        """Another call begins."""
        self.nodes.clear()
        self.outcomes.clear()

    def _flow(self, flow: Flow) -> Flow:
        nodes = {name: self._node(flow.id, node) for name, node in flow.nodes.items()}
        return dataclasses.replace(flow, nodes=_Noting(nodes, lambda name: self.nodes.add((flow.id, name))))

    def _node(self, flow: str, node: Node) -> Node:
        return dataclasses.replace(node, to=_Noting(dict(node.to), lambda name: self.outcomes.add((flow, node.id, name))))


class _Noting(Mapping[str, Any]):
    """A mapping that says which of its keys were looked up; asking whether there is one is no look-up."""

    __slots__ = ("_entries", "_note")

    def __init__(self, entries: dict[str, Any], note: Callable[[str], None]):
        self._entries, self._note = entries, note

    def __getitem__(self, key: str) -> Any:
        value = self._entries[key]
        self._note(key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
