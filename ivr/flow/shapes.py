"""The building blocks of the file shapes: names, texts, lists that may be written as one word. Pure.

Used by `flow.schemas`, `flow.schemas_rules` and `flow.schemas_tests`. Every field has a description: it is the help of
an editor.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

ID = r"^[a-z][a-z0-9_]{0,63}$"
RULE_ID = r"^[a-z][a-z0-9_-]{0,63}$"
LANGUAGE = r"^[a-z]{2}$"
ROW = r"^[A-Z]{1,4}\d{1,4}$"
DATE = r"^\d{4}-\d\d-\d\d$"
E164 = r"^\+[1-9]\d{6,14}$"
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
NEVER = r"^(transfer( to \w+)?|promise( \w+)?|say \w+|send \w+) when [\s\S]+"
BEFORE = r"^(\d{1,2}\.\.)?\d{1,2} business_days?$"
ROUND_GAP = r"^\d{1,3}m(\.\.\d{1,3}m)?$"
RECORDING = r"^[\w./-]+\.(wav|mp3|ogg)$"
URL = r"^(https://|http://(127\.0\.0\.1|localhost)[:/])\S+$"
AT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d| [A-Za-z_]+(/[A-Za-z_]+)*)?$"
SAID_IN = r"^(any|[a-z]{2})$"
CALLER = r"^(\+[1-9]\d{6,14}|anonymous)$"
PRESSED = r"^[0-9*#]{1,40}$"

Id = Annotated[str, Field(pattern=ID)]
RuleId = Annotated[str, Field(pattern=RULE_ID)]
Language = Annotated[str, Field(pattern=LANGUAGE)]
Text = Annotated[str, Field(min_length=1)]
Row = Annotated[str, Field(pattern=ROW)]
Number = Annotated[str, Field(pattern=E164)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AlsoOne:
    """Marks a list that may be written as its only item."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler(core)
        return {"anyOf": [handler.resolve_ref_schema(whole).get("items", {}), whole]}


def as_list(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


OneOrMore = BeforeValidator(as_list)

Rows = Annotated[tuple[Row, ...], Field(description="Rows of requirements.yaml that this performs, such as [R50].")]
