"""The JSON Schema of a flow's nodes, made from the registered kinds. Pure. Called by `flow.json_schema`."""

from __future__ import annotations

import inspect
from typing import Any

import ivr.flow.kinds  # noqa: F401  (fills the registry)
from ivr.flow.json_schema_tidy import TEXT, tidy
from ivr.flow.registry import KINDS, NodeKind, kind_names
from ivr.flow.schemas import ConfidenceShape, LanguageKeysShape, PlacesShape, RetryShape
from ivr.flow.shapes import ID

_NAMES = {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/SayItem"}]}}
SHORTHANDS: dict[str, list[dict[str, Any]]] = {
    "say": [{"type": "string"}, _NAMES],
    "call": [{"type": "string"}],
    "decide": [{"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Row"}}],
    "end": [{"type": "string"}],
    "set": [{"type": "object", "minProperties": 1, "not": {"required": ["vars"]}, "additionalProperties": TEXT}],
}
"""Kind -> shorter ways in which its parameters may be written; those whose parameters have `from_shorthand`."""
TARGET: dict[str, Any] = {
    "description": "Node to go to, or {set: {variable: value}, go: NODE}.",
    "anyOf": [{"type": "string"}, {
        "type": "object", "additionalProperties": False, "required": ["go"],
        "properties": {
            "set": {"title": "Set", "description": "Variables that are set on the way.", "type": "object", "additionalProperties": TEXT},
            "go": {"title": "Go", "description": "Node to go to.", "type": "string"},
        }}],
}
_TARGETS = {"type": "object", "additionalProperties": {"$ref": "#/$defs/Target"}}


def node_definitions() -> dict[str, Any]:
    """`$defs` of the nodes: Node, Target, Defaults, and the parameters of each kind."""
    found: dict[str, Any] = {"Target": TARGET}
    for name in kind_names():
        own = tidy(KINDS[name].Params.model_json_schema())
        found |= own.pop("$defs", {})
        found[own["title"]] = own
    for shape in (RetryShape, ConfidenceShape, LanguageKeysShape, PlacesShape):
        found[shape.__name__] = tidy(shape.model_json_schema())
    return {**found, "Node": _node(), "Defaults": _defaults()}


def _node() -> dict[str, Any]:
    kinds = {name: _parameters(name, KINDS[name]) for name in kind_names()}
    others = {
        "next": {"title": "Next", "description": "Where the first outcome leads: `done`, `ok`, `sent`, `promised` or `connected`.",
                 "$ref": "#/$defs/Target"},
        "to": {"title": "To", "description": "Outcome -> where it leads.", **_TARGETS},
        "note": {"title": "Note", "description": "A remark for whoever reads the file.", **TEXT},
    }
    return {"type": "object", "description": "A place in the flow: exactly one kind, and where its outcomes lead.",
            "properties": {**kinds, **others}, "additionalProperties": False,
            "oneOf": [{"required": [name]} for name in kinds]}


def _parameters(name: str, kind: NodeKind) -> dict[str, Any]:
    whole = {"$ref": f"#/$defs/{kind.Params.__name__}"}
    help_text = " ".join((inspect.getdoc(type(kind)) or "").split())
    head = {"title": name, "description": help_text}
    return {**head, "anyOf": [*SHORTHANDS[name], whole]} if name in SHORTHANDS else {**head, **whole}


def _defaults() -> dict[str, Any]:
    parts: dict[str, Any] = {
        "retry": {"title": "Retry", "description": "The retry budget of every question.", "$ref": "#/$defs/RetryShape"},
        "confidence": {"title": "Confidence", "description": "Bands of certainty for intents.", "$ref": "#/$defs/ConfidenceShape"},
        "language_keys": {"title": "Language keys", "$ref": "#/$defs/LanguageKeysShape",
                          "description": "Key -> language, at every question that has no other use for the key."},
        "places": {"title": "Places", "description": "Nodes to which commands and faults lead.", "$ref": "#/$defs/PlacesShape"},
        "any": {"title": "Any", "description": "Targets that nodes of any kind inherit.", **_TARGETS},
    }
    for name in kind_names():
        parts[name] = {"title": name, "description": f"Targets that every `{name}` node inherits.", **_TARGETS}
    return {"type": "object", "properties": parts, "additionalProperties": False}


def nodes_schema() -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "propertyNames": {"pattern": ID}, "additionalProperties": {"$ref": "#/$defs/Node"}}
