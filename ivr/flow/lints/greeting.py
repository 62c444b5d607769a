"""The greeting says who speaks, that it is a machine, and soon lets the caller choose (V02). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.lexicon import fold
from ivr.errors import Problem
from ivr.flow.lints.menus import KEYS
from ivr.flow.lints.roles import asked_at
from ivr.flow.lints.wording import Wording, advice, heard, voice
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow

MAX_WORDS = 40
"""Fifteen seconds at 160 words a minute."""
OPENING = 20
"""Words within which the name and the machine are mentioned."""
_MACHINE = re.compile(r"autom[aá]t")
_SILENT = ("set", "decide", "check")


def _entries(bundle: Bundle) -> Iterator[Flow]:
    for flow_id in dict.fromkeys(line.flow for line in bundle.lines.values()):
        if flow_id in bundle.flows:
            yield bundle.flows[flow_id]


def long_greetings(bundle: Bundle) -> Iterator[Problem]:
    for flow in _entries(bundle):
        for language in bundle.languages:
            count = _words(bundle, flow, flow.start, language, frozenset())
            if count > MAX_WORDS:
                yield advice(flow.nodes[flow.start].mark, "V02",
                             f'{count} words pass in {language} before the first choice, and at most {MAX_WORDS} should',
                             consequence="Callers hang up, or press keys at random.", hint="shorten the greeting")


def _words(bundle: Bundle, flow: Flow, node_id: str, language: str, seen: frozenset[str]) -> int:
    """The most words that are heard from this node to the first choice.

    Of several conditional prompts of one node the longest counts, as if they excluded each other.
    """
    node = flow.nodes.get(node_id)
    if node is None or node_id in seen:
        return 0
    if node.kind == "call" and node.params.flow in bundle.flows:
        inner = bundle.flows[node.params.flow]
        return _words(bundle, inner, inner.start, language, seen)
    if node.kind != "say" and node.kind not in _SILENT:
        return max((_count(bundle, key, language, to_first_key=True) for key in asked_at(node)[:1]), default=0)
    further = max((_words(bundle, flow, t.go, language, seen | {node_id}) for t in node.to.values()), default=0)
    if node.kind == "say":
        sure = sum(_count(bundle, i.prompt, language) for i in node.params.items if not i.when)
        perhaps = (_count(bundle, i.prompt, language) for i in node.params.items if i.when)
        return sure + max(perhaps, default=0) + further
    return further


def _count(bundle: Bundle, key: str, language: str, *, to_first_key: bool = False) -> int:
    for wording in voice(bundle, key):
        if wording.language == language:
            text = heard(bundle, wording)
            key_at = KEYS.search(text) if to_first_key else None
            return len(text[:key_at.end() if key_at else None].split())
    return 0


def nameless_greetings(bundle: Bundle) -> Iterator[Problem]:
    for flow in _entries(bundle):
        for wording in _first(bundle, flow):
            opening = fold(" ".join(heard(bundle, wording).split()[:OPENING])).split()
            name = [w for w in fold(bundle.title.get(wording.language, bundle.id)).split() if len(w) > 3]
            if name and not any(w in "".join(opening) for w in name):  # letters that are spoken one by one count too
                yield advice(wording.mark, "V02", f'the greeting "{wording.key}" does not name the service in {wording.language}',
                             consequence="Callers do not know whether they dialled right.", hint="begin with the title of bundle.yaml")
            if not any(_MACHINE.search(word) for word in opening):
                yield advice(wording.mark, "V02", f'the greeting "{wording.key}" does not say in {wording.language} that it is automated',
                             consequence="Callers take it for a person.", hint='say "automated line"')


def _first(bundle: Bundle, flow: Flow) -> Iterator[Wording]:
    """The first words of a call."""
    node, seen = flow.nodes.get(flow.start), set()
    while node is not None and node.id not in seen:
        seen.add(node.id)
        keys = [i.prompt for i in node.params.items if not i.when] if node.kind == "say" else list(asked_at(node))
        if keys:
            yield from voice(bundle, keys[0])
            return
        node = next((flow.nodes.get(t.go) for t in node.to.values()), None)
