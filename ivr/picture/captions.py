"""What stands in a node's box, kind by kind. Pure. Called by `picture.charting`; a kind that is not named here shows its prompts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ivr.dialog.render import variant_for
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node
from ivr.flow.model_words import Prompt
from ivr.flow.registry import KINDS
from ivr.picture.chart import Line

_FILLED = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")
LONGEST = 150
"""Characters of a prompt that are shown."""


class Words:
    """The prompts of a bundle in one language, as they are shown: facts filled in as they are written."""

    def __init__(self, bundle: Bundle, language: str):
        self.bundle, self.language = bundle, language

    def __call__(self, key: str, channel: str = "voice") -> str:
        prompt: Prompt | None = self.bundle.prompts.get(self.language, {}).get(key)
        text = _FILLED.sub(self._fact, variant_for(prompt, channel)) if prompt else key
        return shortened(" ".join(text.split()), LONGEST)

    def _fact(self, match: re.Match[str]) -> str:
        fact = self.bundle.facts.get(match[1].removeprefix("fact."))
        return fact.value if fact and match[1].startswith("fact.") else f"[{match[1].rpartition('.')[2]}]"


def shortened(text: str, longest: int) -> str:
    """At most so many characters, cut between words."""
    if len(text) <= longest:
        return text
    return f"{text[:longest].rsplit(' ', 1)[0].rstrip(',;:.')} …"


def caption(node: Node, words: Words) -> tuple[Line, ...]:
    return tuple(_CAPTIONS.get(node.kind, _prompts)(node, words))


def _prompts(node: Node, words: Words) -> Iterator[Line]:
    for key in KINDS[node.kind].prompts(node.params)[:1]:
        yield Line(words(key), "words")


def _say(node: Node, words: Words) -> Iterator[Line]:
    for item in node.params.items:
        if item.when:
            yield Line(f"if {item.when}:", "small")
        yield Line(words(item.prompt), "words")


def _question(node: Node, words: Words) -> Iterator[Line]:
    yield Line(words(node.params.prompt), "words")


def _collect(node: Node, words: Words) -> Iterator[Line]:
    yield Line(words(node.params.prompt), "words")
    if node.params.type != "yes_no":
        read_back = ", read back" if node.params.read_back == "always" else ""
        yield Line(f"{node.params.type} → {node.params.slot}{read_back}", "small")


def _check(node: Node, words: Words) -> Iterator[Line]:
    given = f" of {', '.join(node.params.inputs)}" if node.params.inputs else ""
    yield Line(f"{node.params.name}{given}")
    if node.params.result:
        yield Line(f"→ {node.params.result}", "small")


def _set(node: Node, words: Words) -> Iterator[Line]:
    yield Line(shortened(assignments(node.params.vars), LONGEST))


def _call(node: Node, words: Words) -> Iterator[Line]:
    if node.params.flow != node.id:
        yield Line(f"flow {node.params.flow}")
    if node.params.inputs:
        yield Line(f"with {assignments(node.params.inputs)}", "small")


def _send(node: Node, words: Words) -> Iterator[Line]:
    channel = node.params.by[0]
    yield Line(words(node.params.message, channel), "words")
    asked = "after a yes in this call" if node.params.consent == "given" else "if the caller says yes"
    yield Line(f"by {' or '.join(_CHANNELS[c] for c in node.params.by)}, {asked}", "small")


_CHANNELS = {"sms": "text", "email": "email"}


def _promise(node: Node, words: Words) -> Iterator[Line]:
    spec = words.bundle.promises.get(node.params.promise)
    due = f", within {spec.due_within.replace('_', ' ')}" if spec else ""
    yield Line(f"{node.params.promise}{due}")
    yield Line(words(node.params.offer), "words")
    yield Line(f"only if {node.params.policy}", "small")


def _transfer(node: Node, words: Words) -> Iterator[Line]:
    yield Line(f"queue {node.params.queue}")
    entry = words.bundle.policy.entries.get(node.params.policy)
    yield Line(f"only if {node.params.policy}" + (f", {entry.open_when}" if entry and entry.open_when else ""), "small")


def _end(node: Node, words: Words) -> Iterator[Line]:
    if node.params.result:
        yield Line(f"result {node.params.result}")
    else:
        yield Line(words(node.params.prompt or "goodbye"), "words")
        yield Line(f"outcome {node.params.outcome}", "small")


def assignments(values: object) -> str:
    return ", ".join(f"{name} = {value}" for name, value in dict(values).items())  # type: ignore[call-overload]


_CAPTIONS: dict[str, Callable[[Node, Words], Iterator[Line]]] = {
    "say": _say, "ask": _question, "menu": _question, "collect": _collect, "check": _check, "set": _set, "call": _call,
    "decide": lambda node, words: iter(()), "send": _send, "promise": _promise, "transfer": _transfer, "end": _end,
}
