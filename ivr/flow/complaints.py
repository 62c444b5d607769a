"""pydantic's errors in our own words, at the author's place. Pure. Called by every `flow.parse_*`.

A schema reads texts. pydantic would take `012`, `1_000` or `on` for numbers and truth values; here they are refused
with the cure, because each of them means something else to some other YAML program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.errors import Problem
from ivr.flow.model import Mark
from ivr.flow.source import Items, Scalar, Table, Tree, plain
from ivr.flow.suggest import hint_for

M = TypeVar("M", bound=BaseModel)
_WHOLE = "a whole number such as 12"
_DECIMAL = "a plain number such as 12 or 0.5"
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,63}$": "a name of lower case letters, digits and underscores",
    r"^[a-z][a-z0-9_-]{0,63}$": "a name of lower case letters, digits and dashes",
    r"^[a-z]{2}$": "a language code of two letters, such as en",
    r"^\+[1-9]\d{6,14}$": "a telephone number with country code, such as \"+18003755283\"",
    r"^\d{4}-\d\d-\d\d$": "a date such as 2026-12-24",
    r"^[1-9]$": "a key from \"1\" to \"9\" (0, * and # are reserved)",
    r"^[A-Z]{2}$": "a country code of two capitals, such as US",
    r"(?s)^(transfer|promise) when .+": "`transfer when CONDITION` or `promise when CONDITION`",
    r"^\w{1,64}$": "a value of letters, digits and underscores",
}


def problem(
    mark: Mark, code: str, message: str, *, consequence: str = "", hint: str = "", severity: str = "error"
) -> Problem:
    """A Problem at `mark`."""
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
        problems.extend(_explain(e, tree, shape) for e in refused.errors(include_url=False))
        return None
    loose = list(_loose(value, raw, ()))
    problems.extend(_strict(path, text, wanted, tree) for path, text, wanted in loose)
    return None if loose else value


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
    sentence = _SENTENCES.get(error["type"], _unknown)
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
        yield path, raw, _WHOLE if isinstance(value, int) else _DECIMAL


def _strict(path: tuple[int | str, ...], text: str, wanted: str, tree: Tree) -> Problem:
    message, hint = _scalar(text, _name(path), wanted)
    return problem(mark_at(tree, path), "E-SCHEMA", message, hint=hint)


def _scalar(text: object, name: str, wanted: str) -> tuple[str, str]:
    hint = f"write {wanted}"
    if isinstance(text, str):
        if re.fullmatch(r"(?i)yes|no|on|off|y|n|true|false", text) and wanted == "true or false":
            hint = f"write {'true' if text.lower() in ('yes', 'on', 'y', 'true') else 'false'}"
        elif re.fullmatch(r"0\d+", text):
            hint = f"write {int(text[:9])}: a leading zero means another number system elsewhere"
        elif re.fullmatch(r"\d[\d_,]*", text):
            hint = f"write {re.sub(r'[_,]', '', text)}, without separators"
    return f'"{_short(text)}" stands for "{name}", which takes {wanted}', hint


def _name(loc: tuple[int | str, ...]) -> str:
    words = [str(x) for x in loc if isinstance(x, str) and x != "[key]"]
    return words[-1] if words else "the file"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    kind = {dict: "a mapping", list: "a list", tuple: "a list"}.get(type(value))
    return kind or f'"{_short(value)}"'


def _is(what: str, hint: str) -> Callable[..., tuple[str, str]]:
    return lambda e, loc, shape: (f'"{_name(loc)}" is {_found(e["input"])}, and {what} was expected', hint)


def _missing(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    where = f' in "{loc[-2]}"' if len(loc) > 1 and isinstance(loc[-2], str) else ""
    return f'the key "{loc[-1]}" is missing{where}', f"add `{loc[-1]}: ...`"


def _extra(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    known = _known_keys(shape, loc[:-1])
    return f'"{_short(loc[-1])}" is not a key that is known here', hint_for(str(loc[-1]), known, "keys")


def _known_keys(shape: Any, loc: tuple[int | str, ...]) -> list[str]:
    """Keys of the model that stands at `loc` below `shape`."""
    for step in loc:
        if isinstance(step, int):
            shape = _inner(shape)
            continue
        fields = _fields(shape)
        shape = (
            next((i.annotation for n, i in fields.items() if (i.alias or n) == step), None) if fields else _inner(shape)
        )
    return [i.alias or n for n, i in _fields(shape).items()]


def _fields(shape: Any) -> dict[str, Any]:
    shape = _model(shape)
    return shape.model_fields if shape else {}


def _model(shape: Any) -> type[BaseModel] | None:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return shape
    for arg in getattr(shape, "__args__", ()):
        found = _model(arg)
        if found:
            return found
    return None


def _inner(shape: Any) -> Any:
    return _model(shape)


def _choice(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    words = re.findall(r"'([^']*)'", str(e.get("ctx", {}).get("expected", "")))
    allowed = ", ".join(words)
    place = "a key here" if loc and loc[-1] == "[key]" else f'"{_name(loc)}"'
    return f"{place} is {_found(e['input'])}, and one of {allowed} was expected", hint_for(
        str(e["input"]), words, "values"
    )


def _pattern(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    what = _PATTERNS.get(str(e.get("ctx", {}).get("pattern")), "another form")
    return f"{_found(e['input'])} is not {what}", f"write {what}"


def _bound(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    for key, word in words.items():
        if key in e.get("ctx", {}):
            limit = e["ctx"][key]
            limit = int(limit) if float(limit).is_integer() else limit
            return f'"{_name(loc)}" is {_found(e["input"])}, and {word} {limit} was expected', "change the number"
    return _unknown(e, loc, shape)


def _length(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    ctx = e.get("ctx", {})
    if "max_length" in ctx:
        return f'"{_name(loc)}" has {ctx.get("actual_length")} entries, and at most {ctx["max_length"]} are allowed', \
            "move some of them into another node"
    if e["type"] == "string_too_short":
        return f'"{_name(loc)}" is an empty text', "write the text"
    return f'"{_name(loc)}" is empty, and at least {ctx.get("min_length", 1)} entry was expected', "add an entry"


def _value(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    return str(e.get("ctx", {}).get("error", e["msg"])), "choose one of the two"


def _typed(wanted: str) -> Callable[..., tuple[str, str]]:
    return lambda e, loc, shape: _scalar(e["input"], _name(loc), wanted) if isinstance(e["input"], str) \
        else _is(wanted, f"write {wanted}")(e, loc, shape)


def _unknown(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    return (
        f'"{_name(loc)}" is {_found(e["input"])}, which cannot be used here',
        "compare with the help page of this part",
    )


_table = _is("a mapping", "write `key: value` lines below it")
_list = _is("a list", "write it as [a, b] or as lines that begin with a dash")
_text = _is("a text", "write a text, in quotes if it has special characters")
_SENTENCES: dict[str, Callable[..., tuple[str, str]]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "dict_type": _table,
    "model_type": _table,
    "model_attributes_type": _table,
    "list_type": _list,
    "tuple_type": _list,
    "string_type": _text,
    "bool_parsing": _typed("true or false"),
    "bool_type": _typed("true or false"),
    "int_parsing": _typed(_WHOLE),
    "int_from_float": _typed(_WHOLE),
    "int_type": _typed(_WHOLE),
    "int_parsing_size": _typed(_WHOLE),
    "float_parsing": _typed(_DECIMAL),
    "float_type": _typed(_DECIMAL),
    "finite_number": _typed(_DECIMAL),
    "greater_than_equal": _bound,
    "greater_than": _bound,
    "less_than_equal": _bound,
    "less_than": _bound,
    "too_short": _length,
    "too_long": _length,
    "string_too_short": _length,
    "value_error": _value,
}
