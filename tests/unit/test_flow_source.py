"""YAML to positioned texts: nothing is converted, everything dangerous is refused in a sentence."""

from __future__ import annotations

import pytest

from ivr.flow.source import read_tree
from ivr.flow.source_text import MAX_BYTES
from ivr.flow.tree import Items, Scalar, Table, plain


def tree_of(text: str):
    tree, problems = read_tree(text, "a.yaml")
    assert problems == []
    return tree


@pytest.mark.parametrize(
    "word", ["no", "off", "012", "1_000", "2026-01-05", "0x1F", "1e3", "~", "null", "true", "12:30:45"]
)
def test_every_scalar_stays_the_text_that_stands_there(word: str):
    assert plain(tree_of(f"key: {word}")) == {"key": word}


def test_key_one_and_quoted_key_one_are_the_same_key():
    _, problems = read_tree('1: a\n"1": b\n', "a.yaml")
    assert [(p.line, p.code) for p in problems] == [(2, "E-YAML")]
    assert "line 1, column 1" in problems[0].message


def test_positions_count_from_one():
    tree = tree_of("a:\n  - x\n  - bc: d\n")
    assert isinstance(tree, Table)
    items = tree.entries["a"]
    assert isinstance(items, Items)
    assert (items.items[0].mark.line, items.items[0].mark.column) == (2, 5)
    inner = items.items[1]
    assert isinstance(inner, Table)
    assert (inner.keys["bc"].line, inner.keys["bc"].column, inner.keys["bc"].length) == (3, 5, 2)


def test_nothing_after_the_colon_is_not_the_empty_text():
    tree = tree_of('a:\nb: ""\n')
    assert plain(tree) == {"a": None, "b": ""}
    assert isinstance(tree, Table)
    assert isinstance(tree.entries["a"], Scalar)
    assert tree.entries["a"].is_empty


def test_an_alias_repeats_its_value():
    assert plain(tree_of("a: &x [1, 2]\nb: *x\n")) == {"a": ["1", "2"], "b": ["1", "2"]}


@pytest.mark.parametrize(("text", "says"), [
    ("a: b: c", "colon"),
    ("\ta: b", "tab"),
    ("a:\n  b: 1\n\tc: 2", "tab"),
    ("a: [1, 2", "not closed"),
    ("a: 'x", "never closed"),
    ("a: !!python/object/apply:os.system [ls]", "tag"),
    ("a: !thing x", "tag"),
    ("a: &x [*x]", "inside the value"),
    ("a: *x", "anchor"),
    ("a: 1\n---\nb: 2", "second one"),
    ("{[a]: b}", "key of a mapping"),
    ("a: @x", "quotes"),
    ("a: \x07", "control"),
    ("[" * 60 + "]" * 60, "nested deeper"),
    ("a: " + "x" * MAX_BYTES, "larger"),
])
def test_what_cannot_be_read_is_said_in_a_sentence(text: str, says: str):
    tree, problems = read_tree(text, "a.yaml")
    assert tree is None
    assert len(problems) == 1
    assert problems[0].code == "E-YAML"
    assert says in problems[0].message + problems[0].hint
    assert problems[0].hint


def test_an_alias_bomb_is_refused_before_it_grows():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    tree, problems = read_tree("\n".join(lines), "a.yaml")
    assert tree is None
    assert "aliases" in problems[0].message


def test_bytes_that_are_not_utf8_have_a_place():
    _, problems = read_tree(b"a: 1\nb: \xff\n", "a.yaml")
    assert (problems[0].line, problems[0].column) == (2, 4)


def test_a_byte_order_mark_is_no_mistake():
    assert plain(tree_of(b"\xef\xbb\xbfa: 1".decode("utf-8"))) == {"a": "1"}
