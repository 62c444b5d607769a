"""`say`: play prompts in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import doors
from ivr.flow.expr import names, parse_expr
from ivr.flow.registry import Params, node_kind


class SayItem(Params):
    prompt: str = Field(description="Prompt key.")
    when: str | None = Field(None, alias="if", description="Expression over variables; the item is left out when it is false.")


class SayParams(Params):
    items: tuple[SayItem, ...] = Field(min_length=1, description="Prompts in the order they are heard.")

    @classmethod
    def from_shorthand(cls, raw: Any) -> Any:
        """`say: key` and `say: [key, {prompt: key, if: expr}]` stand for `say: {items: [...]}`."""
        if isinstance(raw, str):
            raw = [raw]
        if isinstance(raw, list):
            return {"items": [{"prompt": i} if isinstance(i, str) else i for i in raw]}
        return raw


@node_kind
class Say:
    """Plays prompts in order and goes on. The caller may interrupt; an interruption is not lost."""

    name = "say"
    Params = SayParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: SayParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("done",)

    def prompts(self, params: SayParams) -> tuple[str, ...]:
        return tuple(i.prompt for i in params.items)

    def enter(self, turn: Any) -> None:
        for item in turn.params.items:
            if (item.when is None or doors.may_touch(turn, names(parse_expr(item.when)))) and doors.holds(turn, item.when):
                turn.say(item.prompt)
        turn.leave("done")

    def on(self, event: Any, turn: Any) -> None:
        turn.leave("done")
