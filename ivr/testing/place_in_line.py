"""One emulated call's place in a waiting line of the carrier: what its waiting room is told, and how it comes out again.

Made by an `EmulatedCall` when it is enqueued; the order of the line is `EmulatedQueue`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.testing.call_script import Fields
from ivr.testing.emulated_queue import EmulatedQueue
from ivr.testing.ledger import QueueEntry
from ivr.testing.twiml_steps import EnqueueStep, Program

if TYPE_CHECKING:
    from ivr.testing.carrier import Carrier
    from ivr.testing.emulated_call import EmulatedCall


class PlaceInLine:
    def __init__(self, carrier: Carrier, call: EmulatedCall, step: EnqueueStep, base_url: str, rest: Program):
        """`base_url`: the document with the `<Enqueue>`; `rest`: what stands behind it, for one without an action."""
        self.queue: EmulatedQueue = carrier.queues.named(step.queue, step.max_size)
        self.step, self.base_url, self.rest = step, base_url, rest
        self._carrier, self._call = carrier, call

    def join(self) -> bool:
        """False when the line is full."""
        joined = self.queue.join(self._call, self._now_s)
        self._carrier.ledger.add("queue", QueueEntry(self.step.queue, self._call.sid, self._carrier.ledger.now(),
                                                     *(() if joined else ("queue-full",))))
        return joined

    @property
    def wait_url(self) -> str:
        return urljoin(self.base_url, self.step.wait_url)

    def waiting(self) -> Fields:
        """What the waiting room is told."""
        return self.queue.fields(self._call, self._now_s)

    def leave(self, result: str) -> Fields:
        """What the action is told."""
        waited_s = self.queue.leave(self._call, self._now_s)
        self._carrier.ledger.queue_result(self._call.sid, result)
        return [("QueueResult", result), ("QueueSid", self.queue.sid), ("QueueTime", str(waited_s))]

    @property
    def _now_s(self) -> float:
        return self._carrier.queues.clock_s()
