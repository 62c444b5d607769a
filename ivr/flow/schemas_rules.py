"""The shape of policy.yaml, facts.yaml, calendar.yaml and callbacks.yaml, as pydantic models. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from ivr.flow.schemas_desk import EscalationShape, Urgency
from ivr.flow.shapes import BEFORE, CLOCK, DATE, NEVER, ROUND_GAP, Id, Language, Rows, RuleId, Shape, Text

Channel = Literal["sms", "email"]


class RuleShape(Shape):
    id: RuleId = Field(description="Name of the rule, shown in the log of a call that it let through.")
    when: Text = Field(description="Condition over variables, such as `reason == adit and hours == open`.")
    source: str = Field("", description="Where this is laid down.")
    rows: Rows = ()


class EntryShape(Shape):
    allow_if: Text | None = Field(None, description="The one condition; `name.eligible` asks about another entry.")
    allow_if_any: tuple[RuleShape, ...] | None = Field(None, description="Rules of which one must be true.")
    open_when: str = Field("", description="When an eligible caller can go through now, such as `hours == open`.")
    else_say: str = Field("", description="Prompt key with the reason that is spoken when the door stays shut.")
    source: str = Field("", description="Where this is laid down.")
    rows: Rows = ()


class NeverShape(Shape):
    id: RuleId = Field(description="Name of the rule.")
    rule: Annotated[str, Field(pattern=NEVER)] = Field(
        description="`transfer when CONDITION`, `transfer to QUEUE when ...`, `promise [NAME] when ...`, `say PROMPT when ...` "
        "or `send MESSAGE when ...`.")
    source: str = Field("", description="Where this is laid down.")
    rows: Rows = ()


class AlwaysShape(Shape):
    rule: Text = Field(description="One of the three sentences: `every reachable state can reach an end within N caller turns`, "
                       "`after any refusal of a live agent the caller is offered at least one of: a, b`, "
                       "`before any transfer the caller hears at least one of: prompt_a, prompt_b`.")
    id: RuleId | None = Field(None, description="Name of the rule.")
    source: str = Field("", description="Where this is laid down.")
    rows: Rows = ()


class PolicyShape(Shape):
    """What an editor knows of policy.yaml; every further key is an entry. `flow.parse_policy` reads part by part."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, EntryShape]
    format: Literal["ivr.policy/v1"] = Field(alias="schema", description="Always ivr.policy/v1.")
    never: tuple[NeverShape, ...] = Field((), description="What no path may do, whatever the entries say.")
    always: tuple[AlwaysShape | str, ...] = Field((), description="What holds on every path.")


class FactShape(Shape):
    value: Text = Field(description="As it is written in a text or an email.")
    spoken: dict[Language, Text] = Field(default_factory=dict, description="Language -> how it is said.")
    written: dict[Language, Text] = Field(default_factory=dict, description="Language -> how it is written there, if not like `value`.")
    source: str = Field("", description="Where it is laid down.")
    review_by: Annotated[str, Field(pattern=DATE)] | None = Field(None, description="Day by which it is to be looked at again.")
    step: Id | None = Field(None, description="Real next step that a prompt offers by naming this fact, such as online_chat.")
    rows: Rows = ()


class FactsShape(Shape):
    format: Literal["ivr.facts/v1"] = Field("ivr.facts/v1", alias="schema", description="Always ivr.facts/v1.")
    facts: dict[Id, FactShape] = Field(description="Name -> number, address, hours or duration, used as {fact.NAME}.")


class CalendarShape(Shape):
    format: Literal["ivr.calendar/v1"] = Field("ivr.calendar/v1", alias="schema", description="Always ivr.calendar/v1.")
    timezone: Text = Field(description="Time zone of the office, such as America/New_York.")
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], str] = Field(
        description="Day -> hours such as \"08:00-20:00\"; a day that is missing is closed.")
    holidays: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(None, description="Country whose holidays are days off.")
    overrides: dict[Annotated[str, Field(pattern=DATE)], str] = Field(
        default_factory=dict, description="Date -> its own hours, or closed; wins over holidays and the week.")


class NoticeShape(Shape):
    before: Annotated[str, Field(pattern=BEFORE)] = Field(
        description="How long before the call, such as `1..2 business_days`.")
    by: tuple[Channel, ...] = Field(("sms", "email"), min_length=1, description="Channels of the notice.")
    message: Id = Field(description="Message key of the notice.")


class PromiseShape(Shape):
    kind: Literal["callback", "service_request"] = Field(description="callback rings the caller; service_request rings nobody.")
    due_within: Text = Field(description="`30 business_days`, or hours such as `24h..72h`; the far end is the deadline.")
    confirm: dict[Channel, Id] = Field(default_factory=dict, description="Channel -> message key of the confirmation.")
    notice: NoticeShape | None = Field(None, description="Notice that goes out before the call.")
    by: tuple[Literal["call", "email"], ...] = Field(("call",), min_length=1, description="How it is kept.")
    in_line: bool = Field(False, description="true: the caller keeps the place in the line that they have just left, and is called when "
                          "their turn comes; only for callbacks without a notice, right behind a transfer.")
    rows: Rows = ()


class FirstMissedShape(Shape):
    voicemail: Id = Field(description="Prompt key that is left on the answering machine.")
    next_round_after: Annotated[str, Field(pattern=ROUND_GAP)] = Field(
        description="When the next round begins, such as `60m..90m`.")


class LastMissedShape(Shape):
    email: Id = Field(description="Message key of the email that goes out.")
    sms: Id | None = Field(None, description="Message key of a text that goes out.")


class RoundsShape(Shape):
    order: Literal["fifo"] = Field("fifo", description="First promised, first called.")
    max: int = Field(2, ge=1, le=5, description="Rounds; one round tries every number in order.")
    numbers: tuple[Id, ...] = Field(("cell", "office"), min_length=1, description="Numbers that a round tries, in order.")
    first_missed: FirstMissedShape | None = Field(None, description="What follows a round that reached nobody.")
    last_missed: LastMissedShape | None = Field(None, description="What follows the last round that reached nobody.")
    last_start: Annotated[str, Field(pattern=CLOCK)] | None = Field(
        None, description="Time of day after which no first round begins, such as \"18:30\".")
    overtime: Literal["switch", "never"] = Field("never", description="switch: supervisors may allow calls outside hours.")
    rows: Rows = ()


class CallbacksShape(Shape):
    format: Literal["ivr.callbacks/v1"] = Field("ivr.callbacks/v1", alias="schema", description="Always ivr.callbacks/v1.")
    promises: dict[Id, PromiseShape] = Field(description="Name -> promise.")
    rounds: RoundsShape | None = Field(None, description="How calls are tried, shared by all promises.")
    escalations: dict[Urgency, EscalationShape] = Field(
        default_factory=dict, description="urgent, routine -> what staff promise when they send a caller's matter on.")
