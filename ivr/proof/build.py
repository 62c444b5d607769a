"""A bundle to its transition system: every call stack is unrolled, every kind adds its moves by its own rule. Pure.

Whatever the search does not follow is over-approximated: the budget of commands may be spent at any answer, the office
may open or close whenever time passes, a lookup gives any of its values, and any intent may be understood at any question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ivr.flow.expr import Comparison, Expr, Not, tests
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node, Target
from ivr.flow.model_policy import NeverRule
from ivr.flow.policy import CHANNELS, CONTACTS, WEEKDAYS
from ivr.proof.guards import all_of, allowed, guard, is_value
from ivr.proof.monitors import NO, OFFERED, YES, Monitors, heard, refused
from ivr.proof.place import Place
from ivr.proof.rules import RULES
from ivr.proof.system import Edge, Move, Spot, Stack, System

HUB = "commands:"
MAX_STACK = 12
MAX_SPOTS = 60_000


class TooLarge(ValueError):
    """The call stacks of a bundle cannot be unrolled within bounds."""


def system_of(bundle: Bundle) -> System:
    return _Builder(bundle).build()


class _Builder:
    def __init__(self, bundle: Bundle):
        self.bundle = bundle
        self.monitors = Monitors(bundle)
        self.system = System(domains=_domains(bundle) | self.monitors.domains, clock=_clock(bundle))
        self.ids: dict[Spot, int] = {}
        self.guard = cache(lambda text: guard(text, bundle.policy))
        self.allowed = cache(lambda name: allowed(bundle.policy.entries[name], bundle.policy))
        self.protectors = cache(self._protectors_of)
        self.slots_said = cache(self._slots_said)
        self._forbidding = cache(self._rules_against)
        self._todo: list[Stack] = []
        self._entered: set[Stack] = set()

    def build(self) -> System:
        for line in self.bundle.lines.values():
            flow = self.bundle.flows[line.flow]
            start = self.enter(((flow.id, flow.start),))
            self.system.starts.append((start, {"line": line.name, "channel": line.channel}))
        while self._todo:
            self._expand(self._todo.pop())
        self._merge_lines()
        return self.system

    def _merge_lines(self) -> None:
        """Lines that no guard names are one to the search: another door to the same flow is no other call."""
        system = self.system
        named = {value for edge in system.edges if edge.guard is not None
                 for leaf in tests(edge.guard) if leaf.name == "line" and isinstance(leaf, Comparison) for value in leaf.values}
        system.lines = {line: line if line in named else next(n for n in self.bundle.lines if n not in named) for line in self.bundle.lines}
        system.domains["line"] = tuple(dict.fromkeys(system.lines.values()))
        system.starts = [(spot, {**values, "line": system.lines[values["line"]]}) for spot, values in system.starts]

    # -- spots ----------------------------------------------------------------------------------------------------

    def spot(self, spot: Spot) -> int:
        known = self.ids.get(spot)
        if known is None:
            known = self.ids[spot] = len(self.system.spots)
            self.system.spots.append(spot)
            if known > MAX_SPOTS:
                raise TooLarge(f"more than {MAX_SPOTS} places of control")
        return known

    def enter(self, stack: Stack) -> int:
        """The spot at which a node is entered; the node's moves are added once."""
        if stack not in self._entered:
            if len(stack) > MAX_STACK:
                raise TooLarge("sub-flows call each other without end")
            self._entered.add(stack)
            self._todo.append(stack)
        return self.spot(Spot(stack))

    def ended(self, code: str) -> int:
        spot = self.spot(Spot((), f"ended:{code}"))
        self.system.reads[spot] = frozenset([OFFERED])
        return spot

    def _expand(self, stack: Stack) -> None:
        node = self.node(stack)
        place = Place(self, stack, node)
        if node.id == self.bundle.flows[stack[0][0]].defaults.places.get("agent_request") and len(stack) == 1:
            place.arrives_refused()
        RULES[node.kind](place)

    def node(self, stack: Stack) -> Node:
        flow, node = stack[-1]
        return self.bundle.flows[flow].nodes[node]

    # -- edges ----------------------------------------------------------------------------------------------------

    def edge(self, source: int, target: int, move: Move, *, when: Expr | None = None, sets: Mapping[str, str] | None = None,
             turn: bool = False, command: bool = False) -> None:
        time = self.system.spots[source].waits != ""
        self.system.edges.append(Edge(source, target, move, when, sets or {}, turn, command, time))

    def follow(self, stack: Stack, outcome: str) -> tuple[int, Mapping[str, str], Mark]:
        """Where an outcome of the node on top of the stack leads, what is set on the way, and the line that says so."""
        node = self.node(stack)
        target: Target | None = node.to.get(outcome)
        if target is None:
            place = "agent_request" if outcome == "agent_request" else "safe_landing"
            return self.place(stack, place), {}, node.mark
        return self.enter((*stack[:-1], (stack[-1][0], target.go))), target.set, target.mark

    def place(self, stack: Stack, name: str) -> int:
        root = stack[0][0]
        return self.enter(((root, self.bundle.flows[root].defaults.places[name]),))

    def broken(self, source: int, law: str, when: Expr | None, detail: str, mark: Mark) -> None:
        """An edge to a spot that no call may come to."""
        at = self.system.spots[source]
        target = self.spot(Spot(at.stack, f"broken:{law}:{detail}"))
        self.edge(source, target, Move("broken", law, mark=mark), when=when)

    def commands(self, source: int, stack: Stack, has_agent_outcome: bool) -> None:
        """What every question takes besides its own answers, and what spent budgets do."""
        self.system.repeats += 2  # repeat and help
        self.edge(source, self.enter(stack), Move("command", "switch_language"), turn=True, command=True)
        if has_agent_outcome:
            target, sets, mark = self.follow(stack, "agent_request")
            self.edge(source, target, Move("command", "agent_request", "agent_request", mark=mark), sets=sets, turn=True, command=True)
        hub = self._commands_of(stack[0][0], has_agent_outcome)
        self.edge(source, hub, Move("command"), turn=True, command=True)

    def _commands_of(self, root: str, has_agent_outcome: bool) -> int:
        """The spot from which the commands of an entry flow lead to its places: one for all its questions."""
        spot = Spot((), f"{HUB}{root}:{has_agent_outcome}")
        if spot in self.ids:
            return self.ids[spot]
        hub = self.spot(spot)
        for name in ("main_menu", "goodbye", *(() if has_agent_outcome else ("agent_request",))):
            self.edge(hub, self.place(((root, ""),), name), Move("command", name), command=True)
        if "accommodation" in self.bundle.flows[root].defaults.places:
            self.edge(hub, self.place(((root, ""),), "accommodation"), Move("command", "accommodation"), command=True)
        self.edge(hub, self.place(((root, ""),), "safe_landing"), Move("command", "budget"), command=True)
        # Only somebody who was led to the safe landing is hung up on, and the safe landing has offered a step by then:
        # that it does is a law of its own (proof.landing).
        helped = is_value(OFFERED, YES) if self.monitors.refusals else None
        self.edge(hub, self.ended("safe_landing"), Move("command", "budget_spent"), when=helped, command=True)
        return hub

    # -- laws that are edges ----------------------------------------------------------------------------------------

    def never(self, source: int, kind: str, name: str, mark: Mark, also: Expr | None = None) -> Expr | None:
        """Edges to what a never-rule forbids here; returns the guard under which none of them is broken."""
        rules, innocent = self._forbidding(kind, name)
        for rule in rules:
            self.broken(source, "never", all_of([self.guard(rule.when), also]), rule.id, mark)
        return innocent

    def _rules_against(self, kind: str, name: str) -> tuple[tuple[NeverRule, ...], Expr | None]:
        rules = tuple(r for r in self.bundle.policy.never if r.kind == kind and r.name in ("", name))
        return rules, all_of([Not(self.guard(r.when)) for r in rules])

    def protected(self, source: int, names: Iterable[str], mark: Mark) -> None:
        """Edges to the place where a case detail is touched although its policy is false."""
        for policy in dict.fromkeys(p for n in names for p in self.protectors(n)):
            self.broken(source, "pii", Not(self.allowed(policy)), policy, mark)

    def _protectors_of(self, name: str) -> tuple[str, ...]:
        """Policies that guard a variable or a slot, in any flow."""
        flows = self.bundle.flows.values()
        variables = (flow.protected[name] for flow in flows if name in flow.protected)
        slots = (flow.slots[name].protected_by for flow in flows if name in flow.slots)
        return tuple(dict.fromkeys(policy for policy in (*variables, *slots) if policy))

    def _slots_said(self, prompt: str) -> tuple[str, ...]:
        texts = [t for prompts in self.bundle.prompts.values() if prompt in prompts for t in prompts[prompt].variants.values()]
        known = {name for flow in self.bundle.flows.values() for name in flow.slots}
        return tuple(sorted(n for n in known if any(f"{{slot.{n}}}" in t for t in texts)))

    def unheard(self, source: int, mark: Mark, also: Expr | None) -> None:
        for rule in self.monitors.hearings:
            self.broken(source, "heard", all_of([also, is_value(heard(rule), NO)]), rule.id, mark)

    def unsettled(self, source: int, mark: Mark) -> None:
        """Edges from an end that comes although a refusal was not followed by a step."""
        for rule in self.monitors.refusals:
            self.broken(source, "refused", is_value(refused(rule), YES), rule.id, mark)


def _domains(bundle: Bundle) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for flow in bundle.flows.values():
        for name, values in flow.vars.items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
    return found | {"language": bundle.languages, "channel": CHANNELS, "line": tuple(bundle.lines), "contact": CONTACTS,
                    "hours": ("open", "closed"), "weekday": WEEKDAYS}


def _clock(bundle: Bundle) -> tuple[Mapping[str, str], ...]:
    """Hours and weekdays that can go together. Exceptions of single dates may fall on any weekday of theirs."""
    calendar = bundle.calendar
    if calendar is None:
        return tuple({"hours": "open", "weekday": day} for day in WEEKDAYS)
    works = {day for day, hours in calendar.week.items() if hours}
    works |= {date.weekday() for date, hours in calendar.overrides.items() if hours}
    return tuple({"hours": hours, "weekday": name} for n, name in enumerate(WEEKDAYS)
                 for hours in ("open", "closed") if hours == "closed" or n in works)
