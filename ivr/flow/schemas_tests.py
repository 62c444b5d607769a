"""The shape of tests/**/*.yaml (transcripts) and requirements.yaml, as pydantic models. Pure.

Calls never run on these files: they are no part of a bundle's hash. Read by the test runner and by `ivr requirements`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ivr.flow.shapes import AT, CALLER, DATE, PRESSED, SAID_IN, AlsoOne, Id, Language, OneOrMore, Row, Rows, RuleId, Shape, Text

ANY_LANGUAGE = "any"
"""Key of a `say:` that is one text for every language."""
VARIANTS = ("keys_only", "low_confidence", "silence_once", "closed_hours", "tty", "relay")
_ACTIONS = ("hear", "not_hear", "say", "press", "wait", "silence", "email", "queue", "hangup")
_WRITTEN_AS_TEXT = {"type": "string"}


Keys = Annotated[tuple[Id, ...], OneOrMore, AlsoOne()]
Texts = Annotated[tuple[Text, ...], OneOrMore, AlsoOne()]


class _AlsoText:
    """Marks a mapping that may be written as one text."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [_WRITTEN_AS_TEXT, handler(core)]}


def _heard(raw: Any) -> Any:
    items = raw if isinstance(raw, list) else [raw]
    return [{"prompt": item} if isinstance(item, str) else item for item in items]


class HeardShape(Shape):
    prompt: Id | None = Field(None, description="Prompt key that is heard.")
    read_back: Id | None = Field(None, description="Slot whose value is read back.")


class _AlsoKeys:
    """Marks what is heard: a key, a read-back, or a list of both."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        item = handler(core)["items"]
        one = {"anyOf": [_WRITTEN_AS_TEXT, item]}
        return {"anyOf": [_WRITTEN_AS_TEXT, item, {"type": "array", "items": one}]}


class HeardAsShape(Shape):
    confidence: float = Field(ge=0, le=1, description="Confidence of the recogniser, 0 to 1.")
    text: str | None = Field(None, description="What the recogniser understood instead of what was said.")


def _said(raw: Any) -> Any:
    return {ANY_LANGUAGE: raw} if isinstance(raw, str) else raw


class TurnShape(Shape):
    """One thing that is heard or done. Exactly one of the keys, and `heard_as` beside `say`."""

    hear: Annotated[tuple[HeardShape, ...], BeforeValidator(_heard), _AlsoKeys()] = Field(
        (), description="Prompt keys that the caller hears next, or {read_back: SLOT}.")
    not_hear: Keys = Field((), description="Prompt keys that are not among what was said since the caller's last turn.")
    say: Annotated[dict[Annotated[str, Field(pattern=SAID_IN)], Text], BeforeValidator(_said), _AlsoText()] = Field(
        default_factory=dict, description="What the caller says: {en: ..., es: ...}, or one text.")
    heard_as: HeardAsShape | None = Field(None, description="How the recogniser hears what is said.")
    press: Annotated[str, Field(pattern=PRESSED)] | None = Field(None, description="Keys that the caller presses.")
    wait: Literal["silence"] | None = Field(None, description="`silence`: the caller says and presses nothing.")
    silence: bool | None = Field(None, description="true: the caller says and presses nothing.")
    email: Text | None = Field(None, description="Address that the caller gives in writing.")
    queue: Literal["connected", "wait_too_long", "failed", "left", "closed"] | None = Field(
        None, description="How the wait in the queue ends; without it an agent answers.")
    hangup: bool | None = Field(None, description="true: the caller hangs up.")

    @model_validator(mode="after")
    def _one_action(self) -> TurnShape:
        if sum(bool(getattr(self, name)) for name in _ACTIONS) != 1:
            raise ValueError(f"a turn does exactly one of {', '.join(_ACTIONS)} | begin a new turn with a dash")
        if self.heard_as and not self.say:
            raise ValueError("`heard_as` tells how a `say` is heard, and this turn says nothing | put it beside `say`")
        return self


class ExpectShape(Shape):
    end: Id | None = Field(None, description="How the call ends: an outcome code, `transfer`, `callback` or `service_request`.")
    queue: Id | None = Field(None, description="Queue that is reached; `none` for no queue at all.")
    promise: Id | None = Field(None, description="Promise that is made; `none` for no promise at all.")
    policy_rule: RuleId | None = Field(None, description="Rule that opened the door.")
    language: Language | None = Field(None, description="Language at the end of the call.")
    sms: Keys = Field((), description="Message keys that are texted.")
    email: Keys = Field((), description="Message keys that are sent by email.")
    message: Keys = Field((), description="Message keys that are sent, by whichever channel; `none` for no message at all.")
    not_heard: Keys = Field((), description="Prompt keys that are never heard in the call.")
    vars: dict[Id, Text] = Field(default_factory=dict, description="Variables at the end of the call.")
    due_by: Annotated[str, Field(pattern=DATE)] | None = Field(None, description="Day by which the promise falls due, at the office.")
    says: Texts = Field((), description="Words that are heard somewhere in the call.")
    not_says: Texts = Field((), description="Words that are never heard in the call.")


def _variants(raw: Any) -> Any:
    return [_variant(item) for item in raw] if isinstance(raw, list) else raw


def _variant(item: Any) -> Any:
    if isinstance(item, str):
        return {"name": item}
    if isinstance(item, dict) and len(item) == 1 and "name" not in item:
        name, rest = next(iter(item.items()))
        return {"name": name, **rest} if isinstance(rest, dict) else item
    return item


class VariantShape(Shape):
    name: Literal["keys_only", "low_confidence", "silence_once", "closed_hours", "tty", "relay"] = Field(
        description="How the same call is made once more.")
    expect: ExpectShape | None = Field(None, description="What is expected instead; fields that are left out stay.")
    turns: tuple[TurnShape, ...] = Field((), description="Turns that take the place of the test's own.")
    begins_with: Id | None = Field(None, alias="from", description="The turns take over from `hear: KEY` on; before it all stays.")
    at: Annotated[str, Field(pattern=AT)] | None = Field(None, description="When the call comes instead.")
    lookups: dict[Id, Id] = Field(default_factory=dict, description="Predicates that answer otherwise.")


class _AlsoNames:
    """Marks the variants: names, or {NAME: {expect: ...}}."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler(core)
        shape = handler.resolve_ref_schema(whole["items"])["properties"]
        parts = {name: part for name, part in shape.items() if name != "name"}
        own = {"type": "object", "additionalProperties": False, "properties": parts}
        named = {"type": "object", "propertyNames": {"enum": list(VARIANTS)}, "maxProperties": 1, "additionalProperties": own}
        return {"type": "array", "items": {"anyOf": [shape["name"], named]}}


