"""One sentence of ours for each type of pydantic error: what stands there, what was expected, what to do. Pure.

Called by `flow.complaints`, which knows the places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ivr.flow.suggest import hint_for

WHOLE = "a whole number such as 12"
DECIMAL = "a plain number such as 12 or 0.5"
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


def scalar_sentence(text: object, name: str, wanted: str) -> tuple[str, str]:
    hint = f"write {wanted}"
    if isinstance(text, str):
        if re.fullmatch(r"(?i)yes|no|on|off|y|n|true|false", text) and wanted == "true or false":
            hint = f"write {'true' if text.lower() in ('yes', 'on', 'y', 'true') else 'false'}"
        elif re.fullmatch(r"0\d+", text):
            hint = f"write {int(text[:9])}: a leading zero means another number system elsewhere"
        elif re.fullmatch(r"\d[\d_,]*", text):
            hint = f"write {re.sub(r'[_,]', '', text)}, without separators"
    return f'"{_short(text)}" stands for "{name}", which takes {wanted}', hint


def name_of(loc: tuple[int | str, ...]) -> str:
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
    return lambda e, loc, shape: (f'"{name_of(loc)}" is {_found(e["input"])}, and {what} was expected', hint)


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
    place = "a key here" if loc and loc[-1] == "[key]" else f'"{name_of(loc)}"'
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
            return f'"{name_of(loc)}" is {_found(e["input"])}, and {word} {limit} was expected', "change the number"
    return unknown(e, loc, shape)


def _length(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    ctx = e.get("ctx", {})
    if "max_length" in ctx:
        return (
            f'"{name_of(loc)}" has {ctx.get("actual_length")} entries, and at most {ctx["max_length"]} are allowed',
            "move some of them into another node",
        )
    if e["type"] == "string_too_short":
        return f'"{name_of(loc)}" is an empty text', "write the text"
    return f'"{name_of(loc)}" is empty, and at least {ctx.get("min_length", 1)} entry was expected', "add an entry"


def _value(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    return str(e.get("ctx", {}).get("error", e["msg"])), "choose one of the two"


def _typed(wanted: str) -> Callable[..., tuple[str, str]]:
    return lambda e, loc, shape: scalar_sentence(e["input"], name_of(loc), wanted) if isinstance(e["input"], str) \
        else _is(wanted, f"write {wanted}")(e, loc, shape)


def unknown(e: ErrorDetails, loc: tuple[int | str, ...], shape: type[BaseModel]) -> tuple[str, str]:
    return (
        f'"{name_of(loc)}" is {_found(e["input"])}, which cannot be used here',
        "compare with the help page of this part",
    )


_table = _is("a mapping", "write `key: value` lines below it")
_list = _is("a list", "write it as [a, b] or as lines that begin with a dash")
_text = _is("a text", "write a text, in quotes if it has special characters")
SENTENCES: dict[str, Callable[..., tuple[str, str]]] = {
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
    "int_parsing": _typed(WHOLE),
    "int_from_float": _typed(WHOLE),
    "int_type": _typed(WHOLE),
    "int_parsing_size": _typed(WHOLE),
    "float_parsing": _typed(DECIMAL),
    "float_type": _typed(DECIMAL),
    "finite_number": _typed(DECIMAL),
    "greater_than_equal": _bound,
    "greater_than": _bound,
    "less_than_equal": _bound,
    "less_than": _bound,
    "too_short": _length,
    "too_long": _length,
    "string_too_short": _length,
    "value_error": _value,
}
