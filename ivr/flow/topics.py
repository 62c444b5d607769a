"""Answers to topics that are out of scope: one prompt for all languages, with nothing in it but facts. Pure.

Called by `flow.languages`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_words import Intent
from ivr.flow.parse import Reading
from ivr.flow.standard_prompts import placeholders
from ivr.flow.suggest import hint_for
from ivr.flow.tree import Scalar, Table, Tree


def topic_problems(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    for topic in bundle.out_of_scope.values():
        for lang in topic.phrases:
            tree = reading.trees[f"intents/{lang}.yaml"]
            if _written(tree, topic.id) != topic.answer:
                yield problem(_mark(tree, topic.id), "E-LANG", f'the topic "{topic.id}" is answered otherwise in another language',
                              consequence="Callers of one language would be told something else.",
                              hint=f"write `answer: {topic.answer}` in every language")
        if topic.answer:
            yield from _answer(bundle, topic, _mark(reading.trees[f"intents/{next(iter(topic.phrases))}.yaml"], topic.id))


def _answer(bundle: Bundle, topic: Intent, mark: Mark) -> Iterator[Problem]:
    prompts = bundle.prompts.get(bundle.default_language, {})
    prompt = prompts.get(topic.answer)
    if prompt is None:
        yield problem(mark, "E-REF", f'there is no prompt "{topic.answer}"', consequence="A caller would hear nothing here.",
                      hint=hint_for(topic.answer, prompts, "prompts"))
        return
    for name in sorted({n for text in prompt.variants.values() for n in placeholders(text)}):
        if not name.startswith("fact."):
            yield problem(prompt.mark, "E-REF", f'"{topic.answer}" answers a topic that is out of scope, and speaks of {{{name}}}',
                          consequence="It may be said before any value is known.", hint="use facts only")


def _written(tree: Tree, topic: str) -> str:
    """The answer as one language's file has it."""
    for key in ("out_of_scope", topic, "answer"):
        below = tree.entries.get(key) if isinstance(tree, Table) else None
        if below is None:
            return ""
        tree = below
    return tree.text if isinstance(tree, Scalar) else ""


def _mark(tree: Tree, topic: str) -> Mark:
    return mark_at(tree, ("out_of_scope", topic, "answer"))
