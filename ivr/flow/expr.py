"""Guards: a tiny language over finite variables, parsed and evaluated without `eval`. Pure.

    reason == adv_parole and urgency != routine
    language in [en, es] and not (hours == closed)
    live_agent.eligible

A name alone is a truth value. Called by the loader (to check), the policy and the dialogue (to decide).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

MAX_LENGTH = 2000
MAX_DEPTH = 30
MAX_CASES = 200_000
"""Assignments that `is_total` tries at most."""

Value = str | bool


class ExprError(ValueError):
    """A guard that cannot be read; `column` counts from 1 within its text."""

    def __init__(self, message: str, column: int, length: int = 1):
        super().__init__(message)
        self.message, self.column, self.length = message, column, length


@dataclass(frozen=True, slots=True)
class Comparison:
    """`name` is (not) one of `values`."""

    name: str
    values: tuple[str, ...]
    negated: bool = False
    column: int = 1
    value_columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """A name alone: true when its value is true."""

    name: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    inner: Expr
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", names(self.inner))


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Expr, ...]
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset().union(*map(names, self.parts)))


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Expr, ...]
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset().union(*map(names, self.parts)))


Expr = Comparison | Truth | Not | Both | Either

_TOKEN = re.compile(r"\s*(?:(==|!=|\(|\)|\[|\]|,)|([A-Za-z_][\w.]*|\d+)|(\S))")
_RESERVED = frozenset({"and", "or", "not", "in"})


@lru_cache(maxsize=4096)
def parse_expr(text: str) -> Expr:
    """The guard that `text` stands for; ExprError with the column of the first fault."""
    if len(text) > MAX_LENGTH:
        raise ExprError(f"a condition has at most {MAX_LENGTH} characters", 1)
    parser = _Parser(list(_tokens(text)), len(text) + 1)
    expr = parser.either()
    if parser.word:
        raise parser.error(f'"{parser.word}" is left over; join conditions with "and" or "or"')
    return expr


def evaluate(expr: Expr, env: Mapping[str, Value]) -> bool:
    """Whether the guard holds. A name that `env` lacks is a KeyError: the loader has ruled it out."""
    return _EVALUATE[type(expr)](expr, env)


def tests(expr: Expr) -> Iterator[Comparison | Truth]:
    """The leaves of the guard, left to right."""
    if isinstance(expr, Not):
        yield from tests(expr.inner)
    elif isinstance(expr, Both | Either):
        for part in expr.parts:
            yield from tests(part)
    else:
        yield expr


def names(expr: Expr) -> frozenset[str]:
    """What the guard reads. Joined guards keep it: the search asks for it at every edge."""
    return frozenset((expr.name,)) if isinstance(expr, Comparison | Truth) else expr.names


def is_total(rows: Sequence[Expr], domains: Mapping[str, Sequence[Value]]) -> dict[str, Value] | None:
    """None when some row is true whatever the variables are, else an assignment that no row takes."""
    used = sorted(set().union(*(names(r) for r in rows)) if rows else ())
    if prod(len(domains[n]) for n in used) > MAX_CASES:
        raise ExprError(f"the table has more than {MAX_CASES} cases; use fewer variables", 1)
    for values in product(*(domains[n] for n in used)):
        case = dict(zip(used, values, strict=True))
        if not any(evaluate(row, case) for row in rows):
            return case
    return None


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ("true" if value else "false")


def _test(expr: Comparison, env: Mapping[str, Value]) -> bool:
    return (_text(env[expr.name]) in expr.values) is not expr.negated


_EVALUATE: dict[type, Callable[[Any, Mapping[str, Value]], bool]] = {
    Comparison: _test,
    Truth: lambda e, env: _text(env[e.name]) == "true",
    Not: lambda e, env: not evaluate(e.inner, env),
    Both: lambda e, env: all(evaluate(p, env) for p in e.parts),
    Either: lambda e, env: any(evaluate(p, env) for p in e.parts),
}


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for match in _TOKEN.finditer(text):
        column = match.start(match.lastindex or 0) + 1
        if match.group(3):
            hint = ' (equality is written "==")' if match.group(3) == "=" else ""
            raise ExprError(f'"{match.group(3)}" has no meaning in a condition{hint}', column)
        yield match.group(match.lastindex or 0), column


class _Parser:
    """Recursive descent over the tokens; depth is bounded by MAX_DEPTH."""

    def __init__(self, tokens: list[tuple[str, int]], end: int):
        self.tokens, self.end, self.at, self.depth = tokens, end, 0, 0

    @property
    def word(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    @property
    def column(self) -> int:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else self.end

    def error(self, message: str) -> ExprError:
        return ExprError(message, self.column, max(1, len(self.word)))

    def take(self, word: str) -> bool:
        if self.word != word:
            return False
        self.at += 1
        return True

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise self.error(f'"{word}" is missing' + (f' before "{self.word}"' if self.word else " at the end"))

    def name(self, what: str) -> tuple[str, int]:
        if not re.match(r"\w", self.word) or self.word in _RESERVED:
            raise self.error(f"{what} is missing" + (f' before "{self.word}"' if self.word else " at the end"))
        found = self.word, self.column
        self.at += 1
        return found

    def either(self) -> Expr:
        return self._joined("or", self.both, Either)

    def both(self) -> Expr:
        return self._joined("and", self.negation, Both)

    def _joined(self, word: str, part: Callable[[], Expr], kind: Callable[[tuple[Expr, ...]], Expr]) -> Expr:
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else kind(tuple(parts))

    def negation(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"a condition is nested at most {MAX_DEPTH} deep")
        expr = Not(self.negation()) if self.take("not") else self.primary()
        self.depth -= 1
        return expr

    def primary(self) -> Expr:
        if self.take("("):
            inner = self.either()
            self.expect(")")
            return inner
        name, column = self.name("a variable")
        if self.word in ("==", "!="):
            negated = self.word == "!="
            self.at += 1
            value, place = self.name("a value")
            return Comparison(name, (value,), negated, column, (place,))
        negated = self.take("not")
        if negated or self.word == "in":
            self.expect("in")
            return self._members(name, negated, column)
        return Truth(name, column)

    def _members(self, name: str, negated: bool, column: int) -> Expr:
        self.expect("[")
        found = [self.name("a value")]
        while self.take(","):
            found.append(self.name("a value"))
        self.expect("]")
        return Comparison(name, tuple(v for v, _ in found), negated, column, tuple(c for _, c in found))
