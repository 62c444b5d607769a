"""Nodes that are new, gone or another kind, and where their outcomes lead now. Pure. What they say: `diff.contents`."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diff.change import Change, Pair, comparer
from ivr.diff.contents import contents
from ivr.diff.wording import only, shown
from ivr.flow.model_flow import Flow, Node, Target


@comparer
def nodes(pair: Pair) -> Iterator[Change]:
    for name in pair.a.flows.keys() & pair.b.flows.keys():
        yield from _in(pair, pair.a.flows[name], pair.b.flows[name])
    for name in pair.b.flows.keys() - pair.a.flows.keys():
        flow = pair.b.flows[name]
        subjects = tuple(("node", name, node) for node in flow.nodes) + _head(flow)
        yield Change("led", f"flow {name} is new, with {len(flow.nodes)} nodes", subjects)
    for name in pair.a.flows.keys() - pair.b.flows.keys():
        flow = pair.a.flows[name]
        yield Change("led", f"flow {name} is gone", tuple(("node", name, node) for node in flow.nodes) + _head(flow))


def _head(flow: Flow) -> tuple[tuple[str, ...], ...]:
    parts = ("start", "inputs", "results", "retry", "confidence", "places")
    return (*(("flow", flow.id, part) for part in parts), *(("var", flow.id, v) for v in flow.vars),
            *(("slot", flow.id, s) for s in flow.slots))


def _in(pair: Pair, a: Flow, b: Flow) -> Iterator[Change]:
    for node in b.nodes.values():
        old, subject = a.nodes.get(node.id), (("node", b.id, node.id),)
        if old is None:
            yield Change("led", f"node {node.id} ({b.id}) is new: {node.kind}{_ways(node)}", subject, mark=node.mark)
        elif old.kind != node.kind:
            yield Change("led", f"node {node.id} ({b.id}) is a {node.kind} instead of a {old.kind} now", subject, mark=node.mark)
        else:
            yield from contents(pair, b, old, node)
            yield from _wiring(pair, b, old, node)
    for node in a.nodes.values():
        if node.id not in b.nodes:
            yield Change("led", f"node {node.id} ({a.id}) is gone", (("node", a.id, node.id),), mark=node.mark)


def _ways(node: Node) -> str:
    """Where it leads, as far as that fits into a sentence."""
    targets = list(dict.fromkeys(t.go for t in node.to.values()))
    return f", leads to {', '.join(targets)}" if 0 < len(targets) <= 4 else ""


def _wiring(pair: Pair, flow: Flow, old: Node, new: Node) -> Iterator[Change]:
    for outcome, target in new.to.items():
        was = old.to.get(outcome)
        if was is None:
            continue  # told by what the node says now
        subject, callers = (("node", flow.id, new.id),), pair.callers.at(flow.id, new.id)
        who, at = _who(pair, new, outcome, callers), (f"{new.id} ({flow.id})",)
        if target.go != was.go:
            sets = f" (and set {shown(dict(target.set))})" if _sets(target) != _sets(was) else ""
            yield Change("led", f"{who} now go to {target.go} instead of {was.go}{sets}", subject, at, target.mark)
        elif _sets(target) != _sets(was):
            yield Change("led", f"for {who} the call now remembers {shown(_sets(target))} instead of {shown(_sets(was))}", subject, at,
                         target.mark)


def _sets(target: Target) -> dict[str, str]:
    return dict(target.set)


def _who(pair: Pair, node: Node, outcome: str, callers: str) -> str:
    """Those who leave the node by this outcome."""
    if node.kind == "ask" and outcome in pair.b.intents:
        return f"callers asking about {pair.callers.intent(outcome)} at {{at}}"
    if node.kind == "menu":
        key = next((c.key for c in node.params.choices if c.id == outcome), "")
        if key:
            return f"{callers} who press {key} ({outcome}) at {{at}}"
    if node.kind == "decide":
        row = next((r.when for r in node.params.rows if r.id == outcome), "")
        return f"{callers} {only(row)} at {{at}}"
    return f"{callers}{_OUTCOMES.get((node.kind, outcome)) or _OUTCOMES.get(('', outcome)) or f' for whom {{at}} ends in {outcome}'}"


_OUTCOMES = {
    ("", "silence"): " who say nothing at {at}", ("", "no_match"): " who are not understood at {at}",
    ("", "done"): " after {at}", ("collect", "yes"): " who say yes at {at}", ("collect", "no"): " who say no at {at}",
    ("", "refused"): " who will not answer {at}", ("collect", "failed"): " whose answer is not understood at {at}",
    ("ask", "other"): " who want something else at {at}", ("", "agent_request"): " who ask for a person at {at}",
    ("send", "sent"): " who agree to the message of {at}", ("", "declined"): " who decline {at}",
    ("transfer", "closed"): " who qualify outside office hours at {at}",
    ("transfer", "wait_too_long"): " for whom the wait is too long at {at}",
    ("transfer", "left"): " who leave the queue at {at}", ("transfer", "connected"): " who have spoken with a person at {at}",
    ("promise", "no_contact"): " who give no number at {at}", ("", "timeout"): " for whom {at} takes too long",
    ("", "error"): " for whom {at} cannot be looked up", ("promise", "promised"): " who were promised something at {at}",
}
"""(kind, outcome) -> who they are; an empty kind stands for all."""
