"""When it is the turn of somebody who left the carrier's line and kept their place. The carrier tells who waits and how many were
taken, and nothing of who stands where: whoever waited when the place was first seen stands before it, as long as they still wait.

In memory: after a restart everybody who waits then counts as before, and the call comes later rather than too early.
Called by `kept_places`.
"""

from __future__ import annotations

from collections.abc import Collection

from ivr.runtime.queue_figures import QueueFigures


class CarrierTurns:
    def __init__(self, figures: QueueFigures):
        self._figures = figures
        self._ahead: dict[str, frozenset[str]] = {}

    def only(self, keys: Collection[str]) -> None:
        """Forget the others."""
        self._ahead = {key: ahead for key, ahead in self._ahead.items() if key in keys}

    def is_near(self, key: str, queue: str, own_call: str, kept_before: int, within_s: float) -> bool:
        """Whether the turn comes within so many seconds, by how fast the line moves, or nobody stands before this place any more.
        `kept_before`: earlier kept places of the same queue."""
        waiting = self._figures.waiting(queue)
        if waiting is None or own_call in waiting:
            return False
        ahead = self._ahead[key] = self._ahead.get(key, waiting) & waiting
        if not ahead and not kept_before:
            return True
        expected_s = self._figures.expected_s(queue, len(ahead) + kept_before + 1)
        return expected_s is not None and expected_s <= within_s

    def moves(self, queue: str) -> bool:
        """Whether somebody answers there."""
        return self._figures.takes(queue)
