"""A line on which people write needs what a conversation in writing says by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import TEXT_PROMPTS


def words_of_conversations(bundle: Bundle) -> Iterator[Problem]:
    needed = {key: line for line in bundle.lines.values() for key in TEXT_PROMPTS.get(line.channel, ())}
    for key, line in needed.items():
        for language, prompts in bundle.prompts.items():
            if key not in prompts:
                yield problem(Mark(f"prompts/{language}.yaml"), "E-REF", f'prompt "{key}" is missing, which the line "{line.name}" needs',
                              consequence="A conversation in writing would end, or be cut off, without a word.",
                              hint=f'add `{key}: {{chat: "..."}}`')
