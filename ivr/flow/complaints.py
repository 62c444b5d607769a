"""pydantic's errors in our own words, at the author's place. Pure. Called by every `flow.parse_*`.

A schema reads texts. pydantic would take `012`, `1_000` or `on` for numbers and truth values; here they are refused
with the cure, because each of them means something else to some other YAML program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.errors import Problem
from ivr.flow.mark import Mark
from ivr.flow.schema_sentences import DECIMAL, SENTENCES, WHOLE, name_of, scalar_sentence, unknown
from ivr.flow.tree import Items, Scalar, Table, Tree, plain
from ivr.flow.yaml_errors import NOT_TAKEN

M = TypeVar("M", bound=BaseModel)
CONSEQUENCES = {
    "E-YAML": NOT_TAKEN, "E-SCHEMA": NOT_TAKEN, "E-REF": "A call that comes here could not go on.",
    "E-TOTAL": "A caller would hear nothing more.",
    "E-LANG": "Callers of one language would be served worse than the others.", "E-UNREACH": "Nobody ever hears it.",
    "E-LOOP": "A call could go round and round.",
    "E-TIME": "Callers would be told that the lines are closed when they are open, or the reverse.",
    "E-CHANNEL": "Callers on this channel would be served worse.", "W-UX": "Callers would find it hard to follow.",
}
"""What a caller would notice, where nothing more exact is said."""
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def problem(
    mark: Mark, code: str, message: str, *, consequence: str = "", hint: str = "", severity: str = "error"
) -> Problem:
    """A Problem at `mark`."""
    consequence = consequence or CONSEQUENCES.get(code, "")
    return Problem(mark.file, mark.line, mark.column, code, message, consequence, hint, severity, mark.length)


def read_as(
    shape: type[M], tree: Tree, problems: list[Problem], *, shorthand: Callable[[Any], Any] | None = None
) -> M | None:
    """`tree` as a `shape`, or None with every reason appended to `problems`."""
    raw = plain(tree)
    raw = shorthand(raw) if shorthand else raw
    try:
        value = shape.model_validate(raw)
    except ValidationError as refused:
        problems.extend(_explain(e, tree, shape) for e in _causes(refused.errors(include_url=False)))
        return None
    loose = list(_loose(value, raw, ()))
    problems.extend(_strict(path, text, wanted, tree) for path, text, wanted in loose)
    return None if loose else value


def _causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without those that only follow from others: a list whose items were refused is not too short."""
    places = [tuple(e["loc"]) for e in errors]
    return [e for e, loc in zip(errors, places, strict=True)
            if e["type"] != "too_short" or not any(len(other) > len(loc) and other[:len(loc)] == loc for other in places)]


def mark_at(tree: Tree, loc: Iterable[int | str]) -> Mark:
    """The place of `loc`, as far down as the tree goes; shorthand and union tags that it lacks are skipped."""
    mark, at = tree.mark, tree
    for step in loc:
        if isinstance(at, Table) and isinstance(step, str) and step in at.entries:
            mark, at = at.keys[step], at.entries[step]
        elif isinstance(at, Items) and isinstance(step, int) and step < len(at.items):
            at = at.items[step]
            mark = at.mark
        if isinstance(at, Scalar) and not at.is_empty:
            mark = at.mark
    return mark


def text_mark(tree: Tree, loc: Iterable[int | str] = ()) -> Mark:
    """The place of the text at `loc`, without the quotes around it."""
    for step in loc:
        if isinstance(tree, Table) and step in tree.entries:
            tree = tree.entries[str(step)]
        elif isinstance(tree, Items) and isinstance(step, int) and step < len(tree.items):
            tree = tree.items[step]
    return inner_mark(tree) if isinstance(tree, Scalar) else tree.mark


def inner_mark(scalar: Scalar) -> Mark:
    """The place of its text: past the opening quote, if the text stands on one line."""
    if scalar.plain or scalar.mark.length != len(scalar.text) + 2:
        return scalar.mark
    return replace(scalar.mark, column=scalar.mark.column + 1, length=len(scalar.text))


def key_mark(tree: Tree, loc: tuple[int | str, ...]) -> Mark:
    """The place of the last key of `loc` itself, not of its value."""
    for step in loc[:-1]:
        if isinstance(tree, Table) and step in tree.entries:
            tree = tree.entries[step]
        elif isinstance(tree, Items) and isinstance(step, int) and step < len(tree.items):
            tree = tree.items[step]
    return tree.keys.get(str(loc[-1]), tree.mark) if loc and isinstance(tree, Table) else tree.mark


def _explain(error: ErrorDetails, tree: Tree, shape: type[BaseModel]) -> Problem:
    loc = tuple(error["loc"])
    sentence = SENTENCES.get(error["type"], unknown)
    message, hint = sentence(error, loc, shape)
    on_key = error["type"] == "extra_forbidden" or (loc and loc[-1] == "[key]")
    if loc and loc[-1] == "[key]":
        loc = loc[:-1]
    return problem(key_mark(tree, loc) if on_key else mark_at(tree, loc), "E-SCHEMA", message, hint=hint)


def _loose(value: Any, raw: Any, path: tuple[int | str, ...]) -> Iterable[tuple[tuple[int | str, ...], str, str]]:
    """Scalars that pydantic took although we do not."""
    if isinstance(value, BaseModel) and isinstance(raw, Mapping):
        for name, info in type(value).model_fields.items():
            key = info.alias or name
            if key in raw:
                yield from _loose(getattr(value, name), raw[key], (*path, key))
    elif isinstance(value, Mapping) and isinstance(raw, Mapping):
        for key, item in raw.items():
            yield from _loose(value.get(key), item, (*path, key))
    elif isinstance(value, tuple) and isinstance(raw, list):
        for n, (own, item) in enumerate(zip(value, raw, strict=False)):
            yield from _loose(own, item, (*path, n))
    elif isinstance(value, bool) and isinstance(raw, str) and raw not in ("true", "false"):
        yield path, raw, "true or false"
    elif (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and isinstance(raw, str)
        and not _NUMBER.fullmatch(raw)
    ):
        yield path, raw, WHOLE if isinstance(value, int) else DECIMAL


def _strict(path: tuple[int | str, ...], text: str, wanted: str, tree: Tree) -> Problem:
    message, hint = scalar_sentence(text, name_of(path), wanted)
    return problem(mark_at(tree, path), "E-SCHEMA", message, hint=hint)
