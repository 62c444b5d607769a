"""A day at the queue in virtual time: callers who come, wait and give up, agents who take them, through the production routing.

Nothing sleeps and nothing is a clock: a heap of what happens next. One seed is one day, and the same day again.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.agents.estimate import expected_wait_s
from ivr.agents.floor import Floor
from ivr.agents.presence import Agent, Doing
from ivr.agents.waiting import Ticket

HEARD_EVERY_S = 5.0
"""An agent's page is heard of so often while its browser lives."""
QUEUE = "tier1"


@dataclass(frozen=True, slots=True)
class Day:
    agents: tuple[Agent, ...]
    callers: int = 1000
    warm_up: int = 0
    """The first callers, who find an empty floor: they are served and not counted."""
    load: float = 0.85
    """Share of the agents' time that the calls need: what decides how often they come."""
    talk_s: float = 420.0
    wrap_up_s: float = 60.0
    answer_s: float = 2.0
    """From the offer to the agent's taking it."""
    spanish: float = 0.3
    urgent: float = 0.0
    ahead_s: float = 900.0
    patience_s: float | None = None
    """Mean; None: nobody gives up."""
    browser_lives_s: float | None = None
    """Mean over all agents' browsers until the next one dies; None: none does."""
    back_after_s: float = 120.0
    estimates: bool = False
    """Whether everybody is told how long it will take when they come; costs time, changes nothing."""
    by_language: bool = False
    """For comparison only: each language has a line of its own, and agents of its own."""


@dataclass(slots=True)
class Caller:
    ticket: Ticket
    counted: bool
    taken_s: list[float] = field(default_factory=list)
    """Each time an agent took them: more than once where a browser died."""
    ended: str = ""
    """served | gave_up; empty: lost, which must not happen."""
    returned_after_s: list[float] = field(default_factory=list)
    """From the death of an agent's browser until they were in the line again."""
    ended_s: float = 0.0
    expected_s: float | None = None
    """As worked out when they came; None where they were not told."""

    @property
    def waited_s(self) -> float:
        return (self.taken_s[0] if self.taken_s else self.ended_s) - self.ticket.joined_s


