"""What is wrong with a guard: its grammar, its names, its values. Pure. Called by `flow.references`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.expr import Comparison, ExprError, Truth, Value, parse_expr, tests
from ivr.flow.mark import Mark
from ivr.flow.suggest import hint_for


def guard_problems(text: str, mark: Mark, domains: Mapping[str, Sequence[Value]], offset: int = 0) -> Iterator[Problem]:
    """Each fault of the guard that stands at `mark`; `offset` is how far into that text the guard begins."""
    try:
        expr = parse_expr(text)
    except ExprError as error:
        yield problem(
            _at(mark, error.column + offset, error.length),
            "E-SCHEMA",
            f"the condition cannot be read: {error.message}",
            hint="write it like `reason == none and language in [en, es]`",
        )
        return
    for leaf in tests(expr):
        yield from _leaf(leaf, mark, domains, offset)


def _leaf(
    leaf: Comparison | Truth, mark: Mark, domains: Mapping[str, Sequence[Value]], offset: int
) -> Iterator[Problem]:
    place = _at(mark, leaf.column + offset, len(leaf.name))
    if leaf.name not in domains:
        yield problem(
            place, "E-REF", f'there is no variable "{leaf.name}"', hint=hint_for(leaf.name, domains, "variables")
        )
        return
    allowed = [("true" if v else "false") if isinstance(v, bool) else v for v in domains[leaf.name]]
    if isinstance(leaf, Truth):
        if set(allowed) != {"true", "false"}:
            yield problem(place, "E-SCHEMA", f'"{leaf.name}" is not true or false by itself',
                          hint=f"compare it: {leaf.name} == {allowed[0] if allowed else 'value'}")
        return
    for value, column in zip(leaf.values, leaf.value_columns, strict=True):
        if value not in allowed:
            yield problem(
                _at(mark, column + offset, len(value)),
                "E-REF",
                f'"{leaf.name}" is never "{value}"',
                consequence="The condition would never do what it says.",
                hint=hint_for(value, allowed, "values"),
            )


def _at(mark: Mark, column: int, length: int) -> Mark:
    """Only a text on one line has a column that can be counted; a block stays at its beginning."""
    if column > mark.length + 1:
        return mark
    return replace(mark, column=mark.column + column - 1, length=max(1, length))
