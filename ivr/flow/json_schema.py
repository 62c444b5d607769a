"""One JSON Schema a file of a bundle, made from the models that read it, so that editors complete and explain. Pure.

Called by `ivr schema`. Draft 2020-12. A schema knows shapes only; that names exist is the business of `ivr check`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from ivr.flow import schemas, schemas_desk, schemas_queues, schemas_rules, schemas_tests
from ivr.flow.json_schema_nodes import node_definitions, nodes_schema
from ivr.flow.json_schema_tidy import TEXT, tidy

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SHAPES: dict[str, tuple[type[BaseModel], str]] = {
    "bundle": (schemas.BundleShape, "bundle.yaml: title, languages and telephone lines"),
    "flow": (schemas.FlowShape, "A flow: nodes, and where their outcomes lead"),
    "policy": (schemas_rules.PolicyShape, "policy.yaml: who may reach whom, what never and what always happens"),
    "prompts": (schemas.PromptsShape, "prompts/LANGUAGE.yaml: the words of one language"),
    "intents": (schemas.IntentsShape, "intents/LANGUAGE.yaml: what callers say in one language"),
    "facts": (schemas_rules.FactsShape, "facts.yaml: numbers, addresses, hours and durations"),
    "calendar": (schemas_rules.CalendarShape, "calendar.yaml: opening hours"),
    "queues": (schemas_queues.QueuesShape, "queues.yaml: queues of live agents"),
    "callbacks": (schemas_rules.CallbacksShape, "callbacks.yaml: promises and how they are kept"),
    "knowledge": (schemas_desk.KnowledgeShape, "knowledge/LANGUAGE.yaml: what staff know about each intent"),
    "env": (schemas.EnvShape, "env/NAME.yaml: what the names of the bundle are in one environment"),
    "test": (schemas_tests.TestShape, "tests/NAME.yaml: a call, turn by turn"),
    "requirements": (schemas_tests.RequirementsShape, "requirements.yaml: what the bundle is asked to do"),
}
NAMES = tuple(_SHAPES)


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of one sort of file; KeyError for a sort that there is not."""
    shape, title = _SHAPES[name]
    schema = tidy(shape.model_json_schema(by_alias=True))
    _EXTRA.get(name, _nothing)(schema)
    head = {"$schema": DRAFT, "$id": f"urn:frontline:schema:{name}:v1", "title": title}
    return {**head, **{key: value for key, value in schema.items() if key not in (*head, "description")}}


def _nothing(schema: dict[str, Any]) -> None:
    """Most files are read as their model says."""


def _flow(schema: dict[str, Any]) -> None:
    schema["$defs"] = {**schema.get("$defs", {}), **node_definitions()}
    parts = schema["properties"]
    parts["nodes"] = {**_head(parts["nodes"]), **nodes_schema()}
    parts["defaults"] = {**_head(parts["defaults"]), "$ref": "#/$defs/Defaults"}


def _prompts(schema: dict[str, Any]) -> None:
    """A text alone is spoken."""
    prompts = schema["properties"]["prompts"]
    prompts["additionalProperties"] = {"anyOf": [TEXT, prompts["additionalProperties"]]}


def _policy(schema: dict[str, Any]) -> None:
    """A sentence with a colon, written without quotes, is a mapping of one key to YAML."""
    unquoted = {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": {"pattern": "^(after|before) "},
                "additionalProperties": TEXT}
    schema["properties"]["always"]["items"]["anyOf"].append(unquoted)


def _head(part: dict[str, Any]) -> dict[str, Any]:
    return {key: part[key] for key in ("title", "description") if key in part}


_EXTRA: dict[str, Callable[[dict[str, Any]], None]] = {"flow": _flow, "prompts": _prompts, "policy": _policy}
"""What a model leaves to its parser."""
