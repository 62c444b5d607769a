"""The reference page of the bundle's files, made from their JSON Schemas. Pure; a test compares it with the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ivr.flow.json_schema import NAMES, schema_of
from ivr.flow.registry import KINDS

_HEAD = """# Files of a bundle

Generated from the models that read them; a test compares them. The kinds of node have [a page of their own](node-kinds.md).
Every value is read as the text that stands in the file: `no`, `012` and dates mean nothing else here.

Editors that know the YAML language server complete and explain these keys. Write the schemas into a folder once,

    ivr schema --out schemas

and begin a file with the line that names its own, as a path relative to the file or an address:

    # yaml-language-server: $schema=../../schemas/flow.json
"""


def files_markdown() -> str:
    lines = [_HEAD.rstrip()]
    for name in NAMES:
        schema = schema_of(name)
        lines += ["", f"## {schema['title']}", "", f"Schema: `{name}`.", *_table(schema)]
        for part, shape in schema.get("$defs", {}).items():
            if "properties" in shape and not _is_of_a_kind(part):
                lines += ["", f"### {name}: {part.removesuffix('Shape')}", *_table(shape)]
    return "\n".join(lines) + "\n"


def _is_of_a_kind(name: str) -> bool:
    """Parameters of the kinds are on the other page."""
    return name in {"Node", "Defaults", "SayItem", "Row", "Choice"} | {kind.Params.__name__ for kind in KINDS.values()}


def _table(shape: dict[str, Any]) -> Iterator[str]:
    yield from ("", "| key | default | meaning |", "|---|---|---|")
    for key, part in shape["properties"].items():
        default = "required" if key in shape.get("required", ()) else f"`{part['default']}`" if "default" in part else ""
        yield f"| `{key}` | {default.lower() if default in ('`True`', '`False`') else default} | {part.get('description', '')} |"
