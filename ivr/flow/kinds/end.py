"""`end`: say goodbye, or give a sub-flow's result back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from ivr.flow.registry import Params, node_kind


class EndParams(Params):
    outcome: str | None = Field(None, description="Outcome code of the call, for the statistics.")
    prompt: str | None = Field(None, description="Prompt key of the goodbye; default: goodbye.")
    result: str | None = Field(None, description="In a sub-flow: the declared result to go back with.")

    @model_validator(mode="after")
    def _one_of(self) -> EndParams:
        if (self.outcome is None) == (self.result is None):
            raise ValueError("give either 'outcome' (ends the call) or 'result' (goes back from a sub-flow)")
        return self

    @classmethod
    def from_shorthand(cls, raw: Any) -> Any:
        """`end: self_service` stands for `end: {outcome: self_service}`."""
        return {"outcome": raw} if isinstance(raw, str) else raw


@node_kind
class End:
    """Says goodbye and hangs up, or ends a sub-flow with one of its results."""

    name = "end"
    Params = EndParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: EndParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ()

    def prompts(self, params: EndParams) -> tuple[str, ...]:
        return () if params.result else (params.prompt or "goodbye",)

    def enter(self, turn: Any) -> None:
        if turn.params.result:
            turn.result = turn.params.result
            return
        turn.say(turn.params.prompt or "goodbye", barge_in=False)
        turn.hang_up(turn.params.outcome)

    def on(self, event: Any, turn: Any) -> None:
        self.enter(turn)
