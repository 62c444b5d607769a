"""The search itself: every reachable state, by the fewest caller turns. Pure.

States are numbered in the order they are found. Silent edges are followed before a caller turn is spent, so the first way
to a state that is recorded spends as few turns as any.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from ivr.proof.pack import Packed

MAX_STATES = 4_000_000


class TooManyStates(ValueError):
    """The bundle has more states than are searched."""


@dataclass(slots=True)
class Reached:
    packed: Packed
    index: dict[int, int]
    """state -> its number; in order of discovery"""
    parent: array[int]
    """number -> the state it was first reached from, -1 for a start"""
    via: array[int]
    """number -> the edge (of the system) it was first reached by, -1 for a start"""
    source: array[int]
    target: array[int]
    edge: array[int]
    """Every transition that was found: numbers of two states and the edge between them."""
    _states: list[int] | None = None

    @property
    def states(self) -> list[int]:
        """Every state by its number."""
        if self._states is None:
            self._states = list(self.index)
        return self._states

    def way_to(self, number: int) -> list[tuple[int, int]]:
        """(edge, state number) from a start to this state; the start itself has edge -1."""
        way = []
        while number >= 0:
            way.append((self.via[number], number))
            number = self.parent[number]
        return way[::-1]


def search(packed: Packed, limit: int = MAX_STATES) -> Reached:
    index: dict[int, int] = {s: n for n, s in enumerate(packed.starts)}
    parent, via = array("i", [-1] * len(index)), array("i", [-1] * len(index))
    source, target, label = array("i"), array("i"), array("i")
    out, spot_mask = packed.out, packed.spot_mask
    level, later = list(packed.starts), []
    while level:
        for state in level:  # grows while silent edges are followed
            number = index[state]
            for guard_mask, patterns, keep, put, turn, edge in out[state & spot_mask]:
                if patterns is not None and not patterns[state & guard_mask]:
                    continue
                following = state & keep | put
                known = index.get(following)
                if known is None:
                    if turn:
                        later.append((following, number, edge))
                        continue
                    known = index[following] = len(parent)
                    parent.append(number)
                    via.append(edge)
                    level.append(following)
                source.append(number)
                target.append(known)
                label.append(edge)
        if len(parent) > limit:
            raise TooManyStates(f"more than {limit} states")
        level = []
        for following, number, edge in later:
            known = index.get(following)
            if known is None:
                known = index[following] = len(parent)
                parent.append(number)
                via.append(edge)
                level.append(following)
            source.append(number)
            target.append(known)
            label.append(edge)
        later = []
    return Reached(packed, index, parent, via, source, target, label)
