"""A question is short, comes last, says what it expects and waits long enough (V01, V11, V13). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.lints.roles import NUMBERS, menu_prompts, nodes, questions
from ivr.flow.lints.wording import Wording, advice, filled, heard, place_in, voice
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle

MAX_WORDS = 32
"""Twelve seconds at 160 words a minute."""
MAX_AFTER = 12
"""Words that may follow the question mark: how to answer, and no more."""
MAX_AFTER_VALUE = 25
"""The same where a value is asked for: its digits, and the keys."""
PATIENCE_S = 5.0
NUMBER_PATIENCE_S = 10.0
_COUNT = re.compile(
    r"(?i)\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|uno|una|un|dos|tres|cuatro|cinco|seis|siete|ocho"
    r"|nueve|diez|once|doce|trece)\W+(?:\w+\W+){0,2}?(?:digits?|numbers?|letters?|characters?|d[ií]gitos?|n[uú]meros?|cifras?|letras?"
    r"|caracteres)\b")


def long_questions(bundle: Bundle) -> Iterator[Problem]:
    """Menus are exempt: any word of them can be interrupted, and they have their own limit of five items."""
    for wording in _asked(bundle):
        count = len(heard(bundle, wording).split())
        if count > MAX_WORDS:
            yield advice(wording.mark, "V01",
                         f'question "{wording.key}" has {count} words in {wording.language}; {MAX_WORDS} fit in a breath',
                         consequence="Callers forget the beginning before they hear the end.", hint="say less, or say it in a `say` before")


def question_last(bundle: Bundle) -> Iterator[Problem]:
    values = {n.params.prompt for _, n in nodes(bundle, "collect") if n.params.type != "yes_no"}
    values |= {n.params.number_prompt for _, n in nodes(bundle, "promise")}
    for wording in _asked(bundle):
        text = heard(bundle, wording)
        after = len(text.rpartition("?")[2].split()) if "?" in text else 0
        if after > (MAX_AFTER_VALUE if wording.key in values else MAX_AFTER):
            yield advice(wording.mark, "V01", f'in "{wording.key}" {after} words follow the question in {wording.language}',
                         consequence="Callers answer at the question mark, and talk over the rest.", hint="put the question last")


def _asked(bundle: Bundle) -> Iterator[Wording]:
    menus = menu_prompts(bundle)
    for key in questions(bundle):
        if key not in menus:
            yield from voice(bundle, key)


def uncounted_digits(bundle: Bundle) -> Iterator[Problem]:
    keys = {n.params.prompt for _, n in nodes(bundle, "collect") if n.params.type in NUMBERS}
    keys |= {n.params.number_prompt for _, n in nodes(bundle, "promise")}
    for key in sorted(keys):
        for wording in voice(bundle, key):
            if not _COUNT.search(filled(bundle, wording.text, wording.language, spoken=True)):
                yield advice(wording.mark, "V11", f'"{key}" does not say in {wording.language} how many digits it takes',
                             consequence="Callers do not know when they have given enough.", hint='say it, as in "its ten digits"')


def short_patience(bundle: Bundle) -> Iterator[Problem]:
    for flow in bundle.flows.values():
        for name, least in (("timeout_s", PATIENCE_S), ("number_timeout_s", NUMBER_PATIENCE_S)):
            seconds = getattr(flow.defaults.retry, name)
            if seconds < least:
                yield _hurry(place_in(bundle, flow.file, "defaults", "retry", name), f'flow "{flow.id}"', name, seconds, least)
    for _, node in nodes(bundle, "ask", "menu", "collect"):
        least = NUMBER_PATIENCE_S if node.kind == "collect" and node.params.type in NUMBERS else PATIENCE_S
        if node.params.timeout_s is not None and node.params.timeout_s < least:
            mark = node.marks.get(f"{node.kind}.timeout_s", node.mark)
            yield _hurry(mark, f'node "{node.id}"', "timeout_s", node.params.timeout_s, least)


def _hurry(mark: Mark, who: str, name: str, seconds: float, least: float) -> Problem:
    return advice(mark, "V13", f"{who} waits {seconds:g} s ({name}), and at least {least:g} s are needed",
                  consequence="Slow speakers and callers who look for a paper would be cut short.", hint=f"write {name}: {least:g} or more")
