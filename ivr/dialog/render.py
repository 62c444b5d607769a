"""Words of a prompt with their placeholders filled. Pure.

`{fact.NAME}` comes from facts.yaml (spoken form on voice, written form elsewhere), `{slot.NAME}` from what the caller
said, any other `{name}` from the node. Doubled braces stand for themselves. A placeholder that nobody fills is a fault
of the bundle that the checker finds; at run time it is left out rather than read aloud.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.dialog.speakable import speakable
from ivr.flow.model import Bundle
from ivr.flow.model_words import Prompt
from ivr.sensitive import Sensitive

TTY_LINE = 60
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z_][a-z0-9_.]*)\}")
_SPOKEN = ("voice",)
# Where a channel has no words of its own, these stand in, best first.
_FALLBACK = {"voice": ("voice",), "tty": ("tty", "chat", "voice"), "chat": ("chat", "voice"), "sms": ("sms", "chat", "voice"),
             "email": ("email", "sms", "voice")}


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    sensitive: bool = False
    """A caller's value was filled in."""
    static: bool = True
    """Only facts were filled in: the same for every call."""
    subject: str = ""


def prompt_of(bundle: Bundle, key: str, language: str) -> Prompt:
    """The prompt in that language, else in the bundle's first; KeyError when it exists in neither."""
    return bundle.prompts.get(language, {}).get(key) or bundle.prompts[bundle.default_language][key]


def variant_for(prompt: Prompt, channel: str) -> str:
    """The template that the channel uses."""
    variant = next((v for v in _FALLBACK[channel] if v in prompt.variants), None)
    return prompt.variants[variant] if variant else next(iter(prompt.variants.values()))


def render(bundle: Bundle, key: str, language: str, channel: str, *, slots: Mapping[str, Sensitive],
           values: Mapping[str, str | Sensitive]) -> Rendered:
    prompt = prompt_of(bundle, key, language)
    template = variant_for(prompt, channel)
    filler = _Filler(bundle, language, channel, slots, values)
    text = _PLACEHOLDER.sub(filler, template).strip()
    if channel == "tty":
        text = _in_lines(text)
    subject = _PLACEHOLDER.sub(filler, prompt.subject).strip() if channel == "email" else ""
    return Rendered(text, filler.sensitive, filler.static, subject)


def _in_lines(text: str) -> str:
    """Words for a display of a few lines: sixty characters take a TTY about twelve seconds, and many show no more."""
    return "\n".join(part for line in text.split("\n") for part in textwrap.wrap(line, TTY_LINE) or [""])


def static_prompts(bundle: Bundle) -> list[tuple[str, str, str]]:
    """(key, language, words) of every spoken prompt that is the same on every call, and so can be rendered ahead of time."""
    out = []
    for language in bundle.languages:
        for key, prompt in bundle.prompts[language].items():
            if "voice" in prompt.variants:
                r = render(bundle, key, language, "voice", slots={}, values={})
                if r.static:
                    out.append((key, language, r.text))
    return out


class _Filler:
    """Replaces one placeholder after the other and remembers what kind of values went in."""

    def __init__(self, bundle: Bundle, language: str, channel: str, slots: Mapping[str, Sensitive],
                 values: Mapping[str, str | Sensitive]):
        self.bundle, self.language, self.channel = bundle, language, channel
        self.slots, self.values = slots, values
        self.sensitive, self.static = False, True

    def __call__(self, match: re.Match[str]) -> str:
        if match.group() in ("{{", "}}"):
            return match.group()[0]
        space, _, name = match.group(1).rpartition(".")
        if space == "fact":
            return self._fact(name)
        value = self.slots.get(name) if space == "slot" else self.values.get(match.group(1))
        self.static = False
        if value is None:
            return ""
        if isinstance(value, Sensitive):
            self.sensitive = True
            value = value.reveal()
        return self._say(space, name, value)

    def _say(self, space: str, name: str, value: str) -> str:
        if space == "slot":
            spec = next((f.slots[name] for f in self.bundle.flows.values() if name in f.slots), None)
            return speakable(spec.type if spec else "text", value, self.language, self.channel)
        return speakable(name, value, self.language, self.channel)

    def _fact(self, name: str) -> str:
        fact = self.bundle.facts.get(name)
        if fact is None:
            return ""
        return fact.words(self.language, spoken=self.channel in _SPOKEN)
