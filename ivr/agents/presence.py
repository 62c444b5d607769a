"""Who is at work and with whom: members of staff as data. Pure: each step gives new staff, and time is an argument.

An agent is there as long as something is heard of them; a browser that died says nothing, so whoever was not heard of for 30 s
is gone and their caller free. Called by `agents.floor`; the estimate reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ivr.agents.waiting import Ticket

GONE_AFTER_S = 30.0
ANY_TIER = 9


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of staff and what they can take."""

    id: str
    queues: frozenset[str] = frozenset()
    """Queues they take callers of; empty: all."""
    languages: frozenset[str] = frozenset()
    """Empty: all."""
    skills: frozenset[str] = frozenset()
    tier: int = ANY_TIER
    """They take callers of this tier and of those below."""

    def takes(self, ticket: Ticket) -> bool:
        return (ticket.tier <= self.tier and (not self.queues or ticket.queue in self.queues)
                and (not self.languages or ticket.language in self.languages) and ticket.skills <= self.skills)


class Doing(StrEnum):
    READY = "ready"
    OFFERED = "offered"
    """A caller rings at their desk."""
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    """Writing down what became of the last one."""
    AWAY = "away"


BUSY = frozenset({Doing.OFFERED, Doing.TALKING})


@dataclass(frozen=True, slots=True)
class Post:
    agent: Agent
    doing: Doing
    since_s: float
    """Since when they do this: who is ready longest is next among equals."""
    seen_s: float
    ticket: Ticket | None = None
    """Of the caller who is offered, talked with, or being written down."""
    began_s: float = 0.0
    """When the conversation began, for as long as they talk or write it down."""

    @property
    def call_id(self) -> str:
        """The caller, while offered or talking; empty otherwise."""
        return self.ticket.call_id if self.ticket is not None and self.doing in BUSY else ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who is signed in."""

    posts: Mapping[str, Post] = field(default_factory=dict)

    def arrive(self, agent: Agent, now_s: float, doing: Doing = Doing.READY) -> Staff:
        """Signed in. Who is signed in already keeps what they do, and takes from now on what is said now: a page that was
        loaded again is the same person at the same desk."""
        known = self.posts.get(agent.id)
        post = replace(known, agent=agent, seen_s=now_s) if known else Post(agent, doing, now_s, now_s)
        return self._with(post)

    def writes_on(self, former: Post, now_s: float) -> Staff:
        """Is back, and goes on writing down what became of the caller of before: `former` is the post that they left."""
        known = self.posts.get(former.agent.id)
        return self if known is None else self._with(replace(former, agent=known.agent, seen_s=now_s))

    def seen(self, agent_id: str, now_s: float) -> Staff:
        post = self.posts.get(agent_id)
        return self if post is None or now_s <= post.seen_s else self._with(replace(post, seen_s=now_s))

    def offered(self, agent_id: str, ticket: Ticket, now_s: float) -> Staff:
        return self._change(agent_id, doing=Doing.OFFERED, since_s=now_s, ticket=ticket)

    def talks(self, agent_id: str, now_s: float) -> Staff:
        return self._change(agent_id, doing=Doing.TALKING, since_s=now_s, began_s=now_s)

    def gets(self, agent_id: str, ticket: Ticket, now_s: float) -> Staff:
        """Another caller takes the place of the one they talk with."""
        return self._change(agent_id, doing=Doing.TALKING, since_s=now_s, ticket=ticket, began_s=now_s)

    def wraps_up(self, agent_id: str, now_s: float) -> Staff:
        return self._change(agent_id, doing=Doing.WRAP_UP, since_s=now_s)

    def rests(self, agent_id: str, doing: Doing, now_s: float) -> Staff:
        """Ready or away: without a caller."""
        return self._change(agent_id, doing=doing, since_s=now_s, ticket=None, began_s=0.0)

    def leave(self, agent_id: str) -> Staff:
        return replace(self, posts={k: p for k, p in self.posts.items() if k != agent_id})

    def gone(self, now_s: float, after_s: float = GONE_AFTER_S) -> tuple[Post, ...]:
        """Those of whom nothing was heard for so long."""
        return tuple(p for p in self.posts.values() if now_s - p.seen_s >= after_s)

    def ready(self) -> tuple[Post, ...]:
        return tuple(p for p in self.posts.values() if p.doing is Doing.READY)

    def at(self, call_id: str) -> Post | None:
        """Whoever has this caller."""
        return next((p for p in self.posts.values() if p.call_id == call_id and call_id), None)

    def takes(self, ticket: Ticket) -> bool:
        """Whether anybody who is signed in could ever take this caller."""
        return any(p.agent.takes(ticket) for p in self.posts.values())

    def _change(self, agent_id: str, **values: Any) -> Staff:
        """Nothing for who is not there."""
        post = self.posts.get(agent_id)
        return self if post is None else self._with(replace(post, **values))

    def _with(self, post: Post) -> Staff:
        return replace(self, posts={**self.posts, post.agent.id: post})
