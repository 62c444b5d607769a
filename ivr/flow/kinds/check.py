"""`check`: ask a named predicate, get one of its declared values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import actions as act
from ivr.dialog import doors
from ivr.dialog import events as ev
from ivr.flow.registry import Params, node_kind
from ivr.sensitive import Sensitive


class CheckParams(Params):
    name: str = Field(description="Name of the predicate.")
    inputs: tuple[str, ...] = Field((), alias="with", description="Slots and variables handed to it.")
    result: str | None = Field(None, description="Variable that takes the value; its values must hold all the predicate's.")
    values: tuple[str, ...] = Field(min_length=1, description="Every value it can give; each is an outcome.")
    fills: tuple[str, ...] = Field((), description="Slots that the predicate may fill with what it found, to be spoken.")
    timeout_s: float = Field(8.0, gt=0, le=15, description="Seconds before the outcome `timeout`.")


@node_kind
class Check:
    """Asks a named predicate (a Python function or an HTTP service) and branches on its value. It can also time out
    or fail, and both must lead somewhere."""

    name = "check"
    Params = CheckParams
    DEFAULTED = ("timeout", "error")

    def outcomes(self, params: CheckParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return (*params.values, *self.DEFAULTED)

    def prompts(self, params: CheckParams) -> tuple[str, ...]:
        return ()

    def enter(self, turn: Any) -> None:
        if turn.params.result and not doors.may_touch(turn, [turn.params.result]):
            return turn.leave("error")
        turn.lookup(question(turn, turn.effect_key("lookup")))

    def on(self, event: Any, turn: Any) -> None:
        if not isinstance(event, ev.LookupDone):
            return self.enter(turn)
        if event.result not in turn.params.values:
            return turn.leave("timeout" if event.result == "timeout" else "error")
        if turn.params.result:
            turn.vars[turn.params.result] = event.result
        turn.slots.update({name: Sensitive(event.found[name]) for name in turn.params.fills if name in event.found})
        turn.leave(event.result)


def question(turn: Any, lookup_id: str) -> act.Lookup:
    """What the node asks in the call's present state: while it waits for the answer, the same as when it began to."""
    params: CheckParams = turn.params
    known = {**turn.vars, **{k: v.reveal() for k, v in turn.slots.items()}, "contact": turn.contact(),
             "language": turn.language, "line": turn.get("line"), "channel": turn.get("channel")}
    inputs = {name: known.get(name, "") for name in params.inputs}
    return act.Lookup(lookup_id, params.name, inputs, params.values, params.timeout_s, params.fills)
