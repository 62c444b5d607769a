"""Which callers come to a node: what they asked for, and when. Pure.

Worked out on the states that the proof has reached: from every answer that an intent gives, as far as the next open
question. Called by those who write changes.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np

from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow
from ivr.proof.case import Case

_FEW = 3
"""Intents that are named; whoever is meant by more of them is simply a caller."""
_PASSED = ("say", "set", "promise", "send")
"""Kinds after which it is still the same hour."""


class Callers:
    def __init__(self, bundle: Bundle, case: Case | None):
        self.bundle, self.case = bundle, case

    def at(self, flow: str, node: str) -> str:
        """The subject of a sentence: `callers asking about an oath (reschedule_oath) outside office hours`."""
        return f"callers{self._about(self.topics.get((flow, node), frozenset()))}{self._hours(flow, node)}"

    def hearing(self, places: list[tuple[str, str]]) -> str:
        """The same for several nodes at which one thing is heard."""
        found = [self.topics.get(p, frozenset()) for p in places]
        about = frozenset[str]().union(*found) if found and all(found) else frozenset[str]()
        late = bool(places) and all(self._hours(*p) for p in places)
        return f"callers{self._about(about)}{' outside office hours' if late else ''}"

    def _about(self, intents: frozenset[str]) -> str:
        # Whoever asks for a person is offered the topics that qualify, and so comes to all of them.
        named = intents - {"agent_request"} or intents
        if not named or len(named) > _FEW:
            return ""
        return f" asking about {' or '.join(map(self.intent, sorted(named)))}"

    def intent(self, intent_id: str) -> str:
        intent = self.bundle.intents.get(intent_id)
        name = intent.name.get(self.bundle.default_language, "") if intent else ""
        return f"{name} ({intent_id})" if name else intent_id

    # -- topics -------------------------------------------------------------------------------------------------------

    @cached_property
    def topics(self) -> dict[tuple[str, str], frozenset[str]]:
        """(flow, node) -> intents that lead there before the next open question. A node to which callers come without
        having said what they want is left out."""
        if self.case is None:
            return {}
        graph, edges = self.case.graph, self.case.system.edges
        asked, chosen = self._leaving("ask"), self._leaving("menu")
        within = np.array([not e.command and not a for e, a in zip(edges, asked, strict=True)])
        by_intent: dict[str, list[int]] = defaultdict(list)
        for n, edge in enumerate(edges):
            if edge.move.event == "intent" and asked[n]:
                by_intent[edge.move.detail].append(n)
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for intent, numbers in by_intent.items():
            for place in self._places(np.unique(graph.target[np.isin(graph.edge, np.array(numbers))]), within[graph.edge]):
                found[place].add(intent)
        said = {"intent", "key"}
        mute = np.array([not e.command and not ((a or c) and e.move.event in said) for e, a, c in zip(edges, asked, chosen, strict=True)])
        for place in self._places(np.arange(len(self.case.reached.packed.starts)), mute[graph.edge]):
            found.pop(place, None)
        return {place: frozenset(intents) for place, intents in found.items()}

    def _leaving(self, kind: str) -> list[bool]:
        """Per edge whether it begins at a node of this kind."""
        assert self.case is not None
        spots = self.case.system.spots
        own = [bool(s.stack) and self.case.node(s).kind == kind for s in spots]
        return [own[edge.source] for edge in self.case.system.edges]

    def _places(self, starts: np.ndarray, usable: np.ndarray) -> set[tuple[str, str]]:
        """(flow, node) of everything that is reached from these states by these transitions."""
        assert self.case is not None
        spots = self.case.system.spots
        reached = np.unique(self.case.spot_of[self.case.graph.reachable(starts, usable)])
        return {(spots[n].flow, spots[n].node) for n in reached if spots[n].stack}

    # -- hours --------------------------------------------------------------------------------------------------------

    def _hours(self, flow: str, node: str) -> str:
        found = self.bundle.flows.get(flow)
        return " outside office hours" if found and node in found.nodes and _is_late(found, node, set()) else ""


def _is_late(flow: Flow, node: str, seen: set[str]) -> bool:
    """Whether every way to the node is that of closed lines."""
    if node in seen or node == flow.start or node in flow.defaults.places.values():
        return False
    ways = [(n, outcome) for n in flow.nodes.values() for outcome, t in n.to.items() if t.go == node]
    return bool(ways) and all(_closed(n.kind, outcome, n.params) or (n.kind in _PASSED and _is_late(flow, n.id, seen | {node}))
                              for n, outcome in ways)


def _closed(kind: str, outcome: str, params: object) -> bool:
    if kind == "transfer":
        return outcome == "closed"
    rows = getattr(params, "rows", ()) if kind == "decide" else ()
    return any(row.id == outcome and row.when in ("hours == closed", "hours != open") for row in rows)
