"""The texts of a bundle, as authors wrote them and as callers would hear them at their longest. Pure.

Used by every lint that reads words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ivr.dialog.speakable import speakable
from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_words import Prompt
from ivr.flow.source import read_tree
from ivr.flow.standard_prompts import PLACEHOLDER

SAMPLES = {"phone": "8003755283", "number": "8003755283", "date": "2026-09-30", "due_by": "2026-09-30", "receipt": "IOE0912345678",
           "a_number": "A123456789", "email": "maria.gonzalez@example.com", "reference": "WX43AB67", "position": "12", "wait": "30",
           "minutes": "15",
           "zip": "90210", "form": "I-485", "yes_no": "no", "digits": "123456", "keys": "1", "choice": "1"}
"""Long values that stand in for what only a call knows."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a prompt in one language."""

    language: str
    prompt: Prompt
    variant: str
    """voice | tty | sms | chat | email | subject"""
    text: str

    @property
    def key(self) -> str:
        return self.prompt.key

    @property
    def mark(self) -> Mark:
        return self.prompt.marks.get(self.variant, self.prompt.mark)

    def spot(self, start: int, length: int) -> Mark:
        """The place of a part of the text; a text over several lines, or with escapes, keeps its own place."""
        quotes = self.mark.length - len(self.text)
        if quotes not in (0, 2):
            return self.mark
        return replace(self.mark, column=self.mark.column + quotes // 2 + start, length=max(1, length))


def wordings(bundle: Bundle, variants: Iterable[str] = ("voice", "tty", "sms", "chat", "email", "subject")) -> Iterator[Wording]:
    """Every text of these variants, language by language."""
    wanted = tuple(variants)
    for language, prompts in bundle.prompts.items():
        for prompt in prompts.values():
            for variant in wanted:
                text = prompt.subject if variant == "subject" else prompt.variants.get(variant, "")
                if text:
                    yield Wording(language, prompt, variant, text)


def voice(bundle: Bundle, key: str) -> Iterator[Wording]:
    """The spoken words of one prompt in each language that has them."""
    for language, prompts in bundle.prompts.items():
        if key in prompts and "voice" in prompts[key].variants:
            yield Wording(language, prompts[key], "voice", prompts[key].variants["voice"])


def filled(bundle: Bundle, text: str, language: str, *, spoken: bool) -> str:
    """The text with facts filled in and long samples for what only a call knows."""

    def value(match: re.Match[str]) -> str:
        if not match.group(1):
            return match.group()[0]
        space, _, name = match.group(1).rpartition(".")
        if space == "fact":
            fact = bundle.facts.get(name)
            return fact.words(language, spoken=spoken) if fact else ""
        kind = _slot_type(bundle, name) if space == "slot" else name
        if kind == "intent":
            return max((i.name.get(language, "") for i in bundle.intents.values()), key=len, default="")
        return speakable(kind, SAMPLES.get(kind, "12"), language, "voice" if spoken else "sms")

    return PLACEHOLDER.sub(value, text).strip()


def heard(bundle: Bundle, wording: Wording) -> str:
    """The spoken words with facts filled in; what only a call knows counts as one word."""
    def fact(match: re.Match[str]) -> str:
        space, _, name = (match.group(1) or "").rpartition(".")
        found = bundle.facts.get(name) if space == "fact" else None
        return found.words(wording.language, spoken=True) if found else match.group()
    return PLACEHOLDER.sub(fact, wording.text)


def own_words(text: str) -> str:
    """The text without its placeholders, each of which leaves a mark that is no word."""
    return PLACEHOLDER.sub(lambda m: "\N{MIDDLE DOT}" * len(m.group()), text)


def place_in(bundle: Bundle, file: str, *path: int | str) -> Mark:
    """The place of `path` in a file of the bundle: read again, for a mistake is rare."""
    tree, _ = read_tree(bundle.files.get(file, b""), file)
    return mark_at(tree, path) if tree else Mark(file)


def advice(mark: Mark, rule: str, message: str, *, consequence: str = "", hint: str = "") -> Problem:
    """A warning of the rules for spoken dialogue; `rule` is its number there."""
    return problem(mark, "W-UX", f"{message} ({rule})", consequence=consequence, hint=hint, severity="warning")


def _slot_type(bundle: Bundle, name: str) -> str:
    return next((flow.slots[name].type for flow in bundle.flows.values() if name in flow.slots), "digits")
