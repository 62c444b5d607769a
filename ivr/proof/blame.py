"""Which line is to blame for a broken law: the guard or target that let the call in, not the door it came to. Pure.

In this order: the door's own policy, when another entry would have fitted; a prompt that lost its words; a policy entry
that knows less than the never-rules allow; when nobody at all may go through, the assignment that is missing or the entry
that knows nobody like that; a guard that lets good and bad calls pass alike; the turn whose removal keeps the bad call out
and loses the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from ivr.flow.expr import Comparison, Expr, Not, evaluate, names, parse_expr, tests
from ivr.flow.mark import Mark
from ivr.flow.policy import ELIGIBLE
from ivr.proof.case import Case
from ivr.proof.graph import FAR
from ivr.proof.guards import allowed, guard
from ivr.proof.monitors import YES
from ivr.proof.system import Edge, Spot
from ivr.proof.words import steps_by_words

MAX_CASES = 20_000


class Blame:
    """Looks for the line behind one broken state."""

    def __init__(self, case: Case, number: int, law: str, detail: str):
        self.case, self.number, self.law, self.detail = case, number, law, detail
        self.way = case.edges_to(number)
        self.door = case.reached.parent[number]

    def mark(self) -> Mark:
        finders = (self._policy_name, self._prompt, self._missing_words, self._contradiction,
                   self._missing_assignment, self._guard, self._cheapest_cut)
        return next((mark for mark in (find() for find in finders) if mark is not None), self.way[-1].move.mark)

    def loose_rule(self) -> Mark | None:
        """The policy rule that opens the door for a call which a never-rule forbids: the two contradict each other. Not when
        an answer on the way set what the never-rule objects to."""
        policy, values = self.case.bundle.policy, self.case.values(self.door)
        entry = policy.entries.get(getattr(self.case.node(self.case.spot(self.door)).params, "policy", ""))
        rule = next((r for r in entry.allow_if_any if evaluate(guard(r.when, policy), values)), None) if entry else None
        if rule is None or self.wanted is None:
            return None
        wrong = {v for v in names(self.wanted) if self._would_help(v, values)}
        answered = [e for e in self.way if e.turn and e.move.event not in ("intent", "key") and wrong & set(e.sets)]
        return answered[-1].move.mark if answered else rule.mark

    # -- what would have been right ---------------------------------------------------------------------------------

    @cached_property
    def wanted(self) -> Expr | None:
        """What should have held at the door; None for laws about what was said."""
        policy = self.case.bundle.policy
        if self.law in ("policy", "pii"):
            return allowed(policy.entries[self.detail], policy)
        if self.law == "never":
            return Not(guard(next(r.when for r in policy.never if r.id == self.detail), policy))
        return None

    @cached_property
    def doors(self) -> np.ndarray:
        """States at the same door, whatever called the flow it stands in."""
        own = self.case.spot(self.door)
        spots = self.case.system.spots
        return self.case.at_spots([n for n, s in enumerate(spots) if (s.flow, s.node, s.stage) == (own.flow, own.node, own.stage)])

    @cached_property
    def good(self) -> np.ndarray:
        """States at the door that may be there."""
        if self.wanted is not None:
            return np.array([n for n in self.doors if evaluate(self.wanted, self.case.values(int(n)))], dtype=self.doors.dtype)
        if self.law == "heard":
            return np.array([n for n in self.doors if self.case.values(int(n))[f"#heard.{self.detail}"] == YES], dtype=self.doors.dtype)
        graph, spot = self.case.graph, self.case.spot_of
        broken = [n for n, s in enumerate(self.case.system.spots) if s.stage == self.case.spot(self.number).stage]
        return np.setdiff1d(self.doors, np.unique(graph.source[np.isin(spot[graph.target], broken)]))

    # -- finders ----------------------------------------------------------------------------------------------------

    def _policy_name(self) -> Mark | None:
        """A door that nobody may go through: is it the wrong entry's?"""
        if self.law != "policy" or self.good.size:
            return None
        policy = self.case.bundle.policy
        states = [self.case.values(int(n)) for n in self.doors]
        fits = [e for e in policy.entries.values() if all(evaluate(allowed(e, policy), values) for values in states)]
        return self.way[-1].move.mark if fits else None

    def _prompt(self) -> Mark | None:
        """A step that is offered in one language or on one channel only."""
        if self.law not in ("refused", "landing"):
            return None
        rule = next((r for r in self.case.bundle.policy.always if r.id == self.detail), None)
        for key in dict.fromkeys(k for edge in self.way for k in edge.move.says):
            offers = list(steps_by_words(self.case.bundle, key))
            wanted = {s for _, _, steps in offers for s in steps if rule is None or s in rule.names}
            lacking = next((lang for lang, _, steps in offers if wanted and not wanted & steps), None)
            if lacking:
                return self.case.bundle.prompts[lacking][key].mark
        return None

    def _missing_words(self) -> Mark | None:
        """Nobody who comes to the door has heard what had to be said: the last node on the way that speaks."""
        if self.law == "refused":
            owed = [e.move.mark for e in self.way if e.move.event in ("owed", "rim", "shut") and any("#refused" in k for k in e.sets)]
            return owed[-1] if owed else None
        if self.law != "heard":
            return None
        nodes = [self.case.node(spot) for spot in self._stays() if spot.stack]
        before = next((n for n in reversed(nodes) if n.id != self.case.spot(self.door).node), None)
        return before.mark if before and before.kind == "say" else None

    def _missing_assignment(self) -> Mark | None:
        """Nobody who comes to the door may go through. If one variable would have to be another: the reset that forgets
        it, the turn that sets it wrongly, or the turn after which it should have been set. If not: the policy entry."""
        if self.wanted is None or (self.good.size and self.law != "never"):
            return None
        values = self.case.values(self.door)
        wrong = [v for v in sorted(names(self.wanted)) if self._would_help(v, values)]
        reset = next((mark for mark in map(self._reset_without, wrong) if mark), None)
        if reset or self.good.size:
            return reset
        return self._turn_that_sets(wrong) if wrong else self._entry()

    def _contradiction(self) -> Mark | None:
        """The never-rules of this door exempt such calls by name, and the entry knows no rule for them: it is the entry that lacks
        one."""
        policy, node = self.case.bundle.policy, self.case.node(self.case.spot(self.door))
        name = getattr(node.params, "queue", "") or getattr(node.params, "promise", "")
        rules = [guard(r.when, policy) for r in policy.never if r.kind == node.kind and r.name in ("", name)]
        values = self.case.values(self.door)
        exempted = {leaf.name for r in rules for leaf in tests(r)
                    if isinstance(leaf, Comparison) and leaf.negated and values[leaf.name] in leaf.values}
        likes = [all(self.case.values(int(n))[v] == values[v] for v in exempted) for n in self.good]
        forbidden = self.law != "policy" or not exempted or any(evaluate(r, values) for r in rules)
        return None if forbidden or any(likes) else self._entry()

    def _would_help(self, variable: str, values: Mapping[str, str]) -> bool:
        wanted = self.wanted
        return wanted is not None and any(evaluate(wanted, {**values, variable: v}) for v in self.case.system.domains[variable])

    def _reset_without(self, variable: str) -> Mark | None:
        read = names(self.wanted) if self.wanted is not None else frozenset()
        nodes = [self.case.node(spot) for spot in self._stays() if spot.stack]
        resets = (n for n in reversed(nodes) if n.kind == "set" and variable not in n.params.vars and read & set(n.params.vars))
        found = next(resets, None)
        return found.mark if found else None

    def _turn_that_sets(self, wrong: list[str]) -> Mark | None:
        """The last turn that sets one of these variables, else one beside which another answer does, else the last."""
        written = [self.case.system.edges[n] for n in self._written()]
        sets = [e for e in written if any(v in e.sets for v in wrong)]
        spots = self.case.system.spots
        beside = [e for e in written if any(v in t.set for v in wrong for t in self.case.node(spots[e.source]).to.values())]
        turns = [e for e in written if e.turn]
        return next((edges[-1].move.mark for edges in (sets, beside, turns) if edges), None)

    def _entry(self) -> Mark | None:
        policy = self.case.bundle.policy
        if self.law == "policy":
            return policy.entries[self.detail].mark
        when = next((r.when for r in policy.never if r.id == self.detail), "")
        return next((e.mark for name, e in policy.entries.items() if name + ELIGIBLE in when), None)

    def _stays(self) -> list[Spot]:
        return [self.case.system.spots[e.source] for e in self.way]

    def _guard(self) -> Mark | None:
        """The last table on the way whose variables could have told this call from one that may pass, and which sends
        both the same way."""
        values = self.case.values(self.door)
        for number in reversed(list(self._written())):
            edge = self.case.system.edges[number]
            if edge.move.event == "row" and self._could_tell(edge, values) and self._leads_to_good(self._alike(number)):
                return edge.move.mark
        return None

    def _could_tell(self, edge: Edge, values: Mapping[str, str]) -> bool:
        domains = self.case.system.domains
        table = self.case.node(self.case.system.spots[edge.source])
        own = sorted(frozenset().union(*(names(parse_expr(row.when)) for row in table.params.rows)) & set(domains))
        if not own or self.wanted is None or prod(len(domains[v]) for v in own) > MAX_CASES:
            return False
        wanted = self.wanted
        return any(evaluate(wanted, {**values, **dict(zip(own, case, strict=True))}) for case in product(*(domains[v] for v in own)))

    def _cheapest_cut(self) -> Mark | None:
        """The turn without which the bad call does not come, no good one is lost at the door, and the fewest places are."""
        best: tuple[int, int, Mark] | None = None
        for n, number in enumerate(self._written()):
            group = self._alike(number)
            left = self.case.graph.reachable(np.arange(len(self.case.reached.packed.starts)), ~group)
            if left[self.number] or not left[self.good].all():
                continue
            lost = len(np.unique(self.case.spot_of)) - len(np.unique(self.case.spot_of[left]))
            if best is None or (lost, -n) < best[:2]:
                best = (lost, -n, self.case.system.edges[number].move.mark)
        return best[2] if best else None

    def _alike(self, number: int) -> np.ndarray:
        """All transitions that stand in the same place of the author's file."""
        mark = self.case.system.edges[number].move.mark
        same = [n for n, e in enumerate(self.case.system.edges) if e.move.mark == mark and e.move.outcome]
        return np.isin(self.case.graph.edge, same)

    def _leads_to_good(self, group: np.ndarray) -> bool:
        after = np.unique(self.case.graph.target[group])
        return bool(self.case.graph.reachable(after, self._straight_ways)[self.good].any())

    def _written(self) -> Iterator[int]:
        """Edges of the way that stand in a line of their own."""
        numbers = [e for e, _ in self.case.reached.way_to(self.number) if e >= 0][:-1]
        return (n for n in numbers if self.case.system.edges[n].move.outcome)

    @cached_property
    def _straight_ways(self) -> np.ndarray:
        """Transitions that bring a call nearer to the door, so that a second round of the call excuses nothing."""
        graph = self.case.graph
        usable = ~graph.command
        far = graph.turns_to(self.doors, usable)
        return usable & (far[graph.target] + graph.turn <= far[graph.source]) & (far[graph.target] < FAR)


def closing_edge(case: Case, states: np.ndarray) -> Mark:
    """Where a circle of states is closed: an edge back to a node that was found earlier, one without a choice if there is
    one."""
    graph, spots = case.graph, case.system.spots
    inside = np.unique(graph.edge[np.isin(graph.source, states) & np.isin(graph.target, states) & ~graph.command])
    edges = [case.system.edges[n] for n in inside]
    edges = [e for e in edges if e.move.outcome and case.found_at(spots[e.target]) <= case.found_at(spots[e.source])] or edges
    single = [e for e in edges if spots[e.source].stack and len(case.node(spots[e.source]).to) == 1]
    return (single or edges)[0].move.mark if edges else case.node(case.spot(int(states[0]))).mark
