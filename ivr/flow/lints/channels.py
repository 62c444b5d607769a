"""Every prompt has words that fit the channels on which it is used. Pure.

A text telephone shows lines of 60 characters and takes 12 seconds for each: a question is one line, an answer at most
six. Prompts without words of their own for it use their spoken ones, wrapped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import lru_cache

from ivr.dialog.render import variant_for
from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.roles import nodes, questions, spoken
from ivr.flow.lints.wording import advice, filled
from ivr.flow.model import Bundle
from ivr.flow.model_words import Prompt
from ivr.flow.standard_prompts import TYPED

LINE = 60
ANSWER_LINES = 6


def unspoken_prompts(bundle: Bundle) -> Iterator[Problem]:
    for key in spoken(bundle):
        for language, prompts in bundle.prompts.items():
            if key in prompts and "voice" not in prompts[key].variants:
                yield problem(prompts[key].mark, "E-CHANNEL", f'prompt "{key}" is spoken, and has no spoken words in {language}',
                              consequence="The caller would hear words that were written for the eye.", hint="add `voice:` to it")


def tty_lines(bundle: Bundle) -> Iterator[Problem]:
    if all(line.channel != "tty" for line in bundle.lines.values()):
        return
    asked = frozenset(questions(bundle))
    for key in (*spoken(bundle), *sorted(TYPED)):
        for language, prompts in bundle.prompts.items():
            if key in prompts:
                yield from _lines(bundle, prompts[key], language, 1 if key in asked or key in TYPED else ANSWER_LINES)


@lru_cache(maxsize=8192)
def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.split("\n") for part in textwrap.wrap(line, LINE, break_long_words=False))


def _lines(bundle: Bundle, prompt: Prompt, language: str, allowed: int) -> Iterator[Problem]:
    text = filled(bundle, variant_for(prompt, "tty"), language, spoken=False)
    lines = _wrapped(text)
    mark = prompt.marks.get("tty") or prompt.marks.get("voice") or prompt.mark
    cure = "shorten its `tty:` words" if "tty" in prompt.variants else "give it shorter words under `tty:`"
    if len(lines) > allowed:
        what = f"a question, and has {len(text)} characters" if allowed == 1 else f"{len(lines)} lines long"
        limit = f"one line of {LINE}" if allowed == 1 else f"{ANSWER_LINES} lines of {LINE} characters"
        yield problem(mark, "E-CHANNEL", f'on a text telephone prompt "{prompt.key}" is {what} in {language}; {limit} fits', hint=cure,
                      consequence="Callers with a text telephone would wait long for it, or lose its beginning.")
    for line in lines:
        if len(line) > LINE:
            yield problem(mark, "E-CHANNEL", f'prompt "{prompt.key}" has a word of {len(line)} characters, and {LINE} fit into a line',
                          consequence="It would break in the middle on a text telephone.", hint=cure)


def only_by_text(bundle: Bundle) -> Iterator[Problem]:
    """V19: telephones abroad, landlines and text telephones get no texts."""
    for _, node in nodes(bundle, "send"):
        if "sms" in node.params.by and "email" not in node.params.by:
            yield advice(node.marks.get("send.by", node.mark), "V19", f'node "{node.id}" sends by text only',
                         consequence="A caller whose telephone takes no texts gets nothing.", hint="write by: [sms, email]")
