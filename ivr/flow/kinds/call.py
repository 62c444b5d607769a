"""`call`: run a sub-flow and go on by its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.flow.registry import Params, node_kind


class CallParams(Params):
    flow: str = Field(description="Id of the sub-flow.")
    inputs: dict[str, str] = Field(default_factory=dict, alias="with", description="Input variable -> value.")

    @classmethod
    def from_shorthand(cls, raw: Any) -> Any:
        """`call: verify` stands for `call: {flow: verify}`."""
        return {"flow": raw} if isinstance(raw, str) else raw


@node_kind
class Call:
    """Runs a sub-flow; each result it declares is an outcome here."""

    name = "call"
    Params = CallParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: CallParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        flow = flows.get(params.flow)
        return tuple(flow.results) if flow else ()

    def prompts(self, params: CallParams) -> tuple[str, ...]:
        return ()

    def enter(self, turn: Any) -> None:
        turn.assign(turn.params.inputs)
        turn.push(turn.params.flow)

    def on(self, event: Any, turn: Any) -> None:
        self.enter(turn)
