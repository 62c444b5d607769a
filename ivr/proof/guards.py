"""Guards for the search: policies written out, conjunctions and negations put together. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.flow.expr import Both, Comparison, Either, Expr, Not, Truth, parse_expr
from ivr.flow.model_policy import Policy, PolicyEntry
from ivr.flow.policy import ELIGIBLE

NEVER = Either(())
"""True for no state: the empty disjunction."""
ALWAYS = Both(())


def guard(text: str, policy: Policy) -> Expr:
    """The guard with every `<policy>.eligible` replaced by the rules it stands for."""
    return _written_out(parse_expr(text), policy)


def allowed(entry: PolicyEntry, policy: Policy) -> Expr:
    """True when some rule of the entry is."""
    return Either(tuple(guard(rule.when, policy) for rule in entry.allow_if_any))


def all_of(parts: Iterable[Expr | None]) -> Expr | None:
    known = tuple(p for p in parts if p is not None)
    return known[0] if len(known) == 1 else Both(known) if known else None


def is_value(name: str, value: str) -> Expr:
    return Comparison(name, (value,))


def _written_out(expr: Expr, policy: Policy) -> Expr:
    if isinstance(expr, Truth) and expr.name.endswith(ELIGIBLE):
        return allowed(policy.entries[expr.name.removesuffix(ELIGIBLE)], policy)
    if isinstance(expr, Comparison) and expr.name.endswith(ELIGIBLE):
        inner = allowed(policy.entries[expr.name.removesuffix(ELIGIBLE)], policy)
        wanted = ("true" in expr.values) is not expr.negated
        both = len(set(expr.values) & {"true", "false"}) == 2
        return (NEVER if expr.negated else ALWAYS) if both else inner if wanted else Not(inner)
    if isinstance(expr, Not):
        return Not(_written_out(expr.inner, policy))
    if isinstance(expr, Both | Either):
        return type(expr)(tuple(_written_out(p, policy) for p in expr.parts))
    return expr
