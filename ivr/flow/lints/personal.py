"""What a caller said of himself goes only where his slot allows it, and never into an address. Pure.

What depends on the path of the call (verification before case details) is shown by the proof, not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.expr import names, parse_expr
from ivr.flow.lints.roles import nodes
from ivr.flow.lints.wording import wordings
from ivr.flow.model import Bundle
from ivr.flow.model_flow import SlotSpec

_PERMISSION = {"voice": "prompt", "tty": "prompt", "chat": "prompt", "sms": "sms", "email": "email", "subject": "email"}
_SLOT = re.compile(r"\{slot\.(\w+)\}")
_IN_ADDRESS = re.compile(r"(?P<before>[/?=&]|\{fact\.(?P<fact>\w+)\})\{slot\.(?P<slot>\w+)\}")


def _specs(bundle: Bundle, name: str) -> list[SlotSpec]:
    return [flow.slots[name] for flow in bundle.flows.values() if name in flow.slots]


def placed_values(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle):
        needed = _PERMISSION[wording.variant]
        for match in _SLOT.finditer(wording.text):
            name = match[1]
            if any(s.sensitive and needed not in s.allow for s in _specs(bundle, name)):
                yield problem(wording.spot(match.start(), len(match.group())), "E-PII",
                              f'prompt "{wording.key}" ({wording.variant}) says slot "{name}", which is not allowed there',
                              consequence="Whoever listens in or finds the message would learn what the caller said.",
                              hint=f"leave it out, or write allow: [{needed}] at the slot")


def handed_on(bundle: Bundle) -> Iterator[Problem]:
    for flow, node in nodes(bundle, "transfer", "promise"):
        for n, name in enumerate(node.params.context):
            spec = flow.slots.get(name)
            if spec and spec.sensitive and "context" not in spec.allow:
                yield problem(node.marks.get(f"{node.kind}.context.{n}", node.mark), "E-PII",
                              f'node "{node.id}" hands on slot "{name}", which is not allowed',
                              consequence="What the caller said would be kept where nobody agreed to keep it.",
                              hint="leave it out, or write allow: [context] at the slot")


def in_addresses(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle):
        for match in _IN_ADDRESS.finditer(wording.text):
            fact = bundle.facts.get(match["fact"] or "")
            if match["fact"] and not (fact and re.search(r"[./]\w", fact.value)):
                continue
            yield problem(wording.spot(match.start(), len(match.group())), "E-PII",
                          f'prompt "{wording.key}" puts slot "{match["slot"]}" into a web address',
                          consequence="Addresses are kept in histories and logs, and what the caller said with them.",
                          hint="give the plain address; the caller enters it there")


def trusted_by_hand(bundle: Bundle) -> Iterator[Problem]:
    """What a check found out about a caller, and a policy that protects case details relies on, is never just asserted."""
    found_out = {n.params.result for _, n in nodes(bundle, "check") if n.params.result}
    protecting = {p for f in bundle.flows.values() for p in f.protected.values()}
    protecting |= {s.protected_by for f in bundle.flows.values() for s in f.slots.values() if s.protected_by}
    rules = (r for name in protecting & bundle.policy.entries.keys() for r in bundle.policy.entries[name].allow_if_any)
    relied_on = found_out & {name for rule in rules for name in names(parse_expr(rule.when))}
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            own = [(node.params.vars, node.mark)] if node.kind == "set" else []
            for values, mark in [*own, *((t.set, t.mark) for t in node.to.values())]:
                for name in sorted(relied_on & values.keys()):
                    if values[name] != flow.vars.get(name, (values[name],))[0]:
                        yield problem(mark, "E-PII", f'"{node.id}" sets {name} to {values[name]}, which only its check may find out',
                                      consequence="Whoever calls would be taken for somebody whom the check has recognised.",
                                      hint=f"take it out: the check fills {name} by its `result`")
