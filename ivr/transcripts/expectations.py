"""How a call ended, against `expect`. Pure. Called by `play`.

One small function a field; a new field is a new line in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ivr.dialog import actions as act
from ivr.flow.calendar import local
from ivr.transcripts.call import Call
from ivr.transcripts.model import Transcript, Variant
from ivr.transcripts.shape import ExpectShape

Difference = tuple[str, str, str]
"""message, expected, found"""
_NONE = "none"


def expected_of(test: Transcript, variant: Variant) -> ExpectShape:
    """The test's `expect`, with what the variant says instead. A variant that ends elsewhere takes nothing over."""
    if variant.expect is None:
        return test.expect
    if variant.expect.end and variant.expect.end != test.expect.end:
        return variant.expect
    return test.expect.model_copy(update={name: getattr(variant.expect, name) for name in variant.expect.model_fields_set})


def failures_at_end(expect: ExpectShape, call: Call) -> list[Difference]:
    found: list[Difference] = []
    for name in ExpectShape.model_fields:
        wanted = getattr(expect, name)
        if wanted:
            found += _FIELDS[name](wanted, call)
    return found


def ends_of(call: Call) -> tuple[str, ...]:
    """The names of this end: `transfer` when an agent was reached; else the outcome, and what was promised. A queue that
    nobody answered counts as both."""
    session = call.session
    promised = tuple(e.kind for e in call.effects if isinstance(e, act.MakePromise))
    outcome = session.outcome or f"(still waiting at {session.flow}.{session.node})"
    if not call.transfers:
        return (outcome, *promised)
    if "connected" in call.queue_ends:
        return ("transfer",)
    return ("transfer", outcome, *promised)


def _one_of(name: str, wanted: str, found: Iterable[str]) -> list[Difference]:
    found = list(dict.fromkeys(found))
    fits = not found if wanted == _NONE else wanted in found
    return [] if fits else [(f"{name} is not {wanted}", f"{name}: {wanted}", f"{name}: {', '.join(found) or _NONE}")]


def _each_of(name: str, wanted: Iterable[str], found: Iterable[str]) -> list[Difference]:
    found = list(found)
    return [d for each in wanted for d in _one_of(name, each, found)]


def _end(wanted: str, call: Call) -> list[Difference]:
    return _one_of("end", wanted, ends_of(call))


def _rules(wanted: str, call: Call) -> list[Difference]:
    promised = [e.policy_rule for e in call.effects if isinstance(e, act.MakePromise)]
    return _one_of("policy_rule", wanted, [*(t.policy_rule for t in call.transfers), *promised])


def _messages(call: Call, *channels: str) -> list[str]:
    return [e.message for e in call.effects if isinstance(e, act.SendMessage) and e.channel in channels]


def _vars(wanted: dict[str, str], call: Call) -> list[Difference]:
    return [d for name, value in wanted.items() for d in _one_of(f"variable {name}", value, [call.session.vars.get(name, _NONE)])]


def _due_by(wanted: str, call: Call) -> list[Difference]:
    days = [local(call.bundle.calendar, datetime.fromisoformat(e.due_by)).date().isoformat()
            for e in call.effects if isinstance(e, act.MakePromise)]
    return _one_of("due_by", wanted, days)


def _says(wanted: tuple[str, ...], call: Call, *, absent: bool = False) -> list[Difference]:
    text = " ".join(say.text for say in call.said())
    name = "not_says" if absent else "says"
    words = "is said in the call" if absent else "is never said in the call"
    return [(f'"{w}" {words}', f'{name}: "{w}"', words) for w in wanted if (w in text) is absent]


def _not_heard(wanted: tuple[str, ...], call: Call) -> list[Difference]:
    keys = {say.key for say in call.said()}
    return [(f'"{k}" is heard in the call', f"not_heard: {k}", f"heard: {k}") for k in wanted if k in keys]


_FIELDS: dict[str, Callable[[Any, Call], list[Difference]]] = {
    "end": _end,
    "queue": lambda w, c: _one_of("queue", w, [t.queue for t in c.transfers]),
    "promise": lambda w, c: _one_of("promise", w, [e.name for e in c.effects if isinstance(e, act.MakePromise)]),
    "policy_rule": _rules,
    "language": lambda w, c: _one_of("language", w, [c.session.language]),
    "sms": lambda w, c: _each_of("sms", w, _messages(c, "sms")),
    "email": lambda w, c: _each_of("email", w, _messages(c, "email")),
    "message": lambda w, c: _each_of("message", w, _messages(c, "sms", "email")),
    "says": _says,
    "not_says": lambda w, c: _says(w, c, absent=True),
    "not_heard": _not_heard,
    "vars": _vars,
    "due_by": _due_by,
}
