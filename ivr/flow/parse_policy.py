"""policy.yaml, queues.yaml and callbacks.yaml to the model. Pure. Called by `flow.parse`."""

from __future__ import annotations

from ivr.errors import Problem
from ivr.flow.calendar import is_due_spec
from ivr.flow.complaints import mark_at, problem, read_as
from ivr.flow.model import Mark, NeverRule, Policy, PolicyEntry, PromiseSpec, Queue, Rule
from ivr.flow.schemas import CallbacksShape, EntryShape, NeverShape, QueuesShape
from ivr.flow.source import Items, Scalar, Table, Tree
from ivr.flow.suggest import hint_for

_HEAD = ("schema", "never", "always")


def parse_policy(tree: Tree, problems: list[Problem]) -> Policy:
    if not isinstance(tree, Table):
        problems.append(
            problem(tree.mark, "E-SCHEMA", "a policy is a mapping of entries", hint="write `name:` and its rules")
        )
        return Policy()
    schema = tree.entries.get("schema")
    if not isinstance(schema, Scalar) or schema.text != "ivr.policy/v1":
        problems.append(
            problem(
                mark_at(tree, ("schema",)),
                "E-SCHEMA",
                'a policy file begins with "schema: ivr.policy/v1"',
                hint="write schema: ivr.policy/v1",
            )
        )
    entries = {}
    for name, part in tree.entries.items():
        if name not in _HEAD:
            entry = _entry(name, part, tree.keys[name], problems)
            entries |= {name: entry} if entry else {}
    return Policy(entries, tuple(_never(tree.entries.get("never"), problems)), _always(tree.entries.get("always")))


def _entry(name: str, tree: Tree, mark: Mark, problems: list[Problem]) -> PolicyEntry | None:
    shape = read_as(EntryShape, tree, problems)
    if shape is None:
        return None
    if (shape.allow_if is None) == (shape.allow_if_any is None):
        problems.append(problem(mark, "E-SCHEMA", f'policy "{name}" takes either allow_if or allow_if_any',
                                consequence="It would not be clear who may go through.", hint="write one of the two"))
        return None
    if shape.allow_if is not None:
        rules: tuple[Rule, ...] = (Rule(name, shape.allow_if, shape.source, mark_at(tree, ("allow_if",))),)
    else:
        rules = tuple(Rule(r.id, r.when, r.source, mark_at(tree, ("allow_if_any", n, "when")))
                      for n, r in enumerate(shape.allow_if_any or ()))
    return PolicyEntry(name, rules, shape.open_when, shape.else_say, mark)


def _never(tree: Tree | None, problems: list[Problem]) -> list[NeverRule]:
    if tree is None:
        return []
    if not isinstance(tree, Items):
        problems.append(
            problem(tree.mark, "E-SCHEMA", '"never" is a list of rules', hint="begin each rule with a dash")
        )
        return []
    found = []
    for item in tree.items:
        shape = read_as(NeverShape, item, problems)
        if shape:
            kind, _, when = shape.rule.partition(" when ")
            found.append(NeverRule(shape.id, kind, when.strip(), shape.source, mark_at(item, ("rule",))))
    return found


def _always(tree: Tree | None) -> tuple[str, ...]:
    return tuple(i.text for i in tree.items if isinstance(i, Scalar)) if isinstance(tree, Items) else ()


def parse_queues(tree: Tree, problems: list[Problem]) -> dict[str, Queue]:
    shape = read_as(QueuesShape, tree, problems)
    if shape is None:
        return {}
    return {
        n: Queue(n, q.tier, q.languages, q.max_wait_s, mark_at(tree, ("queues", n))) for n, q in shape.queues.items()
    }


def parse_callbacks(tree: Tree, problems: list[Problem]) -> dict[str, PromiseSpec]:
    shape = read_as(CallbacksShape, tree, problems)
    found = {}
    for name, spec in (shape.promises if shape else {}).items():
        mark = mark_at(tree, ("promises", name))
        if not is_due_spec(spec.due_within):
            problems.append(problem(mark_at(tree, ("promises", name, "due_within")), "E-SCHEMA",
                                    f'"{spec.due_within}" is not a time that can be promised',
                                    hint="write 30 business_days, or a range of hours such as 24h..72h"))
        found[name] = PromiseSpec(name, spec.kind, spec.due_within, spec.confirm, mark)
    return found


def check_schema_name(name: str, known: tuple[str, ...], mark: Mark) -> Problem:
    """A `schema:` that no reader knows."""
    return problem(mark, "E-SCHEMA", f'"{name}" is not a schema that is known', hint=hint_for(name, known, "schemas"))
