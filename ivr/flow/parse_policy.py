"""policy.yaml to the model: who may reach whom, what never happens, what always does. Pure. Called by `flow.parse`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem, read_as, text_mark
from ivr.flow.mark import Mark
from ivr.flow.model_policy import AlwaysRule, NeverRule, Policy, PolicyEntry, Rule
from ivr.flow.schemas_rules import AlwaysShape, EntryShape, NeverShape
from ivr.flow.suggest import hint_for
from ivr.flow.tree import Items, Scalar, Table, Tree

_HEAD = ("schema", "never", "always")
_NEVER = re.compile(r"(?s)(?P<kind>transfer|promise|say|send)(?: (?:to )?(?P<name>(?!when\b)\w+))? when (?P<when>.+)")
_FORMS = {
    "bounded": re.compile(r"every reachable state can reach an end within (?P<number>\d{1,3}) caller turns"),
    "refused": re.compile(r"after any refusal of a live agent the caller is offered at least one of: (?P<names>\w+(?:, ?\w+)*)"),
    "heard": re.compile(r"before any transfer the caller hears at least one of: (?P<names>\w+(?:, ?\w+)*)"),
}
_ALWAYS_HINT = ('write "every reachable state can reach an end within 12 caller turns", "after any refusal of a live agent the '
                'caller is offered at least one of: a, b" or "before any transfer the caller hears at least one of: prompt_a"')


def parse_policy(tree: Tree, problems: list[Problem]) -> Policy:
    if not isinstance(tree, Table):
        problems.append(
            problem(tree.mark, "E-SCHEMA", "a policy is a mapping of entries", hint="write `name:` and its rules")
        )
        return Policy()
    schema = tree.entries.get("schema")
    if not isinstance(schema, Scalar) or schema.text != "ivr.policy/v1":
        problems.append(problem(mark_at(tree, ("schema",)), "E-SCHEMA", 'a policy file begins with "schema: ivr.policy/v1"',
                                hint="write schema: ivr.policy/v1"))
    entries = {}
    for name, part in tree.entries.items():
        if name not in _HEAD:
            entry = _entry(name, part, tree.keys[name], problems)
            entries |= {name: entry} if entry else {}
    never = (_never(item, problems) for item in _items(tree, "never", problems))
    always = (_always(item, n, problems) for n, item in enumerate(_items(tree, "always", problems), 1))
    return Policy(entries, tuple(r for r in never if r), tuple(r for r in always if r))


def _entry(name: str, tree: Tree, mark: Mark, problems: list[Problem]) -> PolicyEntry | None:
    shape = read_as(EntryShape, tree, problems)
    if shape is None:
        return None
    if (shape.allow_if is None) == (shape.allow_if_any is None):
        problems.append(problem(mark, "E-SCHEMA", f'policy "{name}" takes either allow_if or allow_if_any',
                                consequence="It would not be clear who may go through.", hint="write one of the two"))
        return None
    if shape.allow_if is not None:
        rules: tuple[Rule, ...] = (Rule(name, shape.allow_if, shape.source, text_mark(tree, ("allow_if",)), shape.rows),)
    else:
        rules = tuple(Rule(r.id, r.when, r.source, text_mark(tree, ("allow_if_any", n, "when")), r.rows)
                      for n, r in enumerate(shape.allow_if_any or ()))
    return PolicyEntry(name, rules, shape.open_when, shape.else_say, mark, shape.rows)


def _items(tree: Table, name: str, problems: list[Problem]) -> Iterator[Tree]:
    part = tree.entries.get(name)
    if isinstance(part, Items):
        yield from part.items
    elif part is not None:
        problems.append(problem(part.mark, "E-SCHEMA", f'"{name}" is a list of rules', hint="begin each rule with a dash"))


def _never(tree: Tree, problems: list[Problem]) -> NeverRule | None:
    shape = read_as(NeverShape, tree, problems)
    match = _NEVER.fullmatch(shape.rule) if shape else None
    if shape is None or match is None:
        return None
    rule = text_mark(tree, ("rule",))
    return NeverRule(shape.id, match["kind"], match["when"].strip(), shape.source, _within(rule, match, "when"),
                     match["name"] or "", _within(rule, match, "name") if match["name"] else rule, shape.rows)


def _always(tree: Tree, nth: int, problems: list[Problem]) -> AlwaysRule | None:
    tree = _sentence(tree)
    shape = read_as(AlwaysShape, tree, problems, shorthand=lambda raw: {"rule": raw} if isinstance(raw, str) else raw)
    if shape is None:
        return None
    text = " ".join(shape.rule.split())
    mark = text_mark(tree, ("rule",))
    for form, pattern in _FORMS.items():
        match = pattern.fullmatch(text)
        if match:
            found = match.groupdict()
            places = list(re.finditer(r"\w+", found.get("names") or ""))
            marks = tuple(_shifted(mark, match.start("names") + p.start(), len(p[0]), text) for p in places)
            return AlwaysRule(shape.id or f"always-{nth}", form, tuple(p[0] for p in places), int(found.get("number") or 0),
                              text, shape.source, mark, marks, shape.rows)
    problems.append(problem(mark, "E-SCHEMA", "this sentence is none of those that can be proved",
                            consequence="Nothing would watch over what it promises to callers.", hint=_ALWAYS_HINT))
    return None


def _sentence(tree: Tree) -> Tree:
    """`- after ... one of: a, b` without quotes is a mapping to YAML; the author means the sentence."""
    if not isinstance(tree, Table) or len(tree.entries) != 1:
        return tree
    key, value = next(iter(tree.entries.items()))
    if " " not in key or not isinstance(value, Scalar):
        return tree
    text = f"{key}: {value.text}"
    return Scalar(text, replace(tree.keys[key], length=len(text)))


def _within(mark: Mark, match: re.Match[str], group: str) -> Mark:
    """The place of a part of the text at `mark`."""
    return _shifted(mark, match.start(group), match.end(group) - match.start(group), match.string)


def _shifted(mark: Mark, start: int, length: int, text: str) -> Mark:
    """A text over several lines keeps its beginning: columns could not be counted."""
    return replace(mark, column=mark.column + start, length=length) if mark.length == len(text) else mark


def check_schema_name(name: str, known: tuple[str, ...], mark: Mark) -> Problem:
    """A `schema:` that no reader knows."""
    return problem(mark, "E-SCHEMA", f'"{name}" is not a schema that is known', hint=hint_for(name, known, "schemas"))
