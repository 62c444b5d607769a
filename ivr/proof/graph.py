"""The reached states as a graph in arrays: who follows whom, and how far it is to somewhere. Pure.

Whole levels are worked on at once; a million states take about a second.
"""

from __future__ import annotations

import numpy as np

from ivr.proof.search import Reached

FAR = 30_000
"""More caller turns than any call has: no way at all."""


class Graph:
    """Edges between state numbers; `turn`, `command` and `event` of each are looked up in the system."""

    def __init__(self, reached: Reached):
        self.size = len(reached.parent)
        self.source = np.frombuffer(reached.source, dtype=np.int32)
        self.target = np.frombuffer(reached.target, dtype=np.int32)
        self.edge = np.frombuffer(reached.edge, dtype=np.int32)
        edges = reached.packed.system.edges
        self.turn = np.array([e.turn for e in edges], dtype=bool)[self.edge]
        self.command = np.array([e.command for e in edges], dtype=bool)[self.edge]
        self._by_target: tuple[np.ndarray, np.ndarray] | None = None
        self._by_source: tuple[np.ndarray, np.ndarray] | None = None

    def turns_to(self, goals: np.ndarray, usable: np.ndarray) -> np.ndarray:
        """Per state the fewest caller turns to one of the goals, by usable edges only; FAR where there is no way."""
        order, begin = self._into()
        distance = np.full(self.size, FAR, dtype=np.int32)
        distance[goals] = 0
        level, frontier = 0, goals
        while frontier.size:
            frontier = self._closure(frontier, level, distance, usable, order, begin)
            edges = _slices(begin, frontier, order)
            edges = edges[usable[edges] & self.turn[edges]]
            before = np.unique(self.source[edges])
            level += 1
            frontier = before[distance[before] > level]
            distance[frontier] = level
        return distance

    def _closure(self, frontier: np.ndarray, level: int, distance: np.ndarray, usable: np.ndarray, order: np.ndarray,
                 begin: np.ndarray) -> np.ndarray:
        """The frontier and all states that come to it without a caller turn."""
        found = [frontier]
        while frontier.size:
            edges = _slices(begin, frontier, order)
            edges = edges[usable[edges] & ~self.turn[edges]]
            before = np.unique(self.source[edges])
            frontier = before[distance[before] > level]
            distance[frontier] = level
            found.append(frontier)
        return np.concatenate(found)

    def reachable(self, starts: np.ndarray, usable: np.ndarray) -> np.ndarray:
        """Which states can be reached from the starts by usable edges."""
        order, begin = self._out_of()
        seen = np.zeros(self.size, dtype=bool)
        seen[starts] = True
        frontier = starts
        while frontier.size:
            edges = _slices(begin, frontier, order)
            after = np.unique(self.target[edges[usable[edges]]])
            frontier = after[~seen[after]]
            seen[frontier] = True
        return seen

    def _into(self) -> tuple[np.ndarray, np.ndarray]:
        if self._by_target is None:
            self._by_target = _sorted_by(self.target, self.size)
        return self._by_target

    def _out_of(self) -> tuple[np.ndarray, np.ndarray]:
        if self._by_source is None:
            self._by_source = _sorted_by(self.source, self.size)
        return self._by_source


def _sorted_by(ends: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Edge numbers ordered by their end, and where each state's own begin."""
    order = np.argsort(ends, kind="stable").astype(np.int32)
    return order, np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=size)))).astype(np.int64)


def _slices(begin: np.ndarray, states: np.ndarray, order: np.ndarray) -> np.ndarray:
    """All edges of these states."""
    starts, lengths = begin[states], begin[states + 1] - begin[states]
    total = int(lengths.sum())
    if not total:
        return order[:0]
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return order[offsets + np.arange(total)]