class Run:
    """One day. `callers` holds what became of everybody; `faults` what must never happen, in words."""

    def __init__(self, day: Day, seed: int):
        self._day, self._random = day, random.Random(seed)
        self._heap: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = itertools.count()
        self.floor = Floor()
        self.callers: dict[str, Caller] = {}
        self.faults: list[str] = []
        self._dead: dict[str, float] = {}
        self._to_come = day.callers + day.warm_up
        self._open = 0

    def play(self) -> Run:
        for agent in self._day.agents:
            self.floor = self.floor.sign_in(agent, 0.0)
        self._after(self._next_s(), 0.0, self._arrive)
        if self._day.browser_lives_s:
            self._after(HEARD_EVERY_S, 0.0, self._hear)
            self._after(self._random.expovariate(1 / self._day.browser_lives_s), 0.0, self._die)
        while self._heap and (self._to_come or self._open):
            at_s, _, happens = heapq.heappop(self._heap)
            happens(at_s)
            self._offer(at_s)
        self.faults += [f"{c.ticket.call_id} was lost" for c in self.callers.values() if not c.ended]
        return self

    # -- callers ------------------------------------------------------------------------------------------------------

    def _arrive(self, now_s: float) -> None:
        number, rnd = len(self.callers), self._random
        language = "es" if rnd.random() < self._day.spanish else "en"
        queue = f"{QUEUE}_{language}" if self._day.by_language else QUEUE
        ahead_s = self._day.ahead_s if rnd.random() < self._day.urgent else 0.0
        ticket = Ticket(f"CA{number}", queue, language, now_s, ahead_s)
        self.callers[ticket.call_id] = Caller(ticket, number >= self._day.warm_up)
        if self._day.estimates:
            self.callers[ticket.call_id].expected_s = expected_wait_s(self.floor, ticket, now_s)
        self.floor = self.floor.join(ticket)
        self._joined(self.callers[ticket.call_id], now_s)
        self._to_come -= 1
        self._open += 1
        if self._day.patience_s:
            self._after(rnd.expovariate(1 / self._day.patience_s), now_s, lambda at: self._give_up(ticket.call_id, at))
        if self._to_come:
            self._after(self._next_s(), now_s, self._arrive)

    def _joined(self, caller: Caller, now_s: float) -> None:
        """Somebody waits: for floors on which they may do something else about it."""

    def _give_up(self, call_id: str, now_s: float) -> None:
        if call_id in self.floor.line.waiting:
            self._end(call_id, "gave_up", now_s)
            self.floor = self.floor.leave(call_id, now_s)

    def _end(self, call_id: str, how: str, now_s: float) -> None:
        caller = self.callers[call_id]
        if caller.ended:
            self.faults.append(f"{call_id} ended twice")
        caller.ended, caller.ended_s = how, now_s
        self._open -= 1

    # -- agents -------------------------------------------------------------------------------------------------------

    def _offer(self, now_s: float) -> None:
        before = self.floor
        self.floor, offers = before.offers(now_s)
        for offer in offers:
            if self.callers[offer.call_id].ended:
                self.faults.append(f"{offer.call_id} rang behind their end")
            ticket, agent = before.line.waiting[offer.call_id], before.staff.posts[offer.agent_id].agent
            if any(t.rank < ticket.rank and agent.takes(t) and not t.absent for t in self.floor.line.waiting.values()):
                self.faults.append(f"somebody was passed over for {offer.call_id}")
            self._after(self._day.answer_s, now_s, lambda at, o=offer: self._take(o.agent_id, o.call_id, at))

    def _take(self, agent_id: str, call_id: str, now_s: float) -> None:
        post = self.floor.staff.posts.get(agent_id)
        if agent_id in self._dead or post is None or post.doing is not Doing.OFFERED or post.call_id != call_id:
            return
        self.floor = self.floor.accept(agent_id, now_s)
        self.callers[call_id].taken_s.append(now_s)
        self._after(self._random.expovariate(1 / self._day.talk_s), now_s, lambda at: self._hang_up(agent_id, call_id, now_s, at))

    def _hang_up(self, agent_id: str, call_id: str, began_s: float, now_s: float) -> None:
        post = self.floor.staff.posts.get(agent_id)
        if agent_id in self._dead or post is None or post.call_id != call_id or post.began_s != began_s:
            return
        self.floor = self.floor.finish(agent_id, now_s)
        self._end(call_id, "served", now_s)
        wrap_up_s = self._random.expovariate(1 / self._day.wrap_up_s) if self._day.wrap_up_s else 0.0
        self._after(wrap_up_s, now_s, lambda at: self._ready(agent_id, at))

    def _ready(self, agent_id: str, now_s: float) -> None:
        if agent_id not in self._dead:
            self.floor = self.floor.ready(agent_id, now_s)

    # -- browsers -----------------------------------------------------------------------------------------------------

    def _hear(self, now_s: float) -> None:
        for agent_id in self.floor.staff.posts:
            if agent_id not in self._dead:
                self.floor = self.floor.seen(agent_id, now_s)
        self.floor, gone = self.floor.without_gone(now_s)
        for post in gone:
            if post.call_id:
                self.callers[post.call_id].returned_after_s.append(now_s - self._dead[post.agent.id])
        self._after(HEARD_EVERY_S, now_s, self._hear)

    def _die(self, now_s: float) -> None:
        alive = [p.agent for p in self.floor.staff.posts.values() if p.agent.id not in self._dead]
        if alive:
            agent = self._random.choice(alive)
            self._dead[agent.id] = now_s
            self._after(self._day.back_after_s, now_s, lambda at: self._come_back(agent, at))
        self._after(self._random.expovariate(1 / (self._day.browser_lives_s or 1)), now_s, self._die)

    def _come_back(self, agent: Agent, now_s: float) -> None:
        del self._dead[agent.id]
        self.floor = self.floor.sign_in(agent, now_s)

    # -- parts --------------------------------------------------------------------------------------------------------

    def _next_s(self) -> float:
        handling_s = self._day.answer_s + self._day.talk_s + self._day.wrap_up_s
        return self._random.expovariate(self._day.load * len(self._day.agents) / handling_s)

    def _after(self, seconds: float, now_s: float, happens: Callable[[float], None]) -> None:
        heapq.heappush(self._heap, (now_s + seconds, next(self._numbers), happens))


def staff(both: int, english: int = 0, spanish: int = 0) -> tuple[Agent, ...]:
    kinds = [("both", ("en", "es"), both), ("en", ("en",), english), ("es", ("es",), spanish)]
    return tuple(Agent(f"{name}{n}", languages=frozenset(speaks)) for name, speaks, count in kinds for n in range(count))
