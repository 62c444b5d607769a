"""Waiting lines of the emulated carrier: order, position, size, average wait. Made on demand, like Twilio's."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.testing.emulated_call import EmulatedCall


@dataclass
class EmulatedQueue:
    name: str
    max_size: int = 1000
    """Twilio's default; its limit is 5000."""
    sid: str = field(default_factory=lambda: "QU" + secrets.token_hex(16))
    waiting: list[EmulatedCall] = field(default_factory=list)
    agents: list[EmulatedCall] = field(default_factory=list)
    """Calls that dialled this queue while it was empty."""
    _waits_s: list[float] = field(default_factory=list)
    _joined_s: dict[str, float] = field(default_factory=dict)
    _waited_s: dict[str, float] = field(default_factory=dict)

    def join(self, call: EmulatedCall, now_s: float) -> bool:
        """False when the queue is full."""
        if len(self.waiting) >= self.max_size:
            return False
        self.waiting.append(call)
        self._joined_s[call.sid] = now_s
        return True

    def leave(self, call: EmulatedCall, now_s: float) -> int:
        """Take the call out; returns the whole seconds it waited, also when it was taken out before."""
        if call in self.waiting:
            self.waiting.remove(call)
            self._waited_s[call.sid] = now_s - self._joined_s.pop(call.sid)
            self._waits_s.append(self._waited_s[call.sid])
        return int(self._waited_s.get(call.sid, 0))

    def fields(self, call: EmulatedCall, now_s: float) -> list[tuple[str, str]]:
        """What the waitUrl is told."""
        average = sum(self._waits_s) / len(self._waits_s) if self._waits_s else 0
        return [("QueueSid", self.sid), ("QueuePosition", str(self.waiting.index(call) + 1)),
                ("CurrentQueueSize", str(len(self.waiting))), ("MaxQueueSize", str(self.max_size)),
                ("QueueTime", str(int(now_s - self._joined_s[call.sid]))), ("AvgQueueTime", str(int(average)))]


class Queues:
    def __init__(self, clock_s: Callable[[], float]):
        self.clock_s = clock_s
        self.by_name: dict[str, EmulatedQueue] = {}

    def named(self, name: str, max_size: int = 1000) -> EmulatedQueue:
        return self.by_name.setdefault(name, EmulatedQueue(name, max_size))


@dataclass
class Bridge:
    """A conversation between a caller and an agent."""

    caller: EmulatedCall
    agent: EmulatedCall | None = None

    def ends(self) -> None:
        """The agent hangs up: the caller goes on at the queue's action with `bridged`."""
        self.caller._bridge_ended()
        if self.agent is not None and not self.agent.ended:
            self.agent._dial_over("completed")
