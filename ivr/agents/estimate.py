"""How long somebody will wait, and what of it is said. Pure; the time and the state of the floor are arguments.

Whoever stands in a line is asked about by letting the production routing run on: everybody who is busy becomes free at the mean
pace of their kind, and takes whom `routing.match` gives them, until it is the caller's turn. Handling times are the live ones of
the queue and language. Where there are too few, the mean that the queue declares stands in, and a new caller is told no less than
what Erlang C expects of those who have to wait.

What is said is rounded up, because a wait that is shorter than was said disappoints nobody.
Called by the waiting room, the text desk and the predicate `wait_time`.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ivr.agents import erlang
from ivr.agents.figures import ARRIVALS_S, FEWEST
from ivr.agents.floor import Floor
from ivr.agents.presence import Agent, Doing, Post
from ivr.agents.routing import breadth
from ivr.agents.waiting import Ticket

HANDLING_S = 480.0
"""Where neither live times nor the queue say otherwise."""
LONGEST_S = 4 * 3600.0
"""No caller is told of waits beyond this, so nothing is worked out there."""
NEXT_S = 180.0
"""Whoever is next may be on the line so long before their turn. Where few are at work, somebody is free at long intervals only, and
whoever was not there then would lose a whole turn."""
MOST_SAID_MIN = 30
ROUND_UP = ((1, 10), (5, MOST_SAID_MIN))
"""(to whole multiples of so many minutes, up to so many minutes)."""
Pace = Callable[[str, str], float]
"""(queue, language) -> mean seconds of handling."""


def expected_wait_s(floor: Floor, ticket: Ticket, now_s: float, declared_s: Mapping[str, float] | None = None) -> float | None:
    """Seconds from now until the caller's turn; None when nobody is at work who could take them. A ticket that is not in the line
    is taken to join now. `declared_s`: queue -> mean handling time to go by where there are too few live ones."""
    at_work = [p for p in floor.staff.posts.values() if p.doing is not Doing.AWAY]
    if not any(p.agent.takes(ticket) for p in at_work):
        return None
    pace = _pace(floor, now_s, declared_s or {})
    known = floor.line.waiting.get(ticket.call_id)
    waits_s = _turn_s([*_others(floor, known or ticket), known or _last(floor, ticket)], at_work, pace)
    if known is None and waits_s > 0 and floor.figures.handling_s(ticket.queue, ticket.language, now_s) is None:
        return max(waits_s, _by_erlang_s(floor, ticket, at_work, pace, now_s))
    return waits_s


def turn_is_near(floor: Floor, kept: str, now_s: float, within_s: float, declared_s: Mapping[str, float] | None = None) -> bool:
    """Whether the caller of a kept place is to be called now: somebody behind them was taken already in their stead, or their turn
    comes within so many seconds, which is about how long it takes until they are on the line, or they are next and it comes soon.
    Whoever only has to write down what became of the last caller counts as free here: what is left of that is about as long as a
    call takes to be answered."""
    ticket = floor.line.waiting.get(kept)
    if ticket is None:
        return False
    if kept in floor.line.passed:
        return True
    at_work = [replace(p, doing=Doing.READY) if p.doing is Doing.WRAP_UP else p
               for p in floor.staff.posts.values() if p.doing is not Doing.AWAY]
    if not any(p.agent.takes(ticket) for p in at_work):
        return False
    is_next = not any(t.rank < ticket.rank and any(p.agent.takes(t) and p.agent.takes(ticket) for p in at_work)
                      for t in floor.line.waiting.values())
    turn_s = _turn_s([*_others(floor, ticket), ticket], at_work, _pace(floor, now_s, declared_s or {}))
    return turn_s <= (max(within_s, NEXT_S) if is_next else within_s)


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller is told of an expected wait."""

    form: str
    """soon (a minute or less) | about | more_than | unknown"""
    minutes: int = 0


def said(seconds: float | None) -> Said:
    """Never less than was worked out: up to the next minute, from ten minutes on to the next five."""
    if seconds is None:
        return Said("unknown")
    if seconds <= 60:
        return Said("soon")
    for step, most in ROUND_UP:
        minutes = step * math.ceil(min(seconds, LONGEST_S) / 60 / step)
        if minutes <= most:
            return Said("about", minutes)
    return Said("more_than", MOST_SAID_MIN)


# -- parts ----------------------------------------------------------------------------------------------------------


def _pace(floor: Floor, now_s: float, declared_s: Mapping[str, float]) -> Pace:
    known: dict[tuple[str, str], float] = {}

    def pace(queue: str, language: str) -> float:
        if (queue, language) not in known:
            live = floor.figures.handling_s(queue, language, now_s)
            known[queue, language] = live if live is not None else declared_s.get(queue, HANDLING_S)
        return max(1.0, known[queue, language])

    return pace


def _last(floor: Floor, ticket: Ticket) -> Ticket:
    return replace(ticket, seq=floor.line.last_seq + 1)


def _others(floor: Floor, ticket: Ticket) -> list[Ticket]:
    """Everybody else who waits. Those behind the caller too: they may take agents whom the caller cannot have."""
    return [t for t in floor.line.in_order() if t.call_id != ticket.call_id]


def _turn_s(tickets: list[Ticket], posts: list[Post], pace: Pace) -> float:
    """When the last of `tickets` is taken, if everybody works at the mean pace."""
    own = tickets[-1]
    pending = sorted(tickets, key=lambda t: t.rank)
    free = list(_free_from(posts, pace))
    heapq.heapify(free)
    while free:
        at_s, number, agent = heapq.heappop(free)
        taken = next((t for t in pending if agent.takes(t)), None)
        if taken is own or at_s >= LONGEST_S:
            return at_s
        if taken is not None:
            pending.remove(taken)
            heapq.heappush(free, (at_s + pace(taken.queue, taken.language), number, agent))
    return LONGEST_S


def _free_from(posts: Iterable[Post], pace: Pace) -> Iterable[tuple[float, int, Agent]]:
    """When each is free: of n who are equal, the first after an n-th of the mean, the last after all of it. That is how often
    one of n becomes free, and no conversation is known to be nearly over."""
    kinds: dict[object, list[Post]] = defaultdict(list)
    number = 0
    for post in sorted(posts, key=lambda p: breadth(p.agent)):
        if post.doing is Doing.READY:
            number += 1
            yield (0.0, number, post.agent)
        else:
            kinds[replace(post.agent, id="")].append(post)
    for alike in kinds.values():
        for place, post in enumerate(sorted(alike, key=lambda p: p.since_s), 1):
            number += 1
            whole = pace(post.ticket.queue, post.ticket.language) if post.ticket is not None else HANDLING_S
            yield (whole * place / len(alike), number, post.agent)


def _by_erlang_s(floor: Floor, ticket: Ticket, at_work: list[Post], pace: Pace, now_s: float) -> float:
    """Mean wait of those who have to wait, at the load of the last half hour; 0 where too few came to tell."""
    came = floor.figures.arrivals(ticket.queue, now_s)
    if came < FEWEST:
        return 0.0
    handling_s, agents = pace(ticket.queue, ticket.language), sum(p.agent.takes(ticket) for p in at_work)
    erlangs = erlang.load(came / ARRIVALS_S, handling_s)
    share = erlang.waits(agents, erlangs)
    return erlang.mean_wait_s(agents, erlangs, handling_s) / share if share else 0.0
