"""The order of the keys of a node: its note, its kind, what comes next. Pure. Called by `author.layout`."""

from __future__ import annotations

from ivr.author.syntax import Block, Entry, Flow, FlowItem, Word

_ORDER = {"note": 0, "next": 2, "to": 3}
"""Every other key of a node is its kind."""
_KIND = 1


def in_order(document: Block) -> None:
    """Sorts the keys of every node, if the document is a flow."""
    top = {entry.key: entry.value for entry in document.entries}
    schema, nodes = top.get("schema"), top.get("nodes")
    if not isinstance(schema, Word) or schema.raw.strip("\"'") != "ivr.flow/v1":
        return
    if isinstance(nodes, Block) and not nodes.is_list:
        for entry in nodes.entries:
            _node(entry)


def _node(node: Entry) -> None:
    if isinstance(node.value, Block) and not node.value.is_list:
        node.value.entries.sort(key=_place)
    elif isinstance(node.value, Flow):
        node.value.items.sort(key=_place)


def _place(part: Entry | FlowItem) -> int:
    return _ORDER.get(part.key.strip("\"'"), _KIND)
