"""The place that a caller of the text desk gets in its line, by what queues.yaml says of their queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.agents.estimate import HANDLING_S
from ivr.agents.waiting import Ticket
from ivr.clock import Clock
from ivr.flow.model_queues import Queue
from ivr.runtime.waiting_room import may_leave

if TYPE_CHECKING:
    from ivr.runtime.bundles import Bundles
    from ivr.runtime.people import DeskCaller


@dataclass(frozen=True, slots=True)
class Place:
    ticket: Ticket
    handling_s: float = HANDLING_S
    may_leave: bool = False
    """Whether the caller is told of a key that leaves the line."""


Places = Callable[["DeskCaller", float], Place]
"""(caller, now on the desk's clock) -> place."""


def plain(caller: DeskCaller, now_s: float) -> Place:
    """First come, first served."""
    return Place(Ticket(caller.call_id, caller.queue, caller.language, now_s))


def by_queue(bundles: Bundles, clock: Clock) -> Places:
    """With tier, skills and urgency of the queue, and at the place of before for whoever waited already."""

    def place(caller: DeskCaller, now_s: float) -> Place:
        queue: Queue | None = bundles.get(caller.bundle_hash).queues.get(caller.queue)
        waited_s = max(0.0, (clock.now() - caller.since).total_seconds()) if caller.since else 0.0
        if queue is None:
            return Place(Ticket(caller.call_id, caller.queue, caller.language, now_s - waited_s))
        ticket = Ticket(caller.call_id, caller.queue, caller.language, now_s - waited_s, queue.ahead_s(caller.rule), queue.tier,
                        frozenset(queue.skills))
        # Whom we have called hears of no way out, and has none.
        return Place(ticket, float(queue.handling_s), may_leave(queue) and not getattr(caller, "called_back", False))

    return place
