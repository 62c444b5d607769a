"""What a kind's rule writes its moves with: one node on one call stack. Pure. Made by `proof.build`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ivr.flow.expr import Expr, names
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node
from ivr.proof.guards import all_of
from ivr.proof.system import Move, Spot, Stack

if TYPE_CHECKING:
    from ivr.proof.build import _Builder


class Place:
    """A node as it is reached by one call stack."""

    def __init__(self, builder: _Builder, stack: Stack, node: Node):
        self._builder, self.stack, self.node = builder, stack, node
        self.enter = builder.spot(Spot(stack))

    @property
    def bundle(self) -> Bundle:
        return self._builder.bundle

    @property
    def params(self) -> Any:
        return self.node.params

    @property
    def root(self) -> Flow:
        return self.bundle.flows[self.stack[0][0]]

    @property
    def retries(self) -> int:
        own = getattr(self.params, "retries", None)
        return self.root.defaults.retry.retries if own is None else own

    def mark(self, *path: object) -> Mark:
        """The line of a part of the node, of the node itself when that part is not written."""
        return self.node.marks.get(".".join(map(str, (self.node.kind, *path))), self.node.mark)

    def guard(self, text: str) -> Expr:
        return self._builder.guard(text)

    def allowed(self, policy: str) -> Expr:
        """True when some rule of the policy entry is."""
        return self._builder.allowed(policy)

    # -- spots ----------------------------------------------------------------------------------------------------

    def passing(self, stage: str) -> int:
        """A stage that is passed without waiting."""
        return self._builder.spot(Spot(self.stack, stage))

    def waiting(self, stage: str, tries: int = 0) -> int:
        """A stage that waits for the caller. Commands are taken there."""
        spot = Spot(self.stack, stage, tries, "caller")
        new = spot not in self._builder.ids
        index = self._builder.spot(spot)
        if new:
            self._builder.commands(index, self.stack, "agent_request" in self.node.to)
        return index

    def effect(self, stage: str) -> int:
        """A stage that waits for the rim: a lookup, an effect, a queue."""
        return self._builder.spot(Spot(self.stack, stage, 0, "rim"))

    # -- moves ----------------------------------------------------------------------------------------------------

    def go(self, source: int, target: int, event: str, detail: str = "", *, says: Iterable[str] = (), when: Expr | None = None,
           sets: Mapping[str, str] | None = None, mark: Mark | None = None) -> None:
        """To another stage of this node."""
        says = tuple(says)
        changed = self.monitors.said(says)
        changed = {**changed, **sets} if sets else changed
        self._builder.edge(source, target, Move(event, detail, "", says, mark or self.node.mark), when=when, sets=changed,
                           turn=self._is_answer(source))
        self._spoken(source, says, when)

    def leave(self, source: int, outcome: str, event: str, detail: str = "", *, when: Expr | None = None,
              sets: Mapping[str, str] | None = None, says: Iterable[str] = (), mark: Mark | None = None) -> None:
        """By an outcome to wherever it is wired."""
        target, own, line = self._builder.follow(self.stack, outcome)
        says = tuple(says)
        changed = self.monitors.said(says)
        changed = {**changed, **(sets or {}), **own} if sets or own else changed
        move = Move(event, detail, outcome, says, mark or line)
        self._builder.edge(source, target, move, when=when, sets=changed, turn=self._is_answer(source))
        self._spoken(source, says, when)

    def retry(self, stage: str, tries: int, cause: str, event: str, *, to_stage: str = "", says: Iterable[str] = ()) -> None:
        """One try of the shared budget is spent at `stage`: asked again at `to_stage` (the same by default), or left by
        `cause`."""
        source = self.waiting(stage, tries)
        if tries + 1 > self.retries:
            self.leave(source, cause, event)
        else:
            self.go(source, self.waiting(to_stage or stage, tries + 1), event, says=says)

    def end(self, source: int, code: str, says: Iterable[str]) -> None:
        says = tuple(says)
        last = self.passing("last")
        self.go(source, last, "said", says=says)
        self._builder.unsettled(last, self.node.mark)
        self._builder.edge(last, self._builder.ended(code), Move("end", code, mark=self.node.mark))

    def back(self, source: int, result: str) -> None:
        """Out of a sub-flow by one of its results."""
        target, sets, mark = self._builder.follow(self.stack[:-1], result)
        self._builder.edge(source, target, Move("result", result, result, mark=mark), sets=sets)

    def push(self, flow: Flow, sets: Mapping[str, str]) -> None:
        fresh = {name: values[0] for name, values in flow.vars.items() if name not in flow.inputs}
        target = self._builder.enter((*self.stack, (flow.id, flow.start)))
        self._builder.edge(self.enter, target, Move("call", flow.id, mark=self.node.mark), sets={**sets, **fresh})

    def land_safely(self, source: int, when: Expr) -> None:
        self._builder.edge(source, self._builder.place(self.stack, "safe_landing"), Move("said", "open table"), when=when)

    def _is_answer(self, source: int) -> bool:
        return self._builder.system.spots[source].waits == "caller"

    # -- laws -----------------------------------------------------------------------------------------------------

    @property
    def monitors(self) -> Any:
        return self._builder.monitors

    def broken(self, source: int, law: str, when: Expr | None, detail: str, mark: Mark) -> None:
        self._builder.broken(source, law, when, detail, mark)

    def never(self, source: int, kind: str, name: str, mark: Mark, also: Expr | None = None) -> Expr | None:
        return self._builder.never(source, kind, name, mark, also)

    def unheard(self, source: int, mark: Mark, also: Expr | None = None) -> None:
        self._builder.unheard(source, mark, also)

    def touches(self, source: int, names_used: Iterable[str], mark: Mark) -> None:
        self._builder.protected(source, names_used, mark)

    def slots_said(self, prompt: str) -> tuple[str, ...]:
        """Slots whose values are spoken in a prompt, in any language."""
        return self._builder.slots_said(prompt)

    def reads(self, source: int, expr: Expr | None, mark: Mark) -> None:
        if expr is not None:
            self.touches(source, sorted(names(expr)), mark)

    def arrives_refused(self) -> None:
        """Whoever comes here asked for a person and is told why not: from now on a real step is owed."""
        entered, self.enter = self.enter, self.passing("refused")
        self._builder.edge(entered, self.enter, Move("owed", mark=self.node.mark), sets=self.monitors.refuse())

    def _spoken(self, source: int, keys: Iterable[str], when: Expr | None) -> None:
        for key in keys:
            self.never(source, "say", key, self.node.mark, when)


__all__ = ["Place", "all_of"]
