"""Reference pages made from the code itself: node kinds, diagnostics. Pure; tests compare them with the pages."""

from __future__ import annotations

import inspect

import ivr.flow.kinds  # noqa: F401  (fills the registry)
from ivr.flow.codes import CODES
from ivr.flow.registry import KINDS, NodeKind


def kinds_markdown() -> str:
    lines = ["# Node kinds", "", "Generated from `ivr/flow/kinds/`; a test compares them. Each node has exactly one kind."]
    for name in sorted(KINDS):
        lines += _section(name, KINDS[name])
    return "\n".join(lines) + "\n"


def codes_markdown() -> str:
    lines = ["# Diagnostics", "", "Generated from `ivr/flow/codes.py`; a test compares them. `ivr explain CODE` prints the same.",
             "Codes with E are errors: a bundle that has one takes no call. Codes with W are warnings."]
    for code, (what, why, hint) in CODES.items():
        lines += ["", f"## {code}", "", what, "", f"For the caller: {why}", "", f"What to do: {hint}"]
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
