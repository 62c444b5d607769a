"""Laws of the waiting line, under any order of events: one caller one agent, places kept, nobody starved, nobody rung who left."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from ivr.agents.floor import Floor
from ivr.agents.presence import BUSY, GONE_AFTER_S, Agent, Doing, Post
from ivr.agents.routing import match
from ivr.agents.waiting import Line, Ticket
from tests.examples import examples

LANGUAGES, QUEUES, SKILLS = ("en", "es"), ("tier1", "tier2"), ("tty", "travel")
AHEAD_S = 900.0

agents = st.builds(Agent, st.uuids().map(str), st.frozensets(st.sampled_from(QUEUES)), st.frozensets(st.sampled_from(LANGUAGES)),
                   st.frozensets(st.sampled_from(SKILLS)), st.integers(1, 2))
tickets = st.builds(Ticket, st.uuids().map(str), st.sampled_from(QUEUES), st.sampled_from(LANGUAGES), st.floats(0, 3600),
                    st.sampled_from([0.0, AHEAD_S]), st.integers(1, 2), st.frozensets(st.sampled_from(SKILLS), max_size=1))


@settings(deadline=None)
@given(st.lists(tickets, max_size=12), st.lists(agents, max_size=8))
def test_a_match_gives_everybody_one_and_passes_nobody_over(waiting: list[Ticket], people: list[Agent]) -> None:
    line = Line()
    for ticket in waiting:
        line = line.join(ticket)
    posts = [Post(a, Doing.READY, float(n), 0.0) for n, a in enumerate(people)]
    offers = match(line.waiting.values(), posts)
    by_id = {a.id: a for a in people}
    assert len({o.agent_id for o in offers}) == len(offers) == len({o.call_id for o in offers})
    left = line
    for offer in offers:
        assert by_id[offer.agent_id].takes(line.waiting[offer.call_id])
        left = left.take(offer.call_id)
    for offer in offers:
        taken = line.waiting[offer.call_id]
        assert not any(t.rank < taken.rank and by_id[offer.agent_id].takes(t) for t in left.waiting.values()), "passed over"
    idle = set(by_id) - {o.agent_id for o in offers}
    assert not any(by_id[a].takes(t) for a in idle for t in left.waiting.values()), "somebody waits whom somebody idle could take"


@settings(deadline=None)
@given(st.lists(tickets, min_size=2, max_size=12))
def test_whoever_speaks_both_goes_to_the_language_whose_first_waited_longest(waiting: list[Ticket]) -> None:
    line = Line()
    for ticket in waiting:
        line = line.join(ticket)
    both = Post(Agent("both", skills=frozenset(SKILLS)), Doing.READY, 0.0, 0.0)
    (offer,) = match(line.waiting.values(), [both])
    heads = [min((t for t in line.waiting.values() if t.language == lang), key=lambda t: t.rank, default=None) for lang in LANGUAGES]
    assert offer.call_id == min((h for h in heads if h), key=lambda t: t.rank).call_id


@settings(deadline=None)
@given(st.lists(tickets, min_size=1, max_size=12), st.data())
def test_put_back_keeps_the_place(waiting: list[Ticket], data: st.DataObject) -> None:
    line = Line()
    for ticket in waiting:
        line = line.join(ticket)
    order = line.in_order()
    some = data.draw(st.lists(st.sampled_from([t.call_id for t in waiting]), unique=True))
    for call_id in some:
        line = line.take(call_id)
    later = line.join(Ticket("late", "tier1", "en", 7200.0))
    for call_id in data.draw(st.permutations(some)):
        later = later.put_back(call_id)
    assert [t for t in later.in_order() if t.call_id != "late"] == list(order)


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(1, 30), st.integers(0, 200))
def test_nobody_starves_however_many_urgent_callers_come(every_s: int, joined_s: int) -> None:
    """An urgent caller comes each time that the only agent is free: the routine one is served once the head start is used up."""
    floor = Floor().sign_in(Agent("one"), 0.0).join(Ticket("routine", "tier1", "en", float(joined_s)))
    now, served = float(joined_s), []
    while "routine" not in served and now < 10_000:
        floor = floor.join(Ticket(f"urgent{now}", "tier1", "en", now, AHEAD_S))
        floor, offers = floor.offers(now)
        served += [o.call_id for o in offers]
        now += every_s
        floor = floor.accept("one", now).finish("one", now).ready("one", now)
    assert now - joined_s <= AHEAD_S + 2 * every_s


class AnyDay(RuleBasedStateMachine):
    """Callers and agents come, go, take, refuse and die in any order."""

    callers, people = Bundle("callers"), Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.floor, self.now = Floor(), 0.0
        self.left: set[str] = set()
        self.places: dict[str, tuple[float, int]] = {}
        self.alive: set[str] = set()

    @rule(target=callers, ticket=tickets)
    def joins(self, ticket: Ticket) -> str:
        self.floor = self.floor.join(Ticket(ticket.call_id, ticket.queue, ticket.language, self.now, ticket.ahead_s, ticket.tier,
                                            ticket.skills))
        known = self.floor.line.of(ticket.call_id)
        assert known is not None
        self.places[ticket.call_id] = known.rank
        self._offer()
        return ticket.call_id

    @rule(caller=consumes(callers))
    def gives_up(self, caller: str) -> None:
        self.floor = self.floor.leave(caller, self.now)
        self.left.add(caller)
        self._offer()

    @rule(caller=callers)
    def joins_twice(self, caller: str) -> None:
        known = self.floor.line.of(caller)
        if known is not None:
            self.floor = self.floor.join(Ticket(caller, known.queue, known.language, self.now, AHEAD_S))
            assert self.floor.line.of(caller) == known

    @rule(target=people, agent=agents)
    def signs_in(self, agent: Agent) -> str:
        self.floor = self.floor.sign_in(agent, self.now)
        self.alive.add(agent.id)
        self._offer()
        return agent.id

    @rule(agent=people, what=st.sampled_from(["accept", "decline", "finish", "ready", "away"]))
    def does(self, agent: str, what: str) -> None:
        post = self.floor.staff.posts.get(agent)
        if what == "finish" and post is not None and post.doing is Doing.TALKING:
            self.left.add(post.call_id)
        self.floor = getattr(self.floor, what)(agent, self.now)
        self._offer()

    @rule(agent=consumes(people))
    def signs_out(self, agent: str) -> None:
        self.floor = self.floor.sign_out(agent)
        self.alive.discard(agent)
        self._offer()

    @rule(agent=people)
    def browser_dies(self, agent: str) -> None:
        self.alive.discard(agent)

    @rule(seconds=st.floats(0.5, 40))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        for agent in self.alive:
            self.floor = self.floor.seen(agent, self.now)
        self.floor, gone = self.floor.without_gone(self.now)
        assert not {p.agent.id for p in gone} & self.alive
        self._offer()

    @rule()
    def asked_again(self) -> None:
        assert self.floor.offers(self.now)[1] == (), "everything that could be offered was"

    def _offer(self) -> None:
        busy = {p.agent.id for p in self.floor.staff.posts.values() if p.doing is not Doing.READY}
        self.floor, offers = self.floor.offers(self.now)
        assert not {o.agent_id for o in offers} & busy, "only who is ready is offered a caller"
        assert not {o.call_id for o in offers} & self.left, "nobody rings who has left"

    @invariant()
    def one_caller_one_agent(self) -> None:
        line, posts = self.floor.line, self.floor.staff.posts.values()
        with_callers = [p.call_id for p in posts if p.doing in BUSY]
        assert sorted(with_callers) == sorted(line.served), "each served caller has one agent, and each busy agent one caller"
        assert not set(line.waiting) & set(line.served)
        assert not (set(line.waiting) | set(line.served)) & self.left

    @invariant()
    def places_are_kept(self) -> None:
        for call_id, ticket in [*self.floor.line.waiting.items(), *self.floor.line.served.items()]:
            assert ticket.rank == self.places[call_id]

    @invariant()
    def nobody_is_lost(self) -> None:
        here = set(self.floor.line.waiting) | set(self.floor.line.served)
        assert set(self.places) - self.left == here

    @invariant()
    def the_dead_are_gone_in_time(self) -> None:
        assert all(self.now - p.seen_s < GONE_AFTER_S for p in self.floor.staff.posts.values())


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)

