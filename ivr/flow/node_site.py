"""One node under examination, and the questions that are asked of every name in it. Pure.

Made by `flow.references` for each node; used there and by `flow.node_references`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.errors import Problem
from ivr.flow.complaints import inner_mark, problem
from ivr.flow.expr import Value
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node
from ivr.flow.parse import Reading
from ivr.flow.suggest import hint_for
from ivr.flow.tree import Tree, scalars


@dataclass(frozen=True, slots=True)
class Site:
    """One node under examination."""

    reading: Reading
    bundle: Bundle
    flow: Flow
    node: Node
    tree: Tree
    domains: dict[str, Sequence[Value]]

    def mark(self, word: str) -> Mark:
        """Where `word` stands as a value in the node, else the node itself."""
        return next((s.mark for s in scalars(self.tree) if s.text == word), self.node.mark)

    def text_mark(self, text: str) -> Mark:
        """The same without its quotes."""
        return next((inner_mark(s) for s in scalars(self.tree) if s.text == text), self.node.mark)

    def known(self, word: str, names: Iterable[str], what: str, file: str, consequence: str = "") -> Iterator[Problem]:
        """E-REF unless `word` is one of `names`."""
        names = list(names)
        if word not in names and file not in self.reading.broken:
            yield problem(self.mark(word), "E-REF", f'there is no {what} "{word}"', consequence=consequence,
                          hint=hint_for(word, names, _plural(what)))


def _plural(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"


def assigned_problems(bundle: Bundle, flow: Flow, values: Mapping[str, str], mark: Mark) -> Iterator[Problem]:
    """Variables of the flow may be set, and `language`, which changes what the caller hears from here on."""
    space = {**flow.vars, "language": bundle.languages}
    for name, value in values.items():
        if name not in space:
            yield problem(
                mark, "E-REF", f'there is no variable "{name}" in this flow', hint=hint_for(name, space, "variables")
            )
        elif value not in space[name]:
            yield problem(
                mark, "E-REF", f'variable "{name}" cannot be "{value}"', hint=hint_for(value, space[name], "values")
            )
