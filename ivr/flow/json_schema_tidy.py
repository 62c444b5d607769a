"""pydantic's JSON Schema as an editor needs it. Pure. Called by `flow.json_schema`.

The loader reads every value as text; an editor sees what YAML 1.2 makes of it. A text may therefore look like a number
or a truth value, and a key of a menu like a number. What pydantic allows as null is simply left out in a file.
"""

from __future__ import annotations

from typing import Any

from ivr.flow.shapes import PRESSED

TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_DIGITS = {r"^[1-9]$": {"minimum": 1, "maximum": 9}, PRESSED: {"minimum": 0}}
"""Patterns of digits only -> the same as numbers."""
_LOOSE = (r"^\w{1,64}$",)
"""Patterns that a number or a truth value fits as well."""


def tidy(part: Any) -> Any:
    """The same schema, for values as an editor sees them."""
    if isinstance(part, list):
        return [tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: _named(key, value) if key in ("properties", "$defs") else tidy(value) for key, value in part.items()}
    return _keyed(_as_seen(_without_null(found)))


def _named(keyword: str, parts: dict[str, Any]) -> dict[str, Any]:
    """A mapping of names: they are no keywords, whatever they are called. Every property has a title."""
    if keyword == "$defs":
        return {name: tidy(part) for name, part in parts.items()}
    return {name: {"title": name.replace("_", " ").capitalize(), **tidy(part)} for name, part in parts.items()}


def _without_null(part: dict[str, Any]) -> dict[str, Any]:
    choices = part.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        others = {key: value for key, value in part.items() if key != "anyOf"}
        part = {**rest[0], **others} if len(rest) == 1 else {**others, "anyOf": rest}
    return {key: value for key, value in part.items() if not (key == "default" and value in (None, [], {}, ""))}


def _as_seen(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") != "string" or "enum" in part or "const" in part:
        return part
    pattern = part.get("pattern")
    if pattern in _DIGITS:
        return {**part, "type": ["string", "integer"], **_DIGITS[pattern]}
    return {**part, **TEXT} if pattern is None or pattern in _LOOSE else part


def _keyed(part: dict[str, Any]) -> dict[str, Any]:
    """A pattern of keys as `propertyNames`, so that another key is refused."""
    patterns = part.get("patternProperties")
    if not isinstance(patterns, dict) or len(patterns) != 1:
        return part
    pattern, value = next(iter(patterns.items()))
    rest = {key: item for key, item in part.items() if key != "patternProperties"}
    return {**rest, "propertyNames": {"pattern": pattern}, "additionalProperties": value}
