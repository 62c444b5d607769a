"""Where each outcome of a node leads: what it wires itself, what it inherits, what is built in. Pure.

Order: the node's `to` (or `next`), `defaults.<kind>`, `defaults.any`, the built-in places. An outcome that none of them
wires is E-TOTAL. Called by `flow.parse_flow`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.mark import Mark
from ivr.flow.model_flow import Defaults, Target
from ivr.flow.registry import NodeKind
from ivr.flow.suggest import hint_for
from ivr.flow.tree import Scalar, Table, Tree

STAYS = frozenset({"help"})
"""Outcomes that keep the caller at the node and so lead nowhere."""
FALLING = frozenset({"failed", "timeout", "error", "silence", "no_match", "no_contact", "wait_too_long", "left"})
"""Outcomes that lead to the safe landing when nobody wires them: no fault opens a door."""
_SHORT = frozenset({"done", "ok", "sent", "promised", "connected"})
"""First outcomes for which `next` is short; the others are named by the author."""


def read_target(tree: Tree, problems: list[Problem]) -> Target | None:
    """`node_id` or `{set: {variable: value}, go: node_id}`."""
    if isinstance(tree, Scalar) and not tree.is_empty:
        return Target(tree.text, {}, tree.mark)
    go = tree.entries.get("go") if isinstance(tree, Table) else None
    if not isinstance(tree, Table) or not isinstance(go, Scalar) or go.is_empty:
        problems.append(
            problem(
                tree.mark,
                "E-SCHEMA",
                "a target is the id of a node, or {set: {variable: value}, go: node}",
                hint="write the id of a node of this flow",
            )
        )
        return None
    for key in tree.entries:
        if key not in ("go", "set"):
            problems.append(problem(tree.keys[key], "E-SCHEMA", f'"{key}" is not a key of a target',
                                    hint=hint_for(key, ("set", "go"), "keys")))
    return Target(go.text, _assignments(tree.entries.get("set"), problems), go.mark)


def _assignments(tree: Tree | None, problems: list[Problem]) -> dict[str, str]:
    if tree is None:
        return {}
    if not isinstance(tree, Table) or not all(isinstance(v, Scalar) for v in tree.entries.values()):
        problems.append(problem(tree.mark, "E-SCHEMA", '"set" takes variables and their values',
                                hint="write set: {variable: value}"))
        return {}
    return {name: value.text for name, value in tree.entries.items() if isinstance(value, Scalar)}


def read_targets(tree: Tree | None, problems: list[Problem]) -> dict[str, Target]:
    """A mapping of outcomes to targets."""
    if tree is None:
        return {}
    if not isinstance(tree, Table):
        problems.append(problem(tree.mark, "E-SCHEMA", "outcomes and their targets were expected here",
                                hint="write `outcome: node` lines"))
        return {}
    found = {outcome: read_target(value, problems) for outcome, value in tree.entries.items()}
    return {outcome: target for outcome, target in found.items() if target}


def own_targets(node_id: str, tree: Table, outcomes: tuple[str, ...], problems: list[Problem]) -> dict[str, Target]:
    """What the node wires itself by `next` and `to`."""
    wired = read_targets(tree.entries.get("to"), problems)
    to = tree.entries.get("to")
    for outcome in [o for o in wired if o not in outcomes]:
        mark = to.keys[outcome] if isinstance(to, Table) else tree.mark
        problems.append(
            problem(
                mark,
                "E-REF",
                f'node "{node_id}" has no outcome "{outcome}"',
                consequence="No caller would ever go this way.",
                hint=hint_for(outcome, outcomes, "outcomes"),
            )
        )
        del wired[outcome]
    if "next" in tree.entries:
        _next(node_id, tree, outcomes, wired, problems)
    return wired


def _next(
    node_id: str, tree: Table, outcomes: tuple[str, ...], wired: dict[str, Target], problems: list[Problem]
) -> None:
    mark = tree.keys["next"]
    if not outcomes:
        problems.append(problem(mark, "E-SCHEMA", f'node "{node_id}" ends here, so nothing can come next',
                                hint="remove `next`"))
    elif outcomes[0] not in _SHORT and len(outcomes) > 1:
        problems.append(
            problem(
                mark,
                "E-SCHEMA",
                f'node "{node_id}" has several outcomes, so `next` does not say which',
                hint=f"write `to:` with {', '.join(outcomes[:6])}",
            )
        )
    elif outcomes[0] in wired:
        problems.append(problem(mark, "E-SCHEMA", f'"{outcomes[0]}" is wired twice, by `next` and by `to`',
                                hint="remove one of the two"))
    else:
        target = read_target(tree.entries["next"], problems)
        wired |= {outcomes[0]: target} if target else {}


def all_targets(node_id: str, kind: NodeKind, outcomes: tuple[str, ...], own: Mapping[str, Target], defaults: Defaults,
                mark: Mark, problems: list[Problem]) -> dict[str, Target]:
    """Every outcome with its target. In a sub-flow the built-in places belong to the calling flow and are left out."""
    found: dict[str, Target] = {}
    for outcome in outcomes:
        target = own.get(outcome) or _inherited(kind.name, outcome, defaults)
        if target is None and outcome not in STAYS:
            place = _place(kind, outcome)
            if place and place in defaults.places:
                target = Target(defaults.places[place], {}, mark)
            elif not place:  # a place that is missing altogether is one problem of the flow
                problems.append(_unwired(node_id, kind.name, outcome, mark))
        if target:
            found[outcome] = target
    return found


def _inherited(kind: str, outcome: str, defaults: Defaults) -> Target | None:
    return defaults.targets.get(kind, {}).get(outcome) or defaults.targets.get("any", {}).get(outcome)


def _place(kind: NodeKind, outcome: str) -> str | None:
    if outcome == "agent_request" and outcome in kind.DEFAULTED:
        return "agent_request"
    return "safe_landing" if outcome in kind.DEFAULTED or outcome in FALLING else None


def _unwired(node_id: str, kind: str, outcome: str, mark: Mark) -> Problem:
    return problem(mark, "E-TOTAL", f'outcome "{outcome}" of node "{node_id}" leads nowhere',
                   consequence=f'A caller for whom "{node_id}" ends in "{outcome}" would hear nothing.',
                   hint=f"add `{outcome}: NODE` under `to`, or set defaults.{kind}.{outcome}")
