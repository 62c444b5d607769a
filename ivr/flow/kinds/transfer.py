"""`transfer`: hand the caller to a queue, if and only if the policy says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import actions as act
from ivr.dialog import doors
from ivr.dialog import events as ev
from ivr.flow.registry import Params, node_kind


class TransferParams(Params):
    queue: str = Field(description="Queue in queues.yaml.")
    policy: str = Field(description="Policy entry that must be true; checked again at run time.")
    context: tuple[str, ...] = Field((), description="Variables and slots handed to the agent.")
    announce: str = Field("transfer_announce", description="Prompt key spoken before the wait.")
    waiting: str = Field("queue_wait", description="Prompt key of the waiting room, repeated while the caller waits.")


@node_kind
class Transfer:
    """Hands the caller to a queue of live agents. Its policy is evaluated here once more: when it is false the call
    leaves by `failed` and the refusal is logged as a fault of the flow. Outside hours the outcome is `closed`."""

    name = "transfer"
    Params = TransferParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: TransferParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("connected", "closed", "wait_too_long", "failed", "left")

    def prompts(self, params: TransferParams) -> tuple[str, ...]:
        return (params.announce, params.waiting)

    def enter(self, turn: Any) -> None:
        rule = doors.opened(turn, turn.params.policy, "transfer", turn.params.queue)
        if rule is None or not doors.may_touch(turn, turn.params.context):
            return turn.leave("failed")
        entry = turn.bundle.policy.entries[turn.params.policy]
        if not doors.holds(turn, entry.open_when):
            return turn.leave("closed")
        turn.say(turn.params.announce)
        turn.transfer(act.Transfer(turn.params.queue, entry.name, rule.id, turn.language, turn.context(turn.params.context),
                                   turn.params.waiting))

    def on(self, event: Any, turn: Any) -> None:
        turn.leave(event.outcome if isinstance(event, ev.QueueEnded) and event.outcome in turn.node.to else "failed")
