"""What a bundle says, part by part, without how it is written down. Pure.

Two parts are the same if and only if their meanings are equal: places in files, comments, the order of keys and of things
whose order means nothing are left out. The safety net of `diff.compare`: a part whose meaning changed is never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any

from pydantic import BaseModel

from ivr.diff.change import Side, Subject
from ivr.flow.model_flow import Flow, Node

_PLACES = frozenset({"mark", "marks", "name_mark", "name_marks", "file", "files", "hash"})
_ORDERED = frozenset({"by", "reprompts", "numbers", "items", "languages", "tips"})
"""Lists whose order callers notice; all other lists of words are sets."""


def meanings(side: Side) -> dict[Subject, object]:
    return dict(_parts(side))


def _parts(side: Side) -> Iterator[tuple[Subject, object]]:
    bundle = side.bundle
    for flow in bundle.flows.values():
        yield from _flow(flow)
    keys = dict.fromkeys(key for lang in bundle.languages for key in bundle.prompts.get(lang, {}))
    for key in keys:
        yield ("prompt", key), {lang: meaning(bundle.prompts[lang].get(key)) for lang in bundle.languages if lang in bundle.prompts}
    named: dict[str, Mapping[str, Any]] = {
        "fact": bundle.facts, "policy": bundle.policy.entries, "queue": bundle.queues, "promise": bundle.promises,
        "intent": bundle.intents, "command": bundle.commands, "words": bundle.words, "out_of_scope": bundle.out_of_scope,
        "escalation": bundle.escalations, "line": bundle.lines, "test": side.tests, "requirement": side.requirements,
        "never": {rule.id: rule for rule in bundle.policy.never}, "always": {rule.text: rule for rule in bundle.policy.always},
    }
    named["article"] = {f"{intent} ({language})": a for language, articles in bundle.knowledge.items() for intent, a in articles.items()}
    for what, things in named.items():
        for name, thing in things.items():
            yield (what, name), meaning(thing)
    for part in ("id", "title", "languages", "bindings", "rounds", "calendar"):
        yield ("bundle", part), meaning(getattr(bundle, part), part)


def _flow(flow: Flow) -> Iterator[tuple[Subject, object]]:
    for node in flow.nodes.values():
        yield ("node", flow.id, node.id), node_meaning(node)
    for name, values in flow.vars.items():
        yield ("var", flow.id, name), (values[0], sorted(values), flow.protected.get(name, ""))
    for name, slot in flow.slots.items():
        yield ("slot", flow.id, name), meaning(slot)
    for part in ("start", "inputs", "results"):
        yield ("flow", flow.id, part), meaning(getattr(flow, part), part)
    for part in ("retry", "confidence", "places"):
        yield ("flow", flow.id, part), meaning(getattr(flow.defaults, part))


def node_meaning(node: Node) -> tuple[object, ...]:
    return node.kind, meaning(node.params), {outcome: (t.go, dict(t.set)) for outcome, t in node.to.items()}


def meaning(value: Any, name: str = "") -> object:
    """Plain data that is equal exactly when two values say the same."""
    if isinstance(value, BaseModel):
        return {n: meaning(getattr(value, n), n) for n in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: meaning(getattr(value, f.name), f.name) for f in fields(value) if f.name not in _PLACES}
    if isinstance(value, Mapping):
        return {str(key): meaning(item, name) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple | list):
        items = [meaning(item) for item in value]
        loose = name not in _ORDERED and all(isinstance(item, str) for item in items)
        return sorted(items, key=str) if loose or name == "choices" else items
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value
