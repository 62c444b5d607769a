"""Who is called by the application, and what they do: the other end of an outbound call at the emulated carrier.

A callee is a plain script. `play` lets a ringing call run to its end as the callee would have it; a test may also move the
call by itself (`call.answer()`, `call.press()`). With `Callees.at_once` every outbound call is played as soon as the carrier
has taken it, in a thread of its own, which is what load and fault tests use.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.testing.carrier import Carrier
    from ivr.testing.emulated_call import EmulatedCall

Play = Callable[["Carrier", "EmulatedCall", "Callee"], None]
BEHAVIOURS = ("human", "machine", "tty", "busy", "no_answer", "failed")


@dataclass(frozen=True, slots=True)
class Callee:
    behaviour: str = "no_answer"
    """human | machine (a greeting, then a beep) | tty (a text telephone, taken for a fax) | busy | no_answer | failed"""
    keys: str = ""
    """What a human presses, one key for each question; nothing is a person who hangs up."""
    agent: bool = True
    """Whether somebody takes the call out of the queue that a human chose."""

    def __post_init__(self) -> None:
        if self.behaviour not in BEHAVIOURS:
            raise ValueError(f"unknown behaviour {self.behaviour!r}, expected one of {BEHAVIOURS}")


class Callees:
    """The people of the telephone network, by number; whoever is not listed does not answer."""

    def __init__(self, carrier: Carrier):
        self._carrier = carrier
        self._scripts: dict[str, deque[Callee]] = defaultdict(deque)
        self._lock = threading.Lock()
        self.at_once = False
        self.anybody = Callee()
        """What everybody does who has no script."""
        self.threads: list[threading.Thread] = []

    def will(self, number: str, *behaviours: Callee | str) -> None:
        """What the number does on its next calls, one after the other; the last one stays."""
        with self._lock:
            self._scripts[number] = deque(b if isinstance(b, Callee) else Callee(b) for b in behaviours)

    def next_of(self, number: str) -> Callee:
        with self._lock:
            line = self._scripts.get(number)
            if not line:
                return self.anybody
            return line.popleft() if len(line) > 1 else line[0]

    def taken(self, call: EmulatedCall) -> None:
        """The carrier has taken an outbound call."""
        if self.at_once:
            thread = threading.Thread(target=self.play, args=(call,), name="callee", daemon=True)
            self.threads.append(thread)
            thread.start()

    def play(self, call: EmulatedCall) -> None:
        """The call rings at the other end, and ends."""
        callee = self.next_of(call.to)
        _PLAYS[callee.behaviour](self._carrier, call, callee)

    def settle(self, timeout_s: float = 10.0) -> None:
        """Wait for the calls that are played in threads."""
        for thread in self.threads:
            thread.join(timeout_s)
        self.threads.clear()


def _human(carrier: Carrier, call: EmulatedCall, callee: Callee) -> None:
    call.answer()
    carrier.machine_detected(call, "human")
    for key in callee.keys:
        if not call.ended and call.gathering:
            call.press(key)
    if call.waiting_in and callee.agent:
        bridge = carrier.agent_answers(call.waiting_in)
        if bridge is not None:
            bridge.ends()
    if not call.ended:
        call.hangup()


def _machine(carrier: Carrier, call: EmulatedCall, callee: Callee) -> None:
    call.answer()
    carrier.machine_detected(call, "machine_end_beep")
    if not call.ended:
        call.hangup()


def _tty(carrier: Carrier, call: EmulatedCall, callee: Callee) -> None:
    call.answer()
    carrier.machine_detected(call, "fax")
    if not call.ended:
        call.hangup()


def _declines(reason: str) -> Play:
    def play(carrier: Carrier, call: EmulatedCall, callee: Callee) -> None:
        call.decline(reason)
    return play


_PLAYS: dict[str, Play] = {"human": _human, "machine": _machine, "tty": _tty, "busy": _declines("busy"),
                "no_answer": _declines("no-answer"), "failed": _declines("failed")}


def numbers_called(calls: Iterable[EmulatedCall]) -> list[str]:
    return [c.to for c in calls if c.direction == "outbound-api"]
