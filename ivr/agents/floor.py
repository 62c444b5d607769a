"""The line and the staff together: every step that changes either, and the offers that follow. Pure.

A caller who is served has exactly one agent, and an agent who is busy has exactly one caller who is served; each step keeps it
so. An offer is made by `offers` and by nothing else. Called by the desk of those who type and by the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ivr.agents.figures import Figures
from ivr.agents.presence import BUSY, GONE_AFTER_S, Agent, Doing, Post, Staff
from ivr.agents.routing import Offer, match, passed_over
from ivr.agents.waiting import Line, Ticket

MOST_WRAP_UP_S = 600.0
"""More of it is not counted as handling: somebody went for lunch without saying so."""


@dataclass(frozen=True, slots=True)
class Floor:
    line: Line = field(default_factory=Line)
    staff: Staff = field(default_factory=Staff)
    figures: Figures = field(default_factory=Figures)
    """How many came and how long they took, lately."""

    # -- callers ----------------------------------------------------------------------------------------------------

    def join(self, ticket: Ticket) -> Floor:
        line = self.line.join(ticket)
        return self if line is self.line else replace(self, line=line, figures=self.figures.came(ticket.queue, ticket.joined_s))

    def keeping(self, places: Mapping[str, Ticket]) -> Floor:
        """The kept places of callers who are not there: these and no others. They were counted when they came."""
        return replace(self, line=self.line.keeping(places))

    def arrive(self, kept: str, ticket: Ticket) -> Floor:
        """Somebody who was called joins the line at their kept place; where none is kept here, they join like everybody."""
        return replace(self, line=self.line.arrive(kept, ticket)) if self.line.keeps(kept) else self.join(ticket)

    def leave(self, call_id: str, now_s: float) -> Floor:
        """The caller has gone. Whoever talked with them has something to write down; whoever they only rang at is ready again."""
        post, staff = self.staff.at(call_id), self.staff
        if post is not None:
            talked = post.doing is Doing.TALKING
            staff = staff.wraps_up(post.agent.id, now_s) if talked else staff.rests(post.agent.id, Doing.READY, now_s)
        return replace(self, line=self.line.leave(call_id), staff=staff)

    # -- agents -----------------------------------------------------------------------------------------------------

    def sign_in(self, agent: Agent, now_s: float, doing: Doing = Doing.READY) -> Floor:
        return replace(self, staff=self.staff.arrive(agent, now_s, doing))

    def sign_out(self, agent_id: str) -> Floor:
        """Their caller is back at the old place."""
        post = self.staff.posts.get(agent_id)
        line = self.line.put_back(post.call_id) if post else self.line
        return replace(self, line=line, staff=self.staff.leave(agent_id))

    def writes_on(self, former: Post, now_s: float) -> Floor:
        """Nothing for a post that was not of somebody writing down what became of a caller."""
        return replace(self, staff=self.staff.writes_on(former, now_s)) if former.doing is Doing.WRAP_UP else self

    def seen(self, agent_id: str, now_s: float) -> Floor:
        return replace(self, staff=self.staff.seen(agent_id, now_s))

    def ready(self, agent_id: str, now_s: float) -> Floor:
        """Nothing for who is ready already, or has a caller: they would lose their turn, or the caller."""
        return self._rests(agent_id, Doing.READY, now_s)

    def away(self, agent_id: str, now_s: float) -> Floor:
        return self._rests(agent_id, Doing.AWAY, now_s)

    def accept(self, agent_id: str, now_s: float) -> Floor:
        """The offered caller is taken."""
        post = self._post(agent_id, Doing.OFFERED)
        return self if post is None else replace(self, staff=self.staff.talks(agent_id, now_s))

    def decline(self, agent_id: str, now_s: float) -> Floor:
        """The offered caller is not taken: back to the old place, and no further offer until the agent is ready again."""
        post = self._post(agent_id, Doing.OFFERED)
        if post is None:
            return self
        return replace(self, line=self.line.put_back(post.call_id), staff=self.staff.rests(agent_id, Doing.AWAY, now_s))

    def finish(self, agent_id: str, now_s: float) -> Floor:
        """The conversation took place: the caller is done, the agent writes down what became of it."""
        post = self._post(agent_id, Doing.TALKING)
        if post is None:
            return self
        return replace(self, line=self.line.leave(post.call_id), staff=self.staff.wraps_up(agent_id, now_s))

    # -- from one agent to another ------------------------------------------------------------------------------------

    def pass_on(self, agent_id: str, ticket: Ticket, now_s: float) -> Floor:
        """Cold: the caller waits once more, under a new ticket and from the time they joined; the agent writes it down."""
        post = self._post(agent_id, Doing.TALKING)
        if post is None or post.call_id != ticket.call_id:
            return self
        return replace(self, line=self.line.leave(ticket.call_id).join(ticket), staff=self.staff.wraps_up(agent_id, now_s))

    def hand_over(self, agent_id: str, to_id: str, now_s: float) -> Floor:
        """Warm: whoever was asked, and talks with the agent under a ticket of their own, has the caller from now on."""
        giving, taking = self._post(agent_id, Doing.TALKING), self._post(to_id, Doing.TALKING)
        if giving is None or taking is None or giving.ticket is None:
            return self
        staff = self.staff.wraps_up(agent_id, now_s).gets(to_id, giving.ticket, now_s)
        return replace(self, line=self.line.leave(taking.call_id), staff=staff)

    # -- time -------------------------------------------------------------------------------------------------------

    def without_gone(self, now_s: float, after_s: float = GONE_AFTER_S) -> tuple[Floor, tuple[Post, ...]]:
        """Those of whom nothing was heard are signed out."""
        gone, floor = self.staff.gone(now_s, after_s), self
        for post in gone:
            floor = floor.sign_out(post.agent.id)
        return floor, gone

    def offers(self, now_s: float) -> tuple[Floor, tuple[Offer, ...]]:
        """Every offer that can be made now, made."""
        made = match(self.line.waiting.values(), self.staff.ready())
        line, staff = self.line, self.staff
        for offer in made:
            ticket = line.waiting[offer.call_id]
            passed = passed_over(line.unpassed(), ticket, staff.posts[offer.agent_id].agent)
            staff = staff.offered(offer.agent_id, ticket, now_s)
            line = line.take(offer.call_id)
            line = line.passes(passed.call_id) if passed else line
        return replace(self, line=line, staff=staff), made

    # -- parts ------------------------------------------------------------------------------------------------------

    def _post(self, agent_id: str, doing: Doing) -> Post | None:
        post = self.staff.posts.get(agent_id)
        return post if post is not None and post.doing is doing else None

    def _rests(self, agent_id: str, doing: Doing, now_s: float) -> Floor:
        post, figures = self.staff.posts.get(agent_id), self.figures
        if post is None or post.doing in BUSY or post.doing is doing:
            return self
        if post.doing is Doing.WRAP_UP and post.ticket is not None:
            wrap_up_s = min(now_s - post.since_s, MOST_WRAP_UP_S)
            figures = figures.took(post.ticket.queue, post.ticket.language, post.since_s - post.began_s + wrap_up_s, now_s)
        return replace(self, staff=self.staff.rests(agent_id, doing, now_s), figures=figures)
