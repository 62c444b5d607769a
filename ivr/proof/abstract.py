"""Where a real call stands in the search: what ties the proof to the engine. Pure.

`Shadow` follows a call event by event. What the search does not see (the words, the time, the budgets) may be anything, so
a call is in a set of states; when the set is empty, the engine did something that the proof knows nothing of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.proof.pack import Packed
from ivr.proof.system import Edge, Spot


def _send(session: Session) -> str:
    if session.waiting == "input":
        return session.memo.get("stage") or f"offer_{session.memo['channel']}"
    return f"effect_{session.memo['channel']}"


def _promise(session: Session) -> str:
    if session.waiting == "input":
        return session.memo["stage"]
    return f"message{len(session.memo['todo'].split())}" if "reference" in session.memo else "promise"


STAGES: Mapping[str, Callable[[Session], str]] = {
    "ask": lambda s: "confirm" if "confirming" in s.memo else "ask",
    "menu": lambda s: "menu",
    "collect": lambda s: "read_back" if "value" in s.memo else "ask",
    "check": lambda s: "lookup",
    "send": _send,
    "promise": _promise,
    "transfer": lambda s: "queue",
}
"""Kind -> stage of a session that waits at a node of it."""


_DETAIL: Mapping[type[ev.Event], Callable[[Any], str]] = {
    ev.LookupDone: lambda e: e.result,
    ev.QueueEnded: lambda e: e.outcome,
    ev.EffectRecorded: lambda e: "written",
    ev.EffectFailed: lambda e: "failed",
}
_UNDECLARED = "undeclared"


def spot_of(bundle: Bundle, session: Session) -> Spot:
    """The place of control at which the session waits or has ended."""
    if session.status == "ended":
        return Spot((), f"ended:{session.outcome}")
    stack = tuple((f.flow, f.node) for f in session.frames)
    stage = STAGES[bundle.flows[session.flow].nodes[session.node].kind](session)
    if session.waiting == "input":
        return Spot(stack, stage, session.tries, "caller")
    return Spot(stack, stage, 0, "rim")


class Shadow:
    """The states that a call may be in, as the search sees it."""

    def __init__(self, packed: Packed):
        self.packed = packed
        self.spots = {spot: n for n, spot in enumerate(packed.system.spots)}
        self.states: frozenset[int] = frozenset()
        self.session = sessions.fresh("", "")

    def begin(self, bundle: Bundle, session: Session) -> bool:
        """The call was answered: whether the search knows where it is."""
        return self._at(bundle, session, self._closure(self.packed.starts))

    def follow(self, bundle: Bundle, session: Session, event: ev.Event) -> bool:
        """`event` was taken: whether the search has a way by it to where the call is now. A question that is asked again
        is where it was."""
        after = {n for s in self.states for n in self._taken(bundle, s, session, event)}
        again = self.states if session.frames == self.session.frames and session.tries == self.session.tries else ()
        return self._at(bundle, session, self._closure(after).union(again))

    def _taken(self, bundle: Bundle, state: int, session: Session, event: ev.Event) -> list[int]:
        """Where such an event leads. What was said is not compared: any words may be understood in any way."""
        ways = self._ways(state)
        detail = _DETAIL.get(type(event))
        if detail is not None:
            result = detail(event) if detail(event) in self._declared(bundle) else _UNDECLARED
            return [n for n, e in ways if e.move.detail == result]
        commands = self._command(session, event)
        if commands:
            hubs = [n for n, e in ways if e.command and not e.move.detail]
            further = [(n, e) for hub in hubs for n, e in self._ways(hub)]
            return [n for n, e in (*ways, *further) if e.command and e.move.detail in commands]
        silent = isinstance(event, ev.NoInput)
        return [n for n, e in ways if not e.command and (e.move.event == "silence") is silent]

    def _ways(self, state: int) -> list[tuple[int, Edge]]:
        edges = self.packed.system.edges
        return [(following, edges[packed.edge]) for following, packed in self.packed.following(state)]

    def _command(self, session: Session, event: ev.Event) -> tuple[str, ...]:
        """The commands or spent budgets that explain the event; none when the node itself was answered."""
        if session.cycles_left < -8:
            return ("budget_spent",)
        spent = session.commands_left < self.session.commands_left
        if session.cycles_left == 0 != self.session.cycles_left or (spent and session.commands_left < 0):
            return ("budget",)
        if spent:
            return ("switch_language", "main_menu", "goodbye", "agent_request", "accommodation")
        return ("switch_language",) if isinstance(event, ev.TtyDetected) else ()

    def _declared(self, bundle: Bundle) -> frozenset[str]:
        """Results that the rim may give where the call waits."""
        node = bundle.flows[self.session.flow].nodes[self.session.node]
        return frozenset((*node.to, "written", "failed"))

    def _at(self, bundle: Bundle, session: Session, states: Iterable[int]) -> bool:
        spot = self.spots.get(spot_of(bundle, session), -1)
        mask, wanted = self._visible(spot, session)
        self.states, self.session = frozenset(s for s in states if s & mask == wanted), session
        return bool(self.states)

    def _visible(self, spot: int, session: Session) -> tuple[int, int]:
        """The bits that a session shows, and their values: its place and the variables of the bundle that matter there."""
        packed = self.packed
        if spot < 0:
            return 0, -1
        shown = {v: session.vars[v] for v in packed.fields if v in session.vars}
        if session.status != "ended":
            shown |= {"language": session.language, "channel": session.channel, "line": packed.system.lines.get(session.line, session.line)}
        mask = (sum(packed.fields[v][1] for v in shown) & packed.live[spot]) | packed.spot_mask
        return mask, packed.state(spot, shown) & mask

    def _closure(self, states: Iterable[int]) -> set[int]:
        """These states and all that follow without waiting for anything."""
        seen = set(states)
        todo = [s for s in seen if not self._waits(s)]
        while todo:
            state = todo.pop()
            for following, _ in self.packed.following(state):
                if following not in seen:
                    seen.add(following)
                    if not self._waits(following):
                        todo.append(following)
        return seen

    def _waits(self, state: int) -> bool:
        return self.packed.system.spots[state & self.packed.spot_mask].waits != ""
