"""The reference page of the node kinds, made from the kinds themselves. Pure; a test compares it with the page."""

from __future__ import annotations

import inspect

import ivr.flow.kinds  # noqa: F401  (fills the registry)
from ivr.flow.registry import KINDS, NodeKind


def kinds_markdown() -> str:
    lines = ["# Node kinds", "", "Generated from `ivr/flow/kinds/`; a test compares them. Each node has exactly one kind."]
    for name in sorted(KINDS):
        lines += _section(name, KINDS[name])
    return "\n".join(lines) + "\n"


def _section(name: str, kind: NodeKind) -> list[str]:
    lines = ["", f"## `{name}`", "", " ".join((inspect.getdoc(type(kind)) or "").split()), "",
             "| parameter | default | meaning |", "|---|---|---|"]
    for field_name, field in kind.Params.model_fields.items():
        default = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        lines.append(f"| `{field.alias or field_name}` | {default} | {field.description} |")
    if kind.DEFAULTED:
        lines += ["", f"Outcomes with a built-in meaning: {', '.join(f'`{o}`' for o in kind.DEFAULTED)}."]
    return lines


def _shown(value: object) -> str:
    if value is None or value == () or value == {}:
        return ""
    return f"`{', '.join(value) if isinstance(value, tuple) else value}`"
