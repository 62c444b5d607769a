"""The traps of YAML: each has its own sentence, which says what the author probably meant."""

from __future__ import annotations

import pytest

from ivr.errors import Problem
from ivr.flow.complaints import read_as
from ivr.flow.parse_data import parse_bundle_file
from ivr.flow.schemas import ConfidenceShape, FlowShape, LineShape, RetryShape
from ivr.flow.schemas_rules import FactShape, RoundsShape
from ivr.flow.source import read_tree
from ivr.flow.source_text import MAX_BYTES


def refused(text: str | bytes) -> list[Problem]:
    _, problems = read_tree(text, "a.yaml")
    assert all(p.code == "E-YAML" for p in problems)
    return problems


def complaint(shape: type, text: str) -> Problem:
    tree, problems = read_tree(text, "a.yaml")
    assert problems == [] and tree is not None
    assert read_as(shape, tree, problems) is None
    assert [p.code for p in problems] == ["E-SCHEMA"], problems
    return problems[0]


@pytest.mark.parametrize(("word", "cure"), [
    ("no", "write false"), ("off", "write false"), ("n", "write false"), ("No", "write false"),
    ("yes", "write true"), ("on", "write true"), ("TRUE", "write true"), ("1", "write true or false"),
])
def test_words_for_true_and_false(word: str, cure: str) -> None:
    found = complaint(LineShape, f"flow: main\ntextable: {word}")
    assert found.hint.startswith(cure)
    assert f'"{word}"' in found.message


@pytest.mark.parametrize(("word", "cure"), [
    ("012", "write 12: with a zero"), ("1_0", "write 10, without"), ("1,000", "write 1000, without"),
    ("0x10", "write 16: numbers of base 16"),
    ("0o17", "write 15"), ("0b11", "write 3"), ("1e1", "write 10: powers"), ("1:30", "write 90: with colons"), ("8:00", "write 480"),
    ("off", 'write a number; "off"'), ("~", "leave the key out"), ("null", "leave the key out"),
    ("2026-01-05", "write a number; this is a date"),
    ("+5", "write 5"), ("ten", "write a plain number"), (".inf", "write a plain number"),
])
def test_words_for_numbers(word: str, cure: str) -> None:
    found = complaint(RetryShape, f"timeout_s: {word}")
    assert cure in found.hint, found
    assert (found.line, found.column, found.length) == (1, 12, len(word))


def test_a_clock_and_a_date_in_other_forms() -> None:
    assert '"08:00", in quotes' in complaint(RoundsShape, "last_start: 8:00").hint
    assert "write 0.5" in complaint(ConfidenceShape, "accept: .5").hint
    assert "write 2026-01-05" in complaint(FactShape, "{value: x, review_by: 2026/1/5}").hint


def test_norway_in_the_list_of_languages() -> None:
    text = "schema: ivr.bundle/v1\nid: a\ntitle: {en: A, no: B}\nlanguages: [en, no]\nlines: {main: {flow: a}}"
    tree, problems = read_tree(text, "b.yaml")
    assert tree is not None
    shape = parse_bundle_file(tree, problems)
    assert shape is not None and shape.languages == ("en", "no")
    assert [(p.code, p.line, p.column) for p in problems] == [("E-YAML", 4, 17)]
    assert 'write "no" in quotes' in problems[0].hint


@pytest.mark.parametrize(("text", "says", "cure"), [
    ("a:\n\tb: 1", "tab", "spaces"),
    ("a: 1\nb: 2\na: 3", "line 1, column 1", "rename"),
    ('1: a\n"1": b', "with and without quotes", "remove one"),
    ("a: 1\na: 2", "twice in the same mapping;", "remove one"),
    ("a: &x {b: c}\nd:\n  <<: *x", "merge key", "write the keys out"),
    ("a: 1\n---\nb: 2", "second one begins", "remove the line"),
    ("a: 1\n...\nb: 2", "after its end", "one document"),
    ("a: !!python/object/apply:os.system [ls]", "python/object", "remove the tag"),
    ("a: !!binary aGk=", "binary", "remove the tag"),
    ("a: !secret x", '"!secret"', "remove the tag"),
    ("a: *x", "names an anchor that does not stand above", "quotes"),
    ("a: &x [*x]", "inside the value", "write the value out"),
    ("[" * 60 + "]" * 60, "nested deeper", "flatten"),
    ("a: " + "x" * MAX_BYTES, "larger than 1000 kB", "split"),
    ("a: x\0y", "NUL", "without it"),
    (b"\xff\xfea\0:\0 \0b\0", "UTF-16", "UTF-8"),
    (b"\xfe\xff\0a\0:\0 \0b", "UTF-16", "UTF-8"),
    ("a: b".encode("utf-16-le"), "NUL", "UTF-8"),
    ("a: se\xf1or".encode("latin-1"), "not UTF-8", "UTF-8"),
    ("a\u200b: 1", "zero width space (U+200B)", "delete"),
    ("a: \u202eevil", "right-to-left override", "delete"),
    ("a:\n\u00a0 b: 1", "no-break space", "plain space"),
    ("a:\u00a0b", "no-break space", "plain space"),
])
def test_what_the_reader_refuses(text: str | bytes, says: str, cure: str) -> None:
    found = refused(text)
    assert len(found) == 1, found
    assert says in found[0].message
    assert cure in found[0].hint


def test_bombs_of_aliases_do_not_grow() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = refused("\n".join(lines))
    assert "aliases" in found[0].message


def test_everything_strange_is_said_at_once() -> None:
    found = refused("a: 1\na: 2\nb\u200b: 3\nc: [")
    assert len(found) == 3


def test_a_plain_flow_is_not_strange() -> None:
    text = 'schema: ivr.flow/v1\nid: a\nstart: n\nnodes:\n  n: {say: hello, to: {yes: "1", no: n}}   # año, größer, naïve, 日本\n'
    tree, problems = read_tree("\ufeff" + text, "a.yaml")
    assert problems == [] and tree is not None
    assert read_as(FlowShape, tree, problems) is not None
