"""A waiting line as data: who joined when, who is being served, and everybody's place. Pure: each step gives a new line.

A place is made once, when somebody joins, and never again: whoever is put back, because an agent's browser died or nobody took
the call, has the rank they had. Whoever has left is in no part of the line, so nothing can offer them any more.
Whoever is absent has hung up and is called when their turn comes: a kept place counts like any other and is never taken, until its
caller arrives and has it. Called by `agents.floor`; the estimate and the waiting room read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Ticket:
    """One caller's place."""

    call_id: str
    queue: str
    language: str
    joined_s: float
    """Instant of joining, on whatever clock the line is kept by."""
    ahead_s: float = 0.0
    """Head start of the urgent: they are served as if they had come so much earlier. Finite, so that nobody waits for ever."""
    tier: int = 1
    """Lowest tier of agents who may take the caller."""
    skills: frozenset[str] = frozenset()
    """Every one of these the agent must have."""
    seq: int = 0
    """Number that the line gave: decides between those who came at the same instant."""
    absent: bool = False
    """A kept place: its caller has hung up and is called when their turn comes. Nothing offers it."""

    @property
    def rank(self) -> tuple[float, int]:
        """Smaller is served first."""
        return (self.joined_s - self.ahead_s, self.seq)

    def waited_s(self, now_s: float) -> float:
        return max(0.0, now_s - self.joined_s)


@dataclass(frozen=True, slots=True)
class Line:
    """Every queue's callers. No call is in both parts."""

    waiting: Mapping[str, Ticket] = field(default_factory=dict)
    served: Mapping[str, Ticket] = field(default_factory=dict)
    """Offered to an agent or talking with one."""
    last_seq: int = 0
    passed: frozenset[str] = frozenset()
    """Kept places whose turn has come already: somebody behind them was taken by an agent who would have taken them."""

    def join(self, ticket: Ticket) -> Line:
        """At the end of those of the same head start. Nothing for who is in the line already: nobody gets a second place."""
        if ticket.call_id in self.waiting or ticket.call_id in self.served:
            return self
        new = replace(ticket, seq=self.last_seq + 1)
        return replace(self, waiting={**self.waiting, new.call_id: new}, last_seq=new.seq)

    def leave(self, call_id: str) -> Line:
        """Gone, wherever they were. Nothing brings them back but joining anew."""
        return replace(self, waiting=_without(self.waiting, call_id), served=_without(self.served, call_id),
                       passed=self.passed - {call_id})

    def take(self, call_id: str) -> Line:
        """From waiting to being served; nothing for who does not wait, or is not there."""
        ticket = self.waiting.get(call_id)
        if ticket is None or ticket.absent:
            return self
        return replace(self, waiting=_without(self.waiting, call_id), served={**self.served, call_id: ticket})

    def put_back(self, call_id: str) -> Line:
        """To the place they had; nothing for who left meanwhile."""
        ticket = self.served.get(call_id)
        if ticket is None:
            return self
        return replace(self, waiting={**self.waiting, call_id: ticket}, served=_without(self.served, call_id))

    # -- those who are not there ------------------------------------------------------------------------------------

    def keeping(self, places: Mapping[str, Ticket]) -> Line:
        """With these kept places, by the id of each ticket, and no others. One that is kept already stays as it is."""
        line = self
        for call_id in [t.call_id for t in self.waiting.values() if t.absent and t.call_id not in places]:
            line = line.leave(call_id)
        for ticket in places.values():
            line = line.join(replace(ticket, absent=True))
        return line

    def arrive(self, kept: str, ticket: Ticket) -> Line:
        """The caller of a kept place is there, under a ticket of their own: at the place that was kept. Where none was, they join."""
        if not self.keeps(kept) or self.of(ticket.call_id) is not None:
            return self.join(ticket)
        place = self.waiting[kept]
        own = replace(ticket, joined_s=place.joined_s, ahead_s=place.ahead_s, seq=place.seq, absent=False)
        left = self.leave(kept)
        return replace(left, waiting={**left.waiting, own.call_id: own})

    def keeps(self, call_id: str) -> bool:
        return call_id in self.waiting and self.waiting[call_id].absent

    def unpassed(self) -> tuple[Ticket, ...]:
        """Kept places whose turn has not come yet, in order."""
        absent = (t for t in self.waiting.values() if t.absent and t.call_id not in self.passed)
        return tuple(sorted(absent, key=lambda t: t.rank))

    def passes(self, kept: str) -> Line:
        """Somebody behind this kept place was taken in its stead."""
        return replace(self, passed=self.passed | {kept})

    def in_order(self) -> tuple[Ticket, ...]:
        return tuple(sorted(self.waiting.values(), key=lambda t: t.rank))

    def position(self, call_id: str) -> int:
        """Place among those who wait for the same queue, 1 for the next one; 0 for who does not wait."""
        own = self.waiting.get(call_id)
        return 0 if own is None else 1 + sum(t.rank < own.rank for t in self.waiting.values() if t.queue == own.queue)

    def of(self, call_id: str) -> Ticket | None:
        return self.waiting.get(call_id) or self.served.get(call_id)


def _without(tickets: Mapping[str, Ticket], call_id: str) -> Mapping[str, Ticket]:
    return {k: t for k, t in tickets.items() if k != call_id} if call_id in tickets else tickets
