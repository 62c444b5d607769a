"""One sentence of ours for each type of pydantic error: what stands there, what was expected, what to do. Pure.

Called by `flow.complaints`, which knows the places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ivr.flow.scalar_traps import cure
from ivr.flow.shapes import (
    AT,
    BEFORE,
    CALLER,
    CLOCK,
    DATE,
    E164,
    ID,
    LANGUAGE,
    NEVER,
    PRESSED,
    RECORDING,
    ROUND_GAP,
    ROW,
    RULE_ID,
    SAID_IN,
    URL,
)
from ivr.flow.suggest import hint_for

WHOLE = "a whole number such as 12"
DECIMAL = "a plain number such as 12 or 0.5"
_PATTERNS = {
    ID: "a name of lower case letters, digits and underscores",
    RULE_ID: "a name of lower case letters, digits and dashes",
    LANGUAGE: "a language code of two letters, such as en",
    E164: "a telephone number with country code, such as \"+18003755283\"",
    DATE: "a date such as 2026-12-24",
    CLOCK: "a time of day such as \"18:30\"",
    ROW: "the number of a requirement, such as R50",
    NEVER: "`transfer [to QUEUE] when ...`, `promise [NAME] when ...`, `say PROMPT when ...` or `send MESSAGE when ...`",
    r"^[1-9]$": "a key from \"1\" to \"9\" (0, * and # are reserved)",
    r"^[A-Z]{2}$": "a country code of two capitals, such as US",
    r"^\w{1,64}$": "a value of letters, digits and underscores",
    BEFORE: "a time before the call, such as `1..2 business_days`",
    ROUND_GAP: "a time between rounds, such as `60m..90m`",
    RECORDING: "a sound file such as audio/welcome.wav",
    URL: "an address that begins with https:// (or http://localhost)",
    AT: "a moment such as `2026-03-10T10:05:00 America/New_York`",
    SAID_IN: "a language code of two letters, such as en",
    CALLER: "a telephone number such as \"+12025550143\", or `anonymous`",
    PRESSED: "keys such as \"1\" or \"03202026\"",
}


def scalar_sentence(text: object, name: str, wanted: str) -> tuple[str, str]:
    hint = cure(text, wanted) if isinstance(text, str) else f"write {wanted}"
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
    pattern = str(e.get("ctx", {}).get("pattern"))
    what = _PATTERNS.get(pattern, "another form")
    near = _NEARLY.get(pattern, lambda text: None)(str(e["input"]))
    return f"{_found(e['input'])} is not {what}", f"write {near or what}"


def _as_clock(text: str) -> str | None:
    """8:00, which other programs read as 480."""
    match = re.fullmatch(r"(\d{1,2})[:.h](\d\d)", text)
    return f'"{int(match[1]):02}:{match[2]}", in quotes and with four digits' if match and int(match[1]) < 24 else None


def _as_date(text: str) -> str | None:
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else None


_NEARLY: dict[str, Callable[[str], str | None]] = {CLOCK: _as_clock, DATE: _as_date}
"""Pattern -> what the author probably meant by a word that does not fit it."""


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
    """A validator of ours: `what is wrong | what to do`."""
    said, _, cure = str(e.get("ctx", {}).get("error", e["msg"])).partition(" | ")
    return said, cure or "choose one of the two"


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
