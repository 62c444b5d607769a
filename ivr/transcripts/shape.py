"""The shape of a transcript as the runner reads it: the shape of `flow.schemas_tests` with what only a runner knows. Pure.

Called by `transcripts.reading`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr.flow import schemas_tests as base
from ivr.flow.shapes import AT, Id, Rows, Text

QUEUE_ENDS = ("connected", "wait_too_long", "failed", "left", "closed")
ACTIONS = ("hear", "not_hear", "say", "press", "wait", "silence", "email", "queue", "hangup")
Number = Annotated[str, Field(pattern=r"^(\+[1-9]\d{6,14}|anonymous)$")]
Moment = Annotated[str, Field(pattern=AT)]


def _some(raw: Any) -> Any:
    """At least one item. Checked before the items are, or one bad turn would be reported as no turns as well."""
    if raw == []:
        raise ValueError("a call has at least one turn | begin with `- hear: KEY`")
    return raw


class TurnShape(base.TurnShape):
    not_hear: base.Keys = Field((), description="Prompt keys that are not among what was said since the caller's last turn.")
    queue: Literal["connected", "wait_too_long", "failed", "left", "closed"] | None = Field(
        None, description="How the wait in the queue ends; without it an agent answers.")

    @model_validator(mode="after")
    def _one_action(self) -> TurnShape:
        if sum(bool(getattr(self, name)) for name in ACTIONS) != 1:
            raise ValueError(f"a turn does exactly one of {', '.join(ACTIONS)} | begin a new turn with a dash")
        if self.heard_as and not self.say:
            raise ValueError("`heard_as` tells how a `say` is heard, and this turn says nothing | put it beside `say`")
        return self


class ExpectShape(base.ExpectShape):
    queue: Id | None = Field(None, description="Queue that is reached; `none` for no queue at all.")
    promise: Id | None = Field(None, description="Promise that is made; `none` for no promise at all.")
    message: base.Keys = Field((), description="Message keys that are sent, by whichever channel; `none` for no message at all.")
    not_heard: base.Keys = Field((), description="Prompt keys that are never heard in the call.")
    vars: dict[Id, Text] = Field(default_factory=dict, description="Variables at the end of the call.")
    due_by: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = Field(
        None, description="Day by which the promise falls due, at the office.")


class VariantShape(base.VariantShape):
    expect: ExpectShape | None = Field(None, description="What is expected instead; fields that are left out stay.")
    turns: tuple[TurnShape, ...] = Field((), description="Turns that take the place of the test's own.")
    begins_with: Id | None = Field(None, alias="from", description="The turns take over from `hear: KEY` on; before it all stays.")
    at: Moment | None = Field(None, description="When the call comes instead.")
    lookups: dict[Id, Id] = Field(default_factory=dict, description="Predicates that answer otherwise.")


class CallerShape(base.CallerShape):
    number: Number | None = Field(None, description="Number from which is called; `anonymous` hides it.")


class TestShape(base.TestShape):
    __test__: ClassVar[bool] = False

    caller: CallerShape = Field(default_factory=CallerShape, description="Who calls.")
    rows: Rows = ()
    fails: tuple[Literal["sms", "email", "callback", "service_request"], ...] = Field(
        (), description="What cannot be written down in this call: as if the database failed.")
    turns: Annotated[tuple[TurnShape, ...], BeforeValidator(_some)] = Field(description="The call, turn by turn.")
    expect: ExpectShape = Field(default_factory=ExpectShape, description="How it ends.")
    variants: Annotated[tuple[VariantShape, ...], BeforeValidator(base._variants)] = Field(
        (), description="The same call once more; without this key every variant that applies, with [] none.")
