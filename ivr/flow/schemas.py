"""The shape of bundle, flow, word and environment files, as pydantic models. Pure.

They check shape only; `flow.parse_*` turns them into `flow.model`. An editor completes from their JSON Schemas. The
rules (policy, facts, hours, promises) are in `schemas_rules`, tests and requirements in `schemas_tests`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, model_validator

from ivr.flow.schemas_tests import RequirementsShape as RequirementsShape
from ivr.flow.schemas_tests import TestShape as TestShape
from ivr.flow.shapes import RECORDING, URL, Id, Language, Number, Rows, Shape, Text

SlotType = Literal["receipt", "form", "date", "phone", "a_number", "email", "zip", "yes_no", "digits", "choice"]
Permission = Literal["prompt", "sms", "email", "context"]


class LineShape(Shape):
    flow: Id = Field(description="Id of the flow in which calls of this line begin.")
    numbers: tuple[Number, ...] = Field(
        (), description="Telephone numbers that reach this line, such as \"+18003755283\"; a chat line needs none.")
    channel: Literal["voice", "tty", "chat", "sms"] = Field(
        "voice", description="voice; tty for text telephones; chat for the window on a web page; sms for conversations by text.")
    language: Language | None = Field(None, description="Language in which the line begins; else the bundle's first.")
    textable: bool = Field(True, description="false where callers are abroad: no texts are offered.")
    rows: Rows = ()


class BundleShape(Shape):
    format: Literal["ivr.bundle/v1"] = Field(alias="schema", description="Always ivr.bundle/v1.")
    id: Id = Field(description="Name of the bundle, in lower case.")
    title: dict[Language, Text] = Field(description="Language -> name of the service as callers know it.")
    languages: tuple[Language, ...] = Field(min_length=1, description="Languages, the default one first, such as [en, es].")
    prompts: Text | None = Field(None, description="Folder of the prompt files, relative to this file; default ./prompts.")
    lines: dict[Id, LineShape] = Field(min_length=1, description="Name -> telephone line.")


class SlotShape(Shape):
    type: SlotType = Field(description="Kind of value, which decides its grammar, its keys and how it is read back.")
    sensitive: bool | None = Field(None, description="Whether it is personal data; true but for yes_no and form.")
    allow: tuple[Permission, ...] = Field((), description="Where a sensitive value may be placed: prompt, sms, email, context.")
    protected_by: Id | None = Field(None, description="Policy entry that must be true wherever it is filled, spoken or handed on.")
    values: tuple[Annotated[str, Field(pattern=r"^[A-Z]{1,4}-\d{1,4}[A-Z]{0,2}$")], ...] = Field(
        (), description="Of a form number: the forms that there are, such as I-130; any other is not taken.")

    @model_validator(mode="after")
    def _only_forms_are_listed(self) -> SlotShape:
        if self.values and self.type != "form":
            raise ValueError(f"a {self.type} has no list of values | leave `values` out")
        return self


class VarShape(Shape):
    enum: tuple[Annotated[str, Field(pattern=r"^\w{1,64}$")], ...] = Field(
        (), description="Every value it can have, the first one at the beginning of a call.")
    boolean: bool | None = Field(None, description="For a variable that is true or false: its value at the beginning of a call.")
    protected_by: Id | None = Field(None, description="Policy entry that must be true wherever it is filled, read or handed on.")

    @model_validator(mode="after")
    def _one_of(self) -> VarShape:
        if bool(self.enum) == (self.boolean is not None):
            raise ValueError("a variable has either `enum: [...]` or `boolean: false` | write `enum: [first, second]`")
        return self

    @property
    def values(self) -> tuple[str, ...]:
        if self.boolean is None:
            return self.enum
        return ("true", "false") if self.boolean else ("false", "true")


class RetryShape(Shape):
    retries: int = Field(2, ge=0, le=4, description="Failed tries, silence and mismatch together, before a node is left.")
    timeout_s: float = Field(6.0, ge=2, le=60, description="Seconds of silence before a reprompt.")
    number_timeout_s: float = Field(10.0, ge=2, le=120, description="The same where a number is asked for.")


class ConfidenceShape(Shape):
    accept: float | None = Field(None, ge=0, le=1, description="Probability at which an intent is taken at once; default: learnt.")
    confirm: float | None = Field(None, ge=0, le=1, description="Probability from which it is asked about; default: learnt.")


class LanguageKeysShape(RootModel[dict[Annotated[str, Field(pattern=r"^[1-9]$")], Id]]):
    """Key -> language, at every question that takes one key and has no other use for it."""


class PlacesShape(Shape):
    main_menu: Id | None = Field(None, description="Node to which \"main menu\" leads; default: the start.")
    agent_request: Id | None = Field(None, description="Node to which asking for a person leads: it explains, and offers a way.")
    accommodation: Id | None = Field(None, description="Node to which \"I cannot use this line\" leads; its words are a list.")
    goodbye: Id | None = Field(None, description="Node to which \"goodbye\" leads.")
    safe_landing: Id | None = Field(None, description="Node to which every fault leads; it never leads to a person.")


class FlowShape(Shape):
    """The head of a flow file; `nodes` and the targets of `defaults` are read by `flow.parse_flow`."""

    format: Literal["ivr.flow/v1"] = Field(alias="schema", description="Always ivr.flow/v1.")
    id: Id = Field(description="Name of the flow.")
    start: Id = Field(description="Node in which the flow begins.")
    vars: dict[Id, VarShape] = Field(default_factory=dict, description="Finite variables: all that guards can ask about.")
    slots: dict[Id, SlotShape] = Field(default_factory=dict, description="Values that callers give.")
    inputs: tuple[Id, ...] = Field((), description="Of a sub-flow: variables that the calling node sets.")
    results: tuple[Id, ...] = Field((), description="Of a sub-flow: its results; each is an outcome of the calling node.")
    defaults: dict[str, Any] = Field(default_factory=dict, description="What every node of this flow inherits.")
    nodes: dict[Id, Any] = Field(min_length=1, description="Id -> node. A node has exactly one kind, and its targets.")


class IntentShape(Shape):
    name: Text = Field(description="How it is named in \"did you want ...?\".")
    phrases: tuple[Text, ...] = Field(min_length=1, description="What callers say, in their own words.")
    accept: float | None = Field(None, ge=0, le=1, description="Probability at which it is taken without a question.")
    confirm: float | None = Field(None, ge=0, le=1, description="Probability from which \"did you want ...?\" is asked.")


class OutOfScopeShape(Shape):
    name: str = Field("", description="How it is named in lists; callers do not hear it.")
    phrases: tuple[Text, ...] = Field(min_length=1, description="What callers say that this service does not do.")
    answer: Id | None = Field(None, description="Prompt key of what they are told: above all whom to call instead.")


class IntentsShape(Shape):
    format: Literal["ivr.intents/v1"] = Field("ivr.intents/v1", alias="schema", description="Always ivr.intents/v1.")
    intents: dict[Id, IntentShape] = Field(default_factory=dict, description="What callers can want.")
    commands: dict[Id, tuple[Text, ...]] = Field(default_factory=dict, description="Words that work at every question.")
    words: dict[Id, tuple[Text, ...]] = Field(default_factory=dict, description="Word lists that choose an item of a menu.")
    out_of_scope: dict[Id, OutOfScopeShape] = Field(default_factory=dict, description="What is recognised in order to refuse it.")


class EmailShape(Shape):
    subject: Text = Field(description="Subject line.")
    body: Text = Field(description="Text of the email.")


class PromptShape(Shape):
    voice: Text | None = Field(None, description="Words that are spoken.")
    tty: Text | None = Field(None, description="Words for text telephones, in lines of at most 60 characters.")
    sms: Text | None = Field(None, description="Text message, at most 160 characters.")
    chat: Text | None = Field(None, description="Words for written chat.")
    email: EmailShape | None = Field(None, description="Subject and body of an email.")
    recording: Annotated[str, Field(pattern=RECORDING)] | None = Field(
        None, description="Recorded voice, as a path relative to the prompt file; the words in `voice` are what it says.")


class PromptsShape(Shape):
    """`prompts` maps a key to a text (= voice) or to a `PromptShape`."""

    format: Literal["ivr.prompts/v1"] = Field("ivr.prompts/v1", alias="schema", description="Always ivr.prompts/v1.")
    prompts: dict[Id, PromptShape] = Field(description="Key -> words. A text alone is spoken.")


class LookupShape(Shape):
    url: Annotated[str, Field(pattern=URL)] = Field(
        description="Address that answers the predicate: https, or http on this machine.")
    timeout_s: float = Field(4.0, gt=0, le=15, description="Seconds after which it counts as timed out.")


class EnvShape(Shape):
    format: Literal["ivr.env/v1"] = Field("ivr.env/v1", alias="schema", description="Always ivr.env/v1.")
    recognizer: dict[Id, Literal["auto", "vosk", "whisper", "twilio"]] = Field(
        default_factory=dict, description="Line -> speech recogniser.")
    voices: dict[Language, Text] = Field(default_factory=dict, description="Language -> voice that speaks it.")
    queues: dict[Id, Number] = Field(default_factory=dict, description="Queue -> number at which its agents answer.")
    lookups: dict[Id, LookupShape] = Field(default_factory=dict, description="Predicate of `check` -> service that answers it.")
