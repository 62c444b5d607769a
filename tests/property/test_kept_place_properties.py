"""Laws of kept places: who is absent never rings and holds up nobody, keeps the place they had, and is called when their turn comes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from ivr.agents.estimate import expected_wait_s, turn_is_near
from ivr.agents.floor import Floor
from ivr.agents.presence import BUSY, Agent, Doing, Post
from ivr.agents.routing import match
from ivr.agents.waiting import Line, Ticket
from tests.examples import examples
from tests.property.test_queue_properties import agents, tickets

some = settings(max_examples=examples(80), deadline=None)


def line_of(waiting: list[Ticket], absent: set[int]) -> Line:
    line = Line()
    for n, ticket in enumerate(waiting):
        line = line.keeping({t.call_id: t for t in [*(x for x in line.waiting.values() if x.absent), ticket]}) if n in absent \
            else line.join(ticket)
    return line


@some
@given(st.lists(tickets, max_size=12), st.lists(agents, max_size=8), st.sets(st.integers(0, 11)))
def test_who_is_absent_never_rings_and_costs_nobody_a_turn(waiting: list[Ticket], people: list[Agent], absent: set[int]) -> None:
    line = line_of(waiting, absent)
    posts = [Post(a, Doing.READY, float(n), 0.0) for n, a in enumerate(people)]
    offers = {o.call_id for o in match(line.waiting.values(), posts)}
    gone = {t.call_id for t in line.waiting.values() if t.absent}
    assert not offers & gone
    everybody_there = {o.call_id for o in match([replace(t, absent=False) for t in line.waiting.values()], posts)}
    assert everybody_there - gone <= offers, "whoever would have been taken with everybody there is taken now"
    idle = [a for a in people if a.id not in {o.agent_id for o in match(line.waiting.values(), posts)}]
    assert not any(a.takes(t) for a in idle for t in line.waiting.values() if not t.absent and t.call_id not in offers), "nobody idles"


@some
@given(st.lists(tickets, min_size=1, max_size=10), st.sets(st.integers(0, 9)))
def test_a_kept_place_counts_like_any_other(waiting: list[Ticket], absent: set[int]) -> None:
    kept, there = line_of(waiting, absent), line_of(waiting, set())
    assert [t.call_id for t in kept.in_order()] == [t.call_id for t in there.in_order()]
    assert all(kept.position(t.call_id) == there.position(t.call_id) for t in waiting)
    floor, plain = (Floor(line=x).sign_in(Agent("a"), 0.0, Doing.WRAP_UP) for x in (kept, there))
    for ticket in waiting:
        assert expected_wait_s(floor, ticket, 4000.0) == expected_wait_s(plain, ticket, 4000.0)


@some
@given(st.lists(tickets, min_size=1, max_size=10), st.data())
def test_whoever_arrives_has_the_place_that_was_kept(waiting: list[Ticket], data: st.DataObject) -> None:
    line = line_of(waiting, set(range(len(waiting))))
    order = [t.call_id for t in line.in_order()]
    key = data.draw(st.sampled_from(order))
    late = replace(line.waiting[key], call_id="CA-called", joined_s=9000.0, ahead_s=0.0, absent=False)
    after = line.arrive(key, late)
    assert [t.call_id for t in after.in_order()] == ["CA-called" if c == key else c for c in order]
    assert after.waiting["CA-called"].rank == line.waiting[key].rank
    assert after.arrive(key, late) == after, "the same again changes nothing"


@some
@given(st.lists(tickets, min_size=1, max_size=8), agents)
def test_one_agent_passes_one_place_the_first_they_would_have_taken(waiting: list[Ticket], agent: Agent) -> None:
    line = line_of(waiting, set(range(len(waiting))))
    last = Ticket("CA-there", "tier1", "en", 99_999.0)
    floor = replace(Floor(), line=line).join(last).sign_in(agent, 0.0)
    after, offers = floor.offers(0.0)
    would = next((t.call_id for t in line.in_order() if agent.takes(t)), None)
    assert after.line.passed == ({would} if offers and would else set())
    for key in after.line.passed:
        assert turn_is_near(after, key, 0.0, 30.0)


def test_with_nobody_there_the_call_goes_out_when_somebody_is_free() -> None:
    kept = {"P1": Ticket("P1", "tier1", "en", 0.0), "P2": Ticket("P2", "tier1", "en", 1.0)}
    floor = Floor().keeping(kept)
    assert not turn_is_near(floor, "P1", 5.0, 30.0), "nobody is at work"
    floor = floor.sign_in(Agent("a"), 5.0)
    floor, offers = floor.offers(5.0)
    assert offers == ()
    assert turn_is_near(floor, "P1", 5.0, 30.0)
    assert not turn_is_near(floor, "P2", 5.0, 30.0), "the one before them takes the agent"
    away = floor.away("a", 6.0)
    assert not turn_is_near(away, "P1", 6.0, 30.0)


def test_whoever_writes_down_the_last_call_is_nearly_free() -> None:
    floor = Floor().sign_in(Agent("a"), 0.0).join(Ticket("CA1", "tier1", "en", 0.0)).keeping({"P1": Ticket("P1", "tier1", "en", 1.0)})
    floor = floor.offers(1.0)[0].accept("a", 2.0)
    assert not turn_is_near(floor, "P1", 3.0, 30.0)
    assert turn_is_near(floor.finish("a", 300.0), "P1", 300.0, 30.0)


class KeptPlaces(RuleBasedStateMachine):
    """Callers come, leave and keep their place, are called and arrive, while agents do anything."""

    callers, kept, people = Bundle("callers"), Bundle("kept"), Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.floor, self.now = Floor(), 0.0
        self.places: dict[str, tuple[float, int]] = {}
        self.keys: dict[str, Ticket] = {}
        self.count = 0

    @rule(target=callers, ticket=tickets)
    def joins(self, ticket: Ticket) -> str:
        self.now += 1
        self.floor = self.floor.join(replace(ticket, joined_s=self.now))
        known = self.floor.line.of(ticket.call_id)
        assert known is not None
        self.places[ticket.call_id] = known.rank
        self._offer()
        return ticket.call_id

    @rule(target=kept, caller=consumes(callers))
    def keeps_the_place(self, caller: str) -> object:
        """Leaves the line; the place is kept by its instant."""
        ticket = self.floor.line.waiting.get(caller)
        self.floor = self.floor.leave(caller, self.now)
        if ticket is None:
            self._offer()
            return multiple()
        key = f"P-{caller}"
        self.keys[key] = replace(ticket, call_id=key, absent=True)
        self._keep()
        assert self.floor.line.waiting[key].rank[0] == ticket.rank[0]
        self.places[key] = self.floor.line.waiting[key].rank
        self._offer()
        return key

    @rule(target=callers, key=consumes(kept))
    def is_called_and_arrives(self, key: str) -> str:
        self.count += 1
        call_id, place = f"CA-back-{self.count}", self.keys.pop(key)
        self.floor = self.floor.arrive(key, replace(place, call_id=call_id, absent=False))
        self._keep()
        assert self.floor.line.of(call_id).rank == self.places[key]  # type: ignore[union-attr]
        self.places[call_id] = self.places.pop(key)
        self._offer()
        return call_id

    @rule(key=consumes(kept))
    def calls_it_off(self, key: str) -> None:
        del self.keys[key]
        self._keep()
        assert self.floor.line.of(key) is None

    @rule(target=people, agent=agents)
    def signs_in(self, agent: Agent) -> str:
        self.floor = self.floor.sign_in(agent, self.now)
        self._offer()
        return agent.id

    @rule(agent=people, what=st.sampled_from(["accept", "decline", "finish", "ready", "away"]))
    def does(self, agent: str, what: str) -> None:
        self.floor = getattr(self.floor, what)(agent, self.now)
        self._offer()

    @rule(agent=consumes(people))
    def signs_out(self, agent: str) -> None:
        self.floor = self.floor.sign_out(agent)
        self._offer()

    def _keep(self) -> None:
        self.floor = self.floor.keeping(self.keys)

    def _offer(self) -> None:
        before = self.floor
        self.floor, offers = self.floor.offers(self.now)
        assert len(self.floor.line.passed - before.line.passed) <= len(offers), "one offer passes one place at most"
        assert not {o.call_id for o in offers} & set(self.keys)

    @invariant()
    def the_places_are_those_that_are_kept(self) -> None:
        line = self.floor.line
        assert {t.call_id for t in line.waiting.values() if t.absent} == set(self.keys)
        assert not set(self.keys) & set(line.served)
        assert line.passed <= set(self.keys)
        assert sorted(p.call_id for p in self.floor.staff.posts.values() if p.doing in BUSY) == sorted(line.served)

    @invariant()
    def ranks_never_change(self) -> None:
        for call_id, ticket in [*self.floor.line.waiting.items(), *self.floor.line.served.items()]:
            assert ticket.rank == self.places[call_id]

    @invariant()
    def nobody_idles_while_somebody_is_there(self) -> None:
        there = [t for t in self.floor.line.waiting.values() if not t.absent]
        assert not any(p.agent.takes(t) for p in self.floor.staff.ready() for t in there)


TestKeptPlaces = KeptPlaces.TestCase
TestKeptPlaces.settings = settings(max_examples=examples(40), stateful_step_count=40, deadline=None)