class CallerShape(Shape):
    number: Annotated[str, Field(pattern=CALLER)] | None = Field(
        None, description="Number from which is called, such as \"+12025550143\"; `anonymous` hides it.")
    email: Text | None = Field(None, description="Email address that is known of the caller.")


class TestShape(Shape):
    __test__: ClassVar[bool] = False
    """Not a test class of ours."""

    format: Literal["ivr.test/v1"] = Field(alias="schema", description="Always ivr.test/v1.")
    test: Text = Field(description="What the call shows, in one sentence.")
    at: Annotated[str, Field(pattern=AT)] = Field(
        description="When the call comes, such as `2026-03-10T10:05:00 America/New_York`.")
    line: Id = Field("main", description="Line that is called.")
    language: Language | None = Field(None, description="Only in this language; default: once in each.")
    caller: CallerShape = Field(default_factory=CallerShape, description="Who calls.")
    rows: Rows = ()
    lookups: dict[Id, Id] = Field(default_factory=dict, description="Predicate of a `check` -> value that it gives in this call.")
    fails: tuple[Literal["sms", "email", "callback", "service_request"], ...] = Field(
        (), description="What cannot be written down in this call: as if the database failed.")
    turns: tuple[TurnShape, ...] = Field(min_length=1, description="The call, turn by turn.")
    expect: ExpectShape = Field(default_factory=ExpectShape, description="How it ends.")
    variants: Annotated[tuple[VariantShape, ...], BeforeValidator(_variants), _AlsoNames()] = Field(
        (), description="The same call once more; without this key every variant that applies, with [] none.")
    never_in_logs: tuple[Id, ...] = Field((), description="Slots whose values no log may show.")


class RequirementShape(Shape):
    asks: Text = Field(description="What is asked for, in one sentence.")
    source: str = Field("", description="Where it is laid down.")
    check: tuple[Literal["P", "T", "F", "C", "S"], ...] = Field(
        min_length=1, description="How it is shown: P policy, T transcript, F fact, C callback rule, S supervisors' view.")
    performed: Literal["yes", "later"] = Field(description="Whether it is performed already, or by a later part.")
    by: Text = Field(description="What performs it, in words.")


class RequirementsShape(Shape):
    format: Literal["ivr.requirements/v1"] = Field(alias="schema", description="Always ivr.requirements/v1.")
    rows: dict[Row, RequirementShape] = Field(min_length=1, description="Number of the row -> what it asks for.")
