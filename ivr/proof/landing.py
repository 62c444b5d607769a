"""The safe landing has given a step before it waits for anything: then nobody is hung up on without one. Pure.

The engine ends a call that spends its whole budget after the safe landing was spoken. The search lets that happen only to
callers who were offered a step; this law is why that leaves nobody out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.mark import Mark
from ivr.proof.case import Case
from ivr.proof.monitors import NO, OFFERED


def unhelpful_landing(case: Case) -> Iterator[tuple[int, Mark]]:
    """(state, line) of each entry flow whose safe landing waits or ends before a step was offered."""
    if not case.wants_steps:
        return
    for flow in {case.bundle.flows[line.flow].id: case.bundle.flows[line.flow] for line in case.bundle.lines.values()}.values():
        node = flow.nodes.get(flow.defaults.places["safe_landing"])
        spots = [n for n, s in enumerate(case.system.spots) if s.stack == ((flow.id, node.id),) and s.stage == "enter"] if node else []
        without = [int(n) for n in case.at_spots(spots) if case.values(int(n))[OFFERED] == NO]
        first = next((n for n in without if _waits_without_step(case, n)), None)
        if node and first is not None:
            yield first, node.mark


def _waits_without_step(case: Case, number: int) -> bool:
    packed = case.reached.packed
    todo, seen = [case.reached.states[number]], set()
    while todo:
        state = todo.pop()
        if state in seen or packed.values(state)[OFFERED] != NO:
            continue
        seen.add(state)
        spot = case.system.spots[state & packed.spot_mask]
        if spot.waits or spot.stage.startswith("ended:"):
            return True
        todo += [following for following, _ in packed.following(state)]
    return False
