"""`set`: assign finite variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.flow.registry import Params, node_kind


class SetParams(Params):
    vars: dict[str, str] = Field(min_length=1, description="Variable -> one of its values.")

    @classmethod
    def from_shorthand(cls, raw: Any) -> Any:
        """`set: {reason: none}` stands for `set: {vars: {reason: none}}`."""
        return {"vars": raw} if isinstance(raw, dict) and "vars" not in raw else raw


@node_kind
class SetVars:
    """Assigns variables and goes on."""

    name = "set"
    Params = SetParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: SetParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("done",)

    def prompts(self, params: SetParams) -> tuple[str, ...]:
        return ()

    def enter(self, turn: Any) -> None:
        turn.assign(turn.params.vars)
        turn.leave("done")

    def on(self, event: Any, turn: Any) -> None:
        self.enter(turn)
