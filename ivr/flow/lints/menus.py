"""A menu reads its keys in order, the action before the key, the same in every language (V03, V04). Pure.

English and Spanish are understood; in other languages a menu's keys are looked for as digits only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.lints.roles import nodes
from ivr.flow.lints.wording import advice, voice, wordings
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node

_DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
           "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9"}
KEYS = re.compile(rf"(?i)\b(?:press|dial|key in|oprima|marque|presione|pulse)\s+(?:the\s+|el\s+|la tecla\s+)?(\d|{'|'.join(_DIGITS)})\b")
"""A key that is named in a text."""
_BEFORE = re.compile(rf"(?i)\b(?:press|oprima|marque|presione|pulse)\s+(?:\d|{'|'.join(_DIGITS)}),?\s+(?:for|to|if|para|si)\b"
                     r"(?!\s+(?:yes|no|sí|el sí|el no)\b)")
"""The key first: "press 1 for hours"; "press 1 for yes" is an answer to a question and no choice."""


def named_keys(text: str) -> list[str]:
    """Keys in the order in which the text names them."""
    return [_DIGITS.get(m[1].lower(), m[1]) for m in KEYS.finditer(text)]


def unread_keys(bundle: Bundle) -> Iterator[Problem]:
    for _, node in nodes(bundle, "menu"):
        keys = [choice.key for choice in node.params.choices]
        if keys != sorted(keys):
            yield advice(node.marks.get("menu.choices", node.mark), "V03",
                         f'the keys of menu "{node.id}" are not in order: {", ".join(keys)}',
                         consequence="Callers who count along press the wrong key.", hint="order the choices by their keys")
        yield from _read_out(bundle, node, keys)


def _read_out(bundle: Bundle, node: Node, keys: list[str]) -> Iterator[Problem]:
    for wording in voice(bundle, node.params.prompt):
        said = named_keys(wording.text)
        missing = [k for k in keys if k not in said]
        strange = [k for k in said if k not in keys]
        if missing or strange:
            what = f"does not name key {', '.join(missing)}" if missing else f"names key {', '.join(strange)}, which chooses nothing"
            yield advice(wording.mark, "V03", f'"{wording.key}" {what} of menu "{node.id}" in {wording.language}',
                         consequence="Callers cannot choose what they do not hear.", hint='say "For ..., press N" for each choice')
        elif said != sorted(said):
            yield advice(wording.mark, "V03", f'"{wording.key}" names the keys in the order {", ".join(said)} in {wording.language}',
                         consequence="Callers who count along press the wrong key.", hint="read the choices in the order of their keys")
    for prompts in bundle.prompts.values():
        prompt = prompts.get(node.params.prompt)
        text = prompt.variants.get("tty") if prompt else None
        missing = [k for k in keys if text and not re.search(rf"\b{k}\b", text)]
        if prompt and missing:
            yield advice(prompt.marks.get("tty", prompt.mark), "V03",
                         f'the tty words of "{prompt.key}" do not name key {", ".join(missing)}',
                         consequence="Callers with a text telephone cannot choose it.", hint="name every key")


def key_before_action(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle, ("voice",)):
        match = _BEFORE.search(wording.text)
        if match and wording.key != "not_understood_yes_no":
            yield advice(wording.spot(match.start(), len(match.group())), "V03", f'"{wording.key}" says the key before what it does',
                         consequence="Callers have forgotten the key when they know that they want it.",
                         hint='turn it round: "For opening hours, press 1"')


def other_keys(bundle: Bundle) -> Iterator[Problem]:
    """V04: languages that read a menu's keys in another order mean other choices by them."""
    for _, node in nodes(bundle, "menu"):
        orders = {w.language: named_keys(w.text) for w in voice(bundle, node.params.prompt)}
        first = next(iter(orders.values()), [])
        for wording in voice(bundle, node.params.prompt):
            said = orders[wording.language]
            if said != first and sorted(said) == sorted(first):
                yield advice(wording.mark, "V04", f'"{wording.key}" reads the keys in another order in {wording.language}',
                             consequence="The same key would seem to mean something else in each language.", hint="use one order")
