"""Who may reach whom: policy entries and never-rules evaluated over a call's finite variables. Pure.

The graph asks, this module answers; the kinds `transfer` and `promise` ask again at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ivr.flow import calendar as hours
from ivr.flow.expr import Value, evaluate, parse_expr
from ivr.flow.model import Bundle
from ivr.flow.model_policy import NeverRule, Policy, PolicyEntry, Rule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHANNELS = ("voice", "tty", "sms", "chat", "email")
CONTACTS = ("sms", "email", "none")
ELIGIBLE = ".eligible"


class Environment(dict[str, Value]):
    """Values of all names a guard may use; `<policy>.eligible` is worked out when it is asked for."""

    def __init__(self, values: Mapping[str, Value], policy: Policy):
        super().__init__(values)
        self._policy = policy

    def __missing__(self, name: str) -> bool:
        entry = self._policy.entries.get(name.removesuffix(ELIGIBLE)) if name.endswith(ELIGIBLE) else None
        if entry is None:
            raise KeyError(name)
        return true_rule(entry, self) is not None


def environment(bundle: Bundle, vars: Mapping[str, str], *, language: str, channel: str, line: str, now: datetime,
                contact: str) -> dict[str, Value]:
    """Everything a guard of this bundle can ask about at this moment of a call."""
    here = hours.local(bundle.calendar, now)
    return Environment({
        **initial_vars(bundle), **vars, "language": language, "channel": channel, "line": line, "contact": contact,
        "hours": "open" if hours.is_open(bundle.calendar, now) else "closed", "weekday": WEEKDAYS[here.weekday()],
    }, bundle.policy)


def true_rule(entry: PolicyEntry, env: Mapping[str, Value]) -> Rule | None:
    """The first rule of the entry that is true, which is the reason why the door is open."""
    return next((rule for rule in entry.allow_if_any if evaluate(parse_expr(rule.when), env)), None)


def is_open_now(entry: PolicyEntry, env: Mapping[str, Value]) -> bool:
    """Whether an eligible caller can go through at this moment."""
    return not entry.open_when or evaluate(parse_expr(entry.open_when), env)


def broken_never(policy: Policy, kind: str, env: Mapping[str, Value], name: str = "") -> NeverRule | None:
    """The first never-rule that a node of this kind would break now; `name` is its queue, promise, prompt or message."""
    rules = (r for r in policy.never if r.kind == kind and r.name in ("", name))
    return next((r for r in rules if evaluate(parse_expr(r.when), env)), None)


def initial_vars(bundle: Bundle) -> dict[str, str]:
    """Every variable of every flow at its first value: a policy may ask about one that this call has not met."""
    return {name: values[0] for flow in bundle.flows.values() for name, values in flow.vars.items()}


def domains(bundle: Bundle) -> dict[str, tuple[Value, ...]]:
    """Every name a guard may use -> every value it can have."""
    found: dict[str, tuple[Value, ...]] = {}
    for flow in bundle.flows.values():
        for name, values in flow.vars.items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
    return {**found, **builtin_domains(bundle.languages, tuple(bundle.lines)),
            **{f"{name}{ELIGIBLE}": (True, False) for name in bundle.policy.entries}}


def builtin_domains(languages: tuple[str, ...], lines: tuple[str, ...]) -> dict[str, tuple[Value, ...]]:
    return {"language": languages, "channel": CHANNELS, "line": lines, "hours": ("open", "closed"), "weekday": WEEKDAYS,
            "contact": CONTACTS}
