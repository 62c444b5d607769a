"""Who takes which caller next. Pure: a line and the people who are ready in, pairs out.

Callers are gone through in the order of their rank (the urgent with a head start, then first come, first served, over all queues
and languages at once), and each gets somebody who can take them. So an agent who speaks both languages goes to the language whose
first caller has waited longest, and both languages wait alike as far as nobody is left idle for it. Among several who are ready,
the one who can take the fewest others is chosen, so that those who can do more stay free for those who need it; then whoever is
ready longest. Called by `agents.floor`, and by the estimate, which asks what would happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ivr.agents.presence import Agent, Post
from ivr.agents.waiting import Ticket

EVERYTHING = 1000
"""How many kinds an agent counts as taking who takes all queues, or writes all languages."""


@dataclass(frozen=True, slots=True)
class Offer:
    agent_id: str
    call_id: str


def match(tickets: Iterable[Ticket], ready: Iterable[Post]) -> tuple[Offer, ...]:
    """Every offer that can be made now. Nobody who is there and comes earlier, and whom the agent could take, is passed over; each
    caller and each agent is in one offer at most. Whoever is absent is offered to nobody, and holds up nobody."""
    free = sorted(ready, key=lambda p: (breadth(p.agent), p.since_s, p.agent.id))
    offers: list[Offer] = []
    for ticket in sorted((t for t in tickets if not t.absent), key=lambda t: t.rank):
        if not free:
            break
        chosen = _first(free, ticket)
        if chosen is not None:
            free.remove(chosen)
            offers.append(Offer(chosen.agent.id, ticket.call_id))
    return tuple(offers)


def passed_over(absent: Sequence[Ticket], ticket: Ticket, agent: Agent) -> Ticket | None:
    """The kept place that this agent would have taken instead of `ticket` if everybody were there; None where `ticket` was next.
    `absent`: in the order of their rank."""
    return next((t for t in absent if t.rank < ticket.rank and agent.takes(t)), None)


def breadth(agent: Agent) -> tuple[int, int, int]:
    """How much an agent can take, for choosing the narrowest: languages and queues, skills, tier."""
    kinds = (len(agent.languages) or EVERYTHING) * (len(agent.queues) or EVERYTHING)
    return (kinds, len(agent.skills), agent.tier)


def _first(free: Sequence[Post], ticket: Ticket) -> Post | None:
    return next((p for p in free if p.agent.takes(ticket)), None)
