"""Every name a flow, policy or line uses exists. Pure. Called after parsing, at each load.

`flow.node_references` does it for nodes, `flow.languages` for words. A name that is missing from a file with
other mistakes is not reported: it may be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.desk_references import desk_references
from ivr.flow.languages import language_problems
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Target
from ivr.flow.node_references import SILENT, node_problems
from ivr.flow.node_site import Site, assigned_problems
from ivr.flow.parse import Reading, read_bundle
from ivr.flow.parse_flow import PLACES
from ivr.flow.policy import ELIGIBLE, builtin_domains, domains
from ivr.flow.policy_references import env_references, policy_references, promise_references
from ivr.flow.queue_references import queue_references
from ivr.flow.suggest import hint_for
from ivr.flow.tree import Table


def problems_of(files: Mapping[str, bytes], env: str = "development") -> tuple[Reading, list[Problem]]:
    """What could be read of the files, and everything that keeps the bundle from loading."""
    reading = read_bundle(files, env)
    return reading, sorted([*reading.problems, *references(reading)])


def references(reading: Reading) -> list[Problem]:
    bundle = reading.bundle
    if bundle is None:
        return []
    found = [*_lines(bundle, reading), *policy_references(bundle, reading), *promise_references(bundle, reading),
             *env_references(bundle, reading), *queue_references(bundle, reading), *desk_references(bundle, reading)]
    for flow in bundle.flows.values():
        found += _flow(bundle, flow, reading)
    return [*found, *language_problems(bundle, reading)]


# -- lines and flows --------------------------------------------------------------------------------------------------


def _lines(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    def mark(word: str) -> Mark:
        return reading.mark_of("bundle.yaml", word)

    ids = reading.node_ids
    for name, line in bundle.lines.items():
        if line.flow not in ids and not reading.has_broken_flow():
            yield problem(
                mark(line.flow),
                "E-REF",
                f'line "{name}" begins in flow "{line.flow}", which does not exist',
                consequence="A caller of this line would hear nothing.",
                hint=hint_for(line.flow, ids, "flows"),
            )
        if line.language and line.language not in bundle.languages:
            yield problem(mark(line.language), "E-REF", f'line "{name}" speaks "{line.language}", which is not one of '
                          "the languages of this bundle", hint=hint_for(line.language, bundle.languages, "languages"))
        flow = bundle.flows.get(line.flow)
        if flow and flow.results:
            yield problem(mark(line.flow), "E-REF", f'line "{name}" begins in the sub-flow "{line.flow}"',
                          hint="name a flow without `results`")


def _flow(bundle: Bundle, flow: Flow, reading: Reading) -> Iterator[Problem]:
    ids = reading.node_ids.get(flow.id, frozenset(flow.nodes))

    def at(word: str) -> Mark:
        return reading.mark_of(flow.file, word)

    if flow.start not in ids:
        yield problem(at(flow.start), "E-REF", f'the flow starts at "{flow.start}", which is not one of its nodes',
                      consequence="Every call would end at once.", hint=hint_for(flow.start, ids, "nodes"))
    yield from _places_of(flow, ids, at)
    for name in flow.inputs:
        if name not in flow.vars:
            yield problem(
                at(name), "E-REF", f'input "{name}" is not a variable of this flow', hint=hint_for(name, flow.vars)
            )
    space = {n: v for n, v in domains(bundle).items() if n in flow.vars or n.endswith(ELIGIBLE)}
    space |= dict(flow.vars) | builtin_domains(bundle.languages, tuple(bundle.lines))
    nodes = reading.trees[flow.file].entries["nodes"] if isinstance(reading.trees.get(flow.file), Table) else None
    seen: set[Mark] = set()
    for node in flow.nodes.values():
        tree = nodes.entries[node.id] if isinstance(nodes, Table) else None
        if tree is not None:
            site = Site(reading, bundle, flow, node, tree, space)
            yield from node_problems(site)
            yield from _targets(site, node.to, ids, seen)
    yield from _protections(bundle, flow, reading)
    yield from _language_keys(bundle, flow, reading)
    for outcomes in flow.defaults.targets.values():
        for target in outcomes.values():
            yield from _target(bundle, flow, target, ids, seen)


def _protections(bundle: Bundle, flow: Flow, reading: Reading) -> Iterator[Problem]:
    """Policy entries that guard variables and slots."""
    guards = [("vars", name, policy) for name, policy in flow.protected.items()]
    guards += [("slots", name, spec.protected_by) for name, spec in flow.slots.items() if spec.protected_by]
    for part, name, policy in guards:
        if policy not in bundle.policy.entries and "policy.yaml" not in reading.broken:
            yield problem(mark_at(reading.trees[flow.file], (part, name, "protected_by")), "E-REF",
                          f'there is no policy "{policy}" to protect "{name}"',
                          consequence="Nothing would decide who may hear case details.",
                          hint=hint_for(policy, bundle.policy.entries, "policies"))


def _language_keys(bundle: Bundle, flow: Flow, reading: Reading) -> Iterator[Problem]:
    for key, language in flow.defaults.language_keys.items():
        if language not in bundle.languages:
            yield problem(mark_at(reading.trees[flow.file], ("defaults", "language_keys", key)), "E-REF",
                          f'there is no language "{language}"', consequence="A caller who presses it would hear nothing.",
                          hint=hint_for(language, bundle.languages, "languages"))


def _places_of(flow: Flow, ids: frozenset[str], at: Callable[[str], Mark]) -> Iterator[Problem]:
    for place, node_id in flow.defaults.places.items():
        if node_id not in ids and node_id != flow.start:
            yield problem(at(node_id), "E-REF", f'the place "{place}" is "{node_id}", which is not a node of this flow',
                          hint=hint_for(node_id, ids, "nodes"))
    if not flow.results:
        for place in PLACES:
            if place not in flow.defaults.places:
                yield problem(Mark(flow.file), "E-TOTAL", f'the flow has no place "{place}"',
                              consequence="A command or a failure would lead nowhere.",
                              hint=f"name a node {place}, or set defaults.places.{place}")


def _targets(site: Site, to: Mapping[str, Target], ids: frozenset[str], seen: set[Mark]) -> Iterator[Problem]:
    for target in to.values():
        yield from _target(site.bundle, site.flow, target, ids, seen)


def _target(bundle: Bundle, flow: Flow, target: Target, ids: frozenset[str], seen: set[Mark]) -> Iterator[Problem]:
    """A target is examined once, however many nodes inherit it."""
    if target.mark in seen:
        return
    seen.add(target.mark)
    if target.go not in ids and target.go not in flow.defaults.places.values():
        yield problem(target.mark, "E-REF", f'there is no node "{target.go}" in this flow',
                      consequence=SILENT.replace("comes here", "goes this way"), hint=hint_for(target.go, ids, "nodes"))
    yield from assigned_problems(bundle, flow, target.set, target.mark)
