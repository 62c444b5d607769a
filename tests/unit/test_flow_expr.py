"""Guards: grammar, meaning, columns of mistakes, totality."""

from __future__ import annotations

import pytest

from ivr.flow.expr import ExprError, evaluate, is_total, names, parse_expr

ENV = {"reason": "adit", "hours": "open", "language": "es", "live_agent.eligible": True}


@pytest.mark.parametrize(("text", "value"), [
    ("reason == adit", True),
    ("reason != adit", False),
    ("reason in [none, adit]", True),
    ("reason not in [none, adit]", False),
    ("live_agent.eligible", True),
    ("not live_agent.eligible", False),
    ("live_agent.eligible == true", True),
    ("reason == none or hours == open and language == es", True),
    ("(reason == none or hours == open) and language == en", False),
    ("not reason == adit or hours == open", True),
    ("not (reason == adit or hours == open)", False),
    ("reason==adit", True),
])
def test_meaning(text: str, value: bool):
    assert evaluate(parse_expr(text), ENV) is value


@pytest.mark.parametrize(("text", "column"), [
    ("", 1), ("reason =", 8), ("reason == ", 11), ("reason == a b", 13), ("(reason == a", 13), ("reason in a", 11),
    ("reason in []", 12), ("a == b and", 11), ("and", 1), ("a == b or or c == d", 11), ("__import__('os')", 12),
    ("a == 'b'", 6), ("a < b", 3), ("not " * 40 + "a", 121),
])
def test_mistakes_have_a_column(text: str, column: int):
    with pytest.raises(ExprError) as caught:
        parse_expr(text)
    assert caught.value.column == column


def test_names():
    assert names(parse_expr("a == b and not (c in [d, e] or p.eligible)")) == {"a", "c", "p.eligible"}


def test_a_table_that_covers_everything_is_total():
    rows = [parse_expr("a == x"), parse_expr("a != x and b == y"), parse_expr("b == z")]
    assert is_total(rows, {"a": ("x", "w"), "b": ("y", "z")}) is None


def test_a_missing_case_is_named():
    rows = [parse_expr("a == x"), parse_expr("b == y")]
    assert is_total(rows, {"a": ("x", "w"), "b": ("y", "z")}) == {"a": "w", "b": "z"}


def test_a_row_that_is_always_true_needs_no_variables():
    assert is_total([parse_expr("p.eligible or not p.eligible")], {"p.eligible": (True, False)}) is None


def test_a_table_too_large_to_try_is_refused():
    rows = [parse_expr(" and ".join(f"v{n} == a" for n in range(20)))]
    with pytest.raises(ExprError, match="fewer variables"):
        is_total(rows, {f"v{n}": ("a", "b") for n in range(20)})
