"""The shape of every bundle file that is not a flow graph, as pydantic models. Pure.

They check shape only; `flow.parse_*` turns them into `flow.model`. An editor completes from their JSON Schemas.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ID = r"^[a-z][a-z0-9_]{0,63}$"
LANGUAGE = r"^[a-z]{2}$"
Id = Annotated[str, Field(pattern=ID, description="Lower case letters, digits and underscores.")]
Language = Annotated[str, Field(pattern=LANGUAGE, description="Two letters, such as en or es.")]
Text = Annotated[str, Field(min_length=1)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineShape(Shape):
    flow: Id
    numbers: tuple[Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")], ...] = ()
    channel: Literal["voice", "tty"] = "voice"
    language: Language | None = None
    textable: bool = True


class BundleShape(Shape):
    format: Literal["ivr.bundle/v1"] = Field(alias="schema")
    id: Id
    title: dict[Language, Text]
    languages: tuple[Language, ...] = Field(min_length=1)
    prompts: Text | None = None
    lines: dict[Id, LineShape] = Field(min_length=1)


class SlotShape(Shape):
    type: Literal["receipt", "form", "date", "phone", "a_number", "email", "yes_no", "digits", "choice"]
    sensitive: bool = True


class VarShape(Shape):
    enum: tuple[Annotated[str, Field(pattern=r"^\w{1,64}$")], ...] = Field(min_length=1)


class RetryShape(Shape):
    retries: int = Field(2, ge=0, le=4)
    timeout_s: float = Field(6.0, ge=2, le=60)
    number_timeout_s: float = Field(10.0, ge=2, le=120)


class ConfidenceShape(Shape):
    accept: float = Field(0.60, ge=0, le=1)
    confirm: float = Field(0.25, ge=0, le=1)


class PlacesShape(Shape):
    main_menu: Id | None = None
    agent_request: Id | None = None
    goodbye: Id | None = None
    safe_landing: Id | None = None


class FlowShape(Shape):
    """The head of a flow file; `nodes` and the targets of `defaults` are read by `flow.parse_flow`."""

    format: Literal["ivr.flow/v1"] = Field(alias="schema")
    id: Id
    start: Id
    vars: dict[Id, VarShape] = Field(default_factory=dict)
    slots: dict[Id, SlotShape] = Field(default_factory=dict)
    inputs: tuple[Id, ...] = ()
    results: tuple[Id, ...] = ()
    defaults: dict[str, Any] = Field(default_factory=dict)
    nodes: dict[Id, Any] = Field(min_length=1)


class RuleShape(Shape):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
    when: Text
    source: str = ""


class EntryShape(Shape):
    allow_if: Text | None = None
    allow_if_any: tuple[RuleShape, ...] | None = None
    open_when: str = ""
    else_say: str = ""
    source: str = ""


class NeverShape(Shape):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
    rule: Annotated[str, Field(pattern=r"(?s)^(transfer|promise) when .+")]
    source: str = ""


class FactShape(Shape):
    value: Text
    spoken: dict[Language, Text] = Field(default_factory=dict)
    source: str = ""
    review_by: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None


class FactsShape(Shape):
    format: Literal["ivr.facts/v1"] = Field("ivr.facts/v1", alias="schema")
    facts: dict[Id, FactShape]


class CalendarShape(Shape):
    format: Literal["ivr.calendar/v1"] = Field("ivr.calendar/v1", alias="schema")
    timezone: Text
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], str]
    holidays: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    overrides: dict[Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")], str] = Field(default_factory=dict)


class QueueShape(Shape):
    tier: int = Field(ge=1, le=9)
    languages: tuple[Language, ...] = ()
    max_wait_s: int = Field(1800, ge=30, le=7200)


class QueuesShape(Shape):
    format: Literal["ivr.queues/v1"] = Field("ivr.queues/v1", alias="schema")
    queues: dict[Id, QueueShape]


class PromiseShape(Shape):
    kind: Literal["callback", "service_request"]
    due_within: Text
    confirm: dict[Literal["sms", "email"], Id] = Field(default_factory=dict)


class CallbacksShape(Shape):
    format: Literal["ivr.callbacks/v1"] = Field("ivr.callbacks/v1", alias="schema")
    promises: dict[Id, PromiseShape]


class IntentShape(Shape):
    name: Text
    phrases: tuple[Text, ...] = Field(min_length=1)
    accept: float | None = Field(None, ge=0, le=1)
    confirm: float | None = Field(None, ge=0, le=1)


class OutOfScopeShape(Shape):
    name: str = ""
    phrases: tuple[Text, ...] = Field(min_length=1)


class IntentsShape(Shape):
    format: Literal["ivr.intents/v1"] = Field("ivr.intents/v1", alias="schema")
    intents: dict[Id, IntentShape] = Field(default_factory=dict)
    commands: dict[Id, tuple[Text, ...]] = Field(default_factory=dict)
    words: dict[Id, tuple[Text, ...]] = Field(default_factory=dict)
    out_of_scope: dict[Id, OutOfScopeShape] = Field(default_factory=dict)


class EmailShape(Shape):
    subject: Text
    body: Text


class PromptShape(Shape):
    voice: Text | None = None
    tty: Text | None = None
    sms: Text | None = None
    chat: Text | None = None
    email: EmailShape | None = None


class PromptsShape(Shape):
    """`prompts` maps a key to a text (= voice) or to a `PromptShape`."""

    format: Literal["ivr.prompts/v1"] = Field("ivr.prompts/v1", alias="schema")
    prompts: dict[Id, PromptShape]


Recognizer = Literal["auto", "vosk", "whisper", "twilio"]


class EnvShape(Shape):
    format: Literal["ivr.env/v1"] = Field("ivr.env/v1", alias="schema")
    recognizer: dict[Id, Recognizer] = Field(default_factory=dict)
