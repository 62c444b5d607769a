"""Everything that is known of one searched bundle: what the laws look at. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node
from ivr.proof.graph import Graph
from ivr.proof.monitors import OFFERED, YES
from ivr.proof.search import Reached
from ivr.proof.system import Edge, Spot, System


@dataclass
class Case:
    bundle: Bundle
    reached: Reached

    @property
    def system(self) -> System:
        return self.reached.packed.system

    @cached_property
    def graph(self) -> Graph:
        return Graph(self.reached)

    @cached_property
    def spot_of(self) -> np.ndarray:
        """Per state number the index of its spot."""
        mask = self.reached.packed.spot_mask
        return np.fromiter((s & mask for s in self.reached.index), dtype=np.int32, count=len(self.reached.index))

    def spot(self, number: int) -> Spot:
        return self.system.spots[self.spot_of[number]]

    def node(self, spot: Spot) -> Node:
        return self.bundle.flows[spot.flow].nodes[spot.node]

    def values(self, number: int) -> dict[str, str]:
        return self.reached.packed.values(self.reached.states[number])

    def at_spots(self, chosen: Iterator[int] | list[int]) -> np.ndarray:
        """Numbers of all states at these spots."""
        return np.nonzero(np.isin(self.spot_of, np.fromiter(chosen, dtype=np.int32)))[0]

    def edges_to(self, number: int) -> list[Edge]:
        """The edges of the shortest call to a state."""
        return [self.system.edges[e] for e, _ in self.reached.way_to(number) if e >= 0]

    @cached_property
    def ends(self) -> np.ndarray:
        """States in which a call has ended; where the policy asks for next steps, only those that were given one."""
        ended = self.at_spots([n for n, s in enumerate(self.system.spots) if s.stage.startswith("ended:")])
        if not self.wants_steps:
            return ended
        return np.array([n for n in ended if self.values(int(n))[OFFERED] == YES], dtype=ended.dtype)

    def found_at(self, spot: Spot) -> int:
        """When the node of a spot was found first, as a state number."""
        return self._first_states.get((spot.flow, spot.node), 0)

    @cached_property
    def _first_states(self) -> dict[tuple[str, str], int]:
        first: dict[tuple[str, str], int] = {}
        for number, index in enumerate(self.spot_of):
            spot = self.system.spots[index]
            first.setdefault((spot.flow, spot.node), number)
        return first

    @cached_property
    def turns_left(self) -> np.ndarray:
        """Per state the fewest caller turns to an end, without a command."""
        return self.graph.turns_to(self.ends, ~self.graph.command)

    @property
    def wants_steps(self) -> bool:
        return any(rule.form == "refused" for rule in self.bundle.policy.always)

    @cached_property
    def broken(self) -> dict[tuple[str, str, str, str], int]:
        """(law, detail, flow, node) -> the state found first in which the law is broken."""
        found: dict[tuple[str, str, str, str], int] = {}
        spots = [n for n, s in enumerate(self.system.spots) if s.stage.startswith("broken:")]
        for number in self.at_spots(spots):
            spot = self.spot(int(number))
            _, law, detail = spot.stage.split(":", 2)
            found.setdefault((law, detail, spot.flow, spot.node), int(number))
        return found

    @cached_property
    def found_edges(self) -> list[Edge]:
        """Every edge that some call takes."""
        return [self.system.edges[n] for n in np.unique(self.graph.edge)]

    @cached_property
    def nodes_found(self) -> frozenset[tuple[str, str]]:
        return frozenset((s.flow, s.node) for s in (self.system.spots[n] for n in np.unique(self.spot_of)) if s.stack)

    @cached_property
    def outcomes_found(self) -> frozenset[tuple[str, str, str]]:
        """(flow, node, outcome) by which some call leaves a node."""
        found = set()
        for edge in self.found_edges:
            spot, outcome = self.system.spots[edge.source], edge.move.outcome
            if outcome and edge.move.event == "result":
                found.add((*spot.stack[-2], outcome))
            elif outcome and spot.stack:
                found.add((spot.flow, spot.node, outcome))
        return frozenset(found)
