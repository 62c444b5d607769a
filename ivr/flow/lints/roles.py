"""What each prompt is for: question, menu, reprompt, refusal, goodbye. Pure. Used by the lints.

The kinds say which prompts they speak; which of them a caller has to answer is known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node
from ivr.flow.registry import KINDS
from ivr.flow.standard_prompts import STANDARD_PROMPTS, TYPED, WRITTEN

_ASKING = {
    "ask": ("prompt", "reprompts"), "menu": ("prompt",), "collect": ("prompt", "confirm_prompt"), "send": ("offer", "offer_email"),
    "promise": ("offer", "number_prompt", "confirm_number", "second", "confirm_second"),
}
"""Kind -> parameters that hold prompts after which the call listens. Own reprompts of menu and collect are followed by
the question itself."""
_ALWAYS_ASKING = ("reprompt_1", "reprompt_2", "silence_1", "silence_2", "confirm_intent", "confirm_two_intents")
"""Standard prompts after which an open question listens."""
STANDARD_REPAIRS = (("reprompt_1", "reprompt_2"), ("silence_1", "silence_2"), ("reprompt_value_1", "reprompt_value_2"),
                    ("silence_value_1", "silence_value_2"))
CONFIRMED = ("date", "phone", "email", "receipt", "form", "a_number", "zip")
NUMBERS = ("phone", "receipt", "a_number", "zip", "digits")
"""Slot types whose values are long numbers."""


def nodes(bundle: Bundle, *kinds: str) -> Iterator[tuple[Flow, Node]]:
    """Every node, or those of some kinds."""
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            if not kinds or node.kind in kinds:
                yield flow, node


def asked_at(node: Node) -> tuple[str, ...]:
    """Prompt keys of this node after which the call listens."""
    keys: list[str] = []
    for name in _ASKING.get(node.kind, ()):
        value = getattr(node.params, name, None)
        keys += value if isinstance(value, tuple) else [value] if value else []
    return tuple(keys)


def menu_prompts(bundle: Bundle) -> frozenset[str]:
    """Prompts that read choices: they may be longer than a breath, because any word of them can be interrupted."""
    found = {node.params.prompt for _, node in nodes(bundle, "menu")}
    return frozenset(found | {n.params.prompt for _, n in nodes(bundle, "ask") if getattr(n.params, "language_keys", None)})


def questions(bundle: Bundle) -> tuple[str, ...]:
    """Every prompt after which the call listens."""
    keys = [key for _, node in nodes(bundle) for key in asked_at(node)]
    kinds = {node.kind for _, node in nodes(bundle)}
    if "ask" in kinds:
        keys += _ALWAYS_ASKING
    keys += [f"confirm_{n.params.type}" for _, n in nodes(bundle, "collect") if n.params.type in CONFIRMED]
    return tuple(dict.fromkeys(keys))


def spoken(bundle: Bundle) -> tuple[str, ...]:
    """Every prompt that a call speaks."""
    keys = [key for _, node in nodes(bundle) for key in KINDS[node.kind].prompts(node.params)]
    keys += [key for key in STANDARD_PROMPTS if key not in WRITTEN | TYPED]
    keys += [entry.else_say for entry in bundle.policy.entries.values() if entry.else_say]
    keys += [topic.answer for topic in bundle.out_of_scope.values() if topic.answer]
    keys += [key for queue in bundle.queues.values() for key in queue.wait.keys]
    return tuple(dict.fromkeys(keys))


def reprompts(bundle: Bundle) -> tuple[str, ...]:
    """Prompts that follow a failed try."""
    own = [key for _, node in nodes(bundle) for key in getattr(node.params, "reprompts", ())]
    standard = [key for pair in STANDARD_REPAIRS for key in pair]
    return tuple(dict.fromkeys([*own, *standard, "not_understood_yes_no", "not_understood_yes_no_2"]))


def refusals(bundle: Bundle) -> Iterator[tuple[str, ...]]:
    """What a caller hears in one go who may not speak with a person: else_say, and the place agent_request."""
    for entry in bundle.policy.entries.values():
        if entry.else_say:
            yield (entry.else_say,)
    for flow in bundle.flows.values():
        node = flow.nodes.get(flow.defaults.places.get("agent_request", ""))
        if node is not None and node.kind == "say":
            yield tuple(item.prompt for item in node.params.items if not item.when)
