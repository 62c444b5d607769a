"""Every name that a node uses exists. Pure. Called by `flow.references`, once a node.

One function a kind, kept in a table: what each of them names is known here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.expr import is_total, parse_expr
from ivr.flow.guards import guard_problems
from ivr.flow.kept_places import kept_place_problems
from ivr.flow.model import Bundle
from ivr.flow.node_site import Site, assigned_problems
from ivr.flow.policy import builtin_domains
from ivr.flow.registry import KINDS
from ivr.flow.standard_prompts import STANDARD_PROMPTS

SILENT = "A caller who comes here would hear nothing."


def node_problems(site: Site) -> Iterator[Problem]:
    prompts = {key for lang in site.bundle.prompts.values() for key in lang}
    broken = any(name.startswith("prompts/") for name in site.reading.broken)
    for key in dict.fromkeys(KINDS[site.node.kind].prompts(site.node.params)):
        if key not in prompts and key not in STANDARD_PROMPTS and not broken:
            yield from site.known(key, prompts, "prompt", "", SILENT)
    examine = _BY_KIND.get(site.node.kind)
    if examine:
        yield from examine(site)


def _guards(site: Site, texts: Iterable[str]) -> Iterator[Problem]:
    for text in texts:
        yield from guard_problems(text, site.text_mark(text), site.domains)


def _say(site: Site) -> Iterator[Problem]:
    yield from _guards(site, [i.when for i in site.node.params.items if i.when])


def _intents(site: Site, ids: Iterable[str]) -> Iterator[Problem]:
    if any(name.startswith("intents/") for name in site.reading.broken):
        return
    for intent in ids:
        yield from site.known(intent, site.bundle.intents, "intent", "", "Nobody could ever say this.")


def _ask(site: Site) -> Iterator[Problem]:
    yield from _intents(site, site.node.params.intents)
    for key, language in site.node.params.language_keys.items():
        if not re.fullmatch("[1-9]", key):
            yield problem(
                site.mark(language),
                "E-SCHEMA",
                f'"{key}" is not a key from "1" to "9" (0, * and # are reserved)',
                hint="choose another key",
            )
        yield from site.known(
            language, site.bundle.languages, "language", "", "A caller who presses it would hear nothing."
        )


def _menu(site: Site) -> Iterator[Problem]:
    params = site.node.params
    for attribute in ("id", "key"):
        values = [getattr(c, attribute) for c in params.choices]
        for value in sorted({v for v in values if values.count(v) > 1}):
            yield problem(site.mark(value), "E-SCHEMA", f'{attribute} "{value}" is used twice in this menu',
                          hint=f"give every choice its own {attribute}")
    yield from _intents(site, [i for c in params.choices for i in c.intents])
    if not any(name.startswith("intents/") for name in site.reading.broken):
        for name in [c.words for c in params.choices if c.words]:
            yield from site.known(name, site.bundle.words, "word list", "", "Nobody could choose this by voice.")


def _collect(site: Site) -> Iterator[Problem]:
    yield from site.known(site.node.params.slot, site.flow.slots, "slot", "")
    if site.node.params.without and not any(name.startswith("intents/") for name in site.reading.broken):
        yield from site.known(site.node.params.without, site.bundle.words, "word list", "", "Nobody could leave this out by saying so.")
    spec = site.flow.slots.get(site.node.params.slot)
    if spec and spec.type != site.node.params.type:
        yield problem(
            site.mark(site.node.params.type),
            "E-REF",
            f'slot "{site.node.params.slot}" has the type "{spec.type}", not "{site.node.params.type}"',
            hint="use the type that is declared under slots",
        )


def _values_known(site: Site, names: Iterable[str], what: str = "variable or slot") -> Iterator[Problem]:
    known = (*site.flow.vars, *site.flow.slots, *builtin_domains((), ()))
    for name in names:
        yield from site.known(name, known, what, "")


def _check(site: Site) -> Iterator[Problem]:
    params = site.node.params
    yield from _values_known(site, params.inputs)
    for name in params.fills:
        yield from site.known(name, site.flow.slots, "slot", "")
    if params.result is not None:
        yield from site.known(params.result, site.flow.vars, "variable", "")
        for value in params.values:
            if params.result in site.flow.vars and value not in site.flow.vars[params.result]:
                yield problem(site.mark(params.result), "E-REF", f'variable "{params.result}" cannot be "{value}"',
                              hint=f'add "{value}" to its values')


def _decide(site: Site) -> Iterator[Problem]:
    rows = [row.when for row in site.node.params.rows]
    found = list(_guards(site, rows))
    yield from found
    if found:
        return
    exprs = [parse_expr(text) for text in rows]
    missing = is_total(exprs, site.domains)
    if missing is not None:
        case = (
            ", ".join(f"{n} = {str(v).lower() if isinstance(v, bool) else v}" for n, v in missing.items()) or "anything"
        )
        yield problem(site.node.mark, "E-TOTAL", f'no row of "{site.node.id}" is true when {case}',
                      consequence="A caller in this case would hear nothing.", hint="add a row for this case")


def _set(site: Site) -> Iterator[Problem]:
    for name, value in site.node.params.vars.items():
        mark = site.node.marks.get(f"set.{name}") or site.node.marks.get(f"set.vars.{name}") or site.node.mark
        yield from assigned_problems(site.bundle, site.flow, {name: value}, mark)


def _call(site: Site) -> Iterator[Problem]:
    flow = site.bundle.flows.get(site.node.params.flow)
    if flow is None or flow.file in site.reading.broken:
        return
    if not flow.results:
        yield problem(
            site.mark(flow.id),
            "E-REF",
            f'flow "{flow.id}" declares no results, so nothing can come back from it',
            hint="add `results: [...]` to that flow",
        )
    for name, value in site.node.params.inputs.items():
        yield from site.known(name, flow.inputs, "input", "")
        if name in flow.inputs:
            yield from assigned_problems(site.bundle, flow, {name: value}, site.mark(value))
    for name in flow.inputs:
        if name not in site.node.params.inputs:
            yield problem(site.node.mark, "E-TOTAL", f'input "{name}" of flow "{flow.id}" is not given',
                          hint=f"add `with: {{{name}: ...}}`")


def _end(site: Site) -> Iterator[Problem]:
    result = site.node.params.result
    if result is not None:
        yield from site.known(result, site.flow.results, "result", "")


def _send(site: Site) -> Iterator[Problem]:
    params = site.node.params
    if any(name.startswith("prompts/") for name in site.reading.broken):
        return
    for channel in params.by:
        yield from unsendable(site.bundle, params.message, channel, "A caller who said yes would get nothing.")
    if not any(params.message in prompts for prompts in site.bundle.prompts.values()):
        keys = [k for k, p in next(iter(site.bundle.prompts.values()), {}).items() if "sms" in p.variants]
        yield from site.known(params.message, keys, "message", "", "A caller who said yes would get nothing.")


def unsendable(bundle: Bundle, key: str, channel: str, consequence: str) -> Iterator[Problem]:
    """A message without words for its channel in any language; one language alone is found by comparing them."""
    found = [prompts[key] for prompts in bundle.prompts.values() if key in prompts]
    if found and not any(channel in prompt.variants for prompt in found):
        yield problem(found[0].mark, "E-CHANNEL", f'"{key}" has no {channel} words in any language', consequence=consequence,
                      hint=f"add `{channel}:` below it in each")


def _promise(site: Site) -> Iterator[Problem]:
    params = site.node.params
    yield from site.known(
        params.promise, site.bundle.promises, "promise", "callbacks.yaml", "No promise could be written down."
    )
    yield from site.known(
        params.policy, site.bundle.policy.entries, "policy", "policy.yaml", "Nobody could be let through."
    )
    yield from site.known(params.reason, site.flow.vars, "variable", "")
    yield from _values_known(site, params.context)
    spec = site.bundle.promises.get(params.promise)
    if spec is not None and spec.in_line:
        yield from kept_place_problems(site.flow, site.node)


def _transfer(site: Site) -> Iterator[Problem]:
    params = site.node.params
    yield from site.known(params.queue, site.bundle.queues, "queue", "queues.yaml", "The caller would wait for nobody.")
    yield from site.known(
        params.policy, site.bundle.policy.entries, "policy", "policy.yaml", "Nobody could be let through."
    )
    yield from _values_known(site, params.context)


_BY_KIND: dict[str, Callable[[Site], Iterator[Problem]]] = {
    "say": _say, "ask": _ask, "menu": _menu, "collect": _collect, "check": _check, "decide": _decide, "set": _set,
    "call": _call, "end": _end, "send": _send, "promise": _promise, "transfer": _transfer,
}
