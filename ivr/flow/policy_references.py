"""Every name that policy.yaml, callbacks.yaml and env/*.yaml use exists. Pure. Called by `flow.references`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.expr import names, parse_expr
from ivr.flow.guards import guard_problems
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_policy import AlwaysRule, NeverRule
from ivr.flow.node_references import SILENT, unsendable
from ivr.flow.parse import Reading
from ivr.flow.policy import ELIGIBLE, domains
from ivr.flow.standard_prompts import CALLBACK_PROMPTS, IN_LINE_PROMPTS
from ivr.flow.suggest import hint_for

_NAMED_BY = {"transfer": "queue", "promise": "promise", "say": "prompt", "send": "message"}
"""Kind of a never-rule -> what its name is."""


def policy_references(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    if reading.has_broken_flow():
        return
    space, policy = domains(bundle), bundle.policy
    for entry in policy.entries.values():
        for rule in entry.allow_if_any:
            yield from guard_problems(rule.when, rule.mark, space)
        if entry.open_when:
            yield from guard_problems(entry.open_when, reading.mark_of("policy.yaml", entry.open_when), space)
        if entry.else_say:
            yield from _key(bundle, reading, entry.else_say, "prompt", reading.mark_of("policy.yaml", entry.else_say))
    for rule in policy.never:
        yield from guard_problems(rule.when, rule.mark, space)
        yield from _never_name(bundle, reading, rule)
    for promised in policy.always:
        yield from _always_names(bundle, reading, promised)
    yield from _circles(bundle)


def steps(bundle: Bundle) -> frozenset[str]:
    """Real next steps that a call of this bundle can offer: by facts, and by the kinds of its nodes."""
    found = {fact.step for fact in bundle.facts.values() if fact.step}
    for node in (n for flow in bundle.flows.values() for n in flow.nodes.values()):
        if node.kind == "send":
            found |= {"sms_link" if channel == "sms" else "email_link" for channel in node.params.by}
        elif node.kind == "promise" and node.params.promise in bundle.promises:
            found.add(bundle.promises[node.params.promise].kind)
        elif node.kind == "transfer":
            found.add("live_agent")
    return frozenset(found)


def _unknown(word: str, known: Iterable[str], what: str, mark: Mark, consequence: str = "") -> Iterator[Problem]:
    known = list(known)
    if word not in known:
        yield problem(mark, "E-REF", f'there is no {what} "{word}"', consequence=consequence, hint=hint_for(word, known, f"{what}s"))


def _key(bundle: Bundle, reading: Reading, key: str, what: str, mark: Mark, consequence: str = SILENT) -> Iterator[Problem]:
    """A prompt or message key exists in some language; that it exists in all is E-LANG elsewhere."""
    if not any(name.startswith("prompts/") for name in reading.broken):
        yield from _unknown(key, {k for prompts in bundle.prompts.values() for k in prompts}, what, mark, consequence)


def _never_name(bundle: Bundle, reading: Reading, rule: NeverRule) -> Iterator[Problem]:
    what = _NAMED_BY[rule.kind]
    unwatched = "The rule would never forbid anything."
    if not rule.name:
        return
    if what in ("prompt", "message"):
        yield from _key(bundle, reading, rule.name, what, rule.name_mark, unwatched)
        return
    known, file = (bundle.queues, "queues.yaml") if what == "queue" else (bundle.promises, "callbacks.yaml")
    if file not in reading.broken:
        yield from _unknown(rule.name, known, what, rule.name_mark, unwatched)


def _always_names(bundle: Bundle, reading: Reading, rule: AlwaysRule) -> Iterator[Problem]:
    for name, mark in zip(rule.names, rule.name_marks, strict=True):
        if rule.form == "heard":
            yield from _key(bundle, reading, name, "prompt", mark, "The rule would ask for something that cannot be heard.")
        elif not {"facts.yaml", "callbacks.yaml"} & reading.broken and name not in steps(bundle):
            yield problem(mark, "E-REF", f'nothing in this bundle offers the step "{name}"',
                          consequence="The rule would ask for something that no caller can be offered.",
                          hint=hint_for(name, steps(bundle), "steps"))


def _circles(bundle: Bundle) -> Iterator[Problem]:
    """A policy that asks about itself has no answer."""
    asks = {
        name: {
            n.removesuffix(ELIGIBLE) for rule in entry.allow_if_any for n in _names(rule.when) if n.endswith(ELIGIBLE)
        }
        for name, entry in bundle.policy.entries.items()
    }
    for name, entry in bundle.policy.entries.items():
        reached: set[str] = set()
        todo = list(asks[name])
        while todo:
            step = todo.pop()
            if step not in reached:
                reached.add(step)
                todo += asks.get(step, ())
        if name in reached:
            yield problem(
                entry.mark, "E-LOOP", f'policy "{name}" depends on itself', hint="remove one of the .eligible names"
            )


def _names(text: str) -> frozenset[str]:
    try:
        return names(parse_expr(text))
    except ValueError:
        return frozenset()


# -- callbacks and environments ---------------------------------------------------------------------------------------


def promise_references(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    if any(name.startswith("prompts/") for name in reading.broken):
        return
    for spec in bundle.promises.values():
        used = [*spec.confirm.items()]
        used += [(channel, spec.notice.message) for channel in spec.notice.by] if spec.notice else []
        for channel, key in used:
            yield from _message(bundle, reading, channel, key)
    if any(spec.kind == "callback" for spec in bundle.promises.values()):
        in_line = any(spec.in_line for spec in bundle.promises.values())
        for key, channels in (CALLBACK_PROMPTS | (IN_LINE_PROMPTS if in_line else {})).items():
            for channel in channels:
                yield from _message(bundle, reading, channel, key)
    if bundle.rounds:
        for channel, key in bundle.rounds.last_missed.items():
            yield from _message(bundle, reading, channel, key)
        if bundle.rounds.voicemail:
            yield from _message(bundle, reading, "voice", bundle.rounds.voicemail)


def _message(bundle: Bundle, reading: Reading, channel: str, key: str) -> Iterator[Problem]:
    what = "prompt" if channel == "voice" else "message"
    yield from unsendable(bundle, key, channel, "A caller who was promised it would get nothing.")
    for lang, prompts in bundle.prompts.items():
        if key not in prompts and f"prompts/{lang}.yaml" in reading.trees:
            yield problem(reading.mark_of("callbacks.yaml", key), "E-REF", f'there is no {what} "{key}" in {lang}',
                          hint=hint_for(key, prompts, f"{what}s"))


def env_references(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    """Names that an environment binds; every environment file is examined, not only the one in use."""
    checks = {n.params.name for f in bundle.flows.values() for n in f.nodes.values() if n.kind == "check"}
    known = {"recognizer": ("line", bundle.lines), "voices": ("language", bundle.languages),
             "queues": ("queue", bundle.queues), "lookups": ("predicate", checks)}
    for file, tree in reading.trees.items():
        if not file.startswith("env/") or file in reading.broken or reading.has_broken_flow():
            continue
        for part, (what, names_of) in known.items():
            for name in _bound_names(reading, file, part):
                yield from _unknown(name, names_of, what, mark_at(tree, (part, name)), "The binding would never be used.")


def _bound_names(reading: Reading, file: str, part: str) -> tuple[str, ...]:
    found = getattr(reading.trees[file], "entries", {}).get(part)
    return tuple(getattr(found, "entries", {}))
