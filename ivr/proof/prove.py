"""`prove`: everything that can be shown of a bundle that loads. Pure; called by `ivr.proof.examine`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.proof.build import TooLarge, system_of
from ivr.proof.case import Case
from ivr.proof.laws import LAWS
from ivr.proof.pack import pack
from ivr.proof.parity import parity
from ivr.proof.search import TooManyStates, search


@dataclass(slots=True)
class Proof:
    problems: list[Problem] = field(default_factory=list)
    laws: dict[str, bool] = field(default_factory=dict)
    """Law -> whether it holds."""
    states: int = 0
    transitions: int = 0
    case: Case | None = None
    """What was searched; None when it was too large."""


def prove(bundle: Bundle) -> Proof:
    """Search the bundle and judge every law."""
    proof = Proof()
    try:
        reached = search(pack(system_of(bundle)))
    except (TooLarge, TooManyStates) as error:
        proof.problems = [problem(Mark("bundle.yaml"), "E-LOOP", f"the bundle cannot be proven: {error}",
                                  hint="let no sub-flow call itself, and reset variables where a new topic begins")]
        proof.laws = dict.fromkeys((*LAWS, "reachable", "parity"), False)
        return proof
    proof.case = case = Case(bundle, reached)
    proof.states, proof.transitions = len(reached.index), len(reached.source) + case.system.repeats
    for name, law in {**LAWS, "reachable": _unreachable, "parity": parity}.items():
        found = list(law(case))
        proof.laws[name] = not found
        proof.problems += found
    return proof


def _unreachable(case: Case) -> Iterator[Problem]:
    for flow in case.bundle.flows.values():
        for node in flow.nodes.values():
            if (flow.id, node.id) not in case.nodes_found:
                yield problem(node.mark, "E-UNREACH", f'no caller can reach node "{node.id}"',
                              consequence="What it says is never heard.", hint=f"lead an outcome to {node.id}, or delete it")
