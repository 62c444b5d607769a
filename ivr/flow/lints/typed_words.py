"""Whoever reads and types is not told to press, to say or to listen (V23). Pure.

Looks at the words that a text channel of the bundle really shows: its own, or those that stand in for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.dialog.lexicon import fold
from ivr.dialog.render import variant_for
from ivr.errors import Problem
from ivr.flow.lints.roles import spoken
from ivr.flow.lints.wording import advice, filled, own_words
from ivr.flow.model import Bundle
from ivr.flow.model_words import Prompt
from ivr.flow.standard_prompts import TYPED

TEXT_CHANNELS = ("tty", "chat", "sms")
_OF_VOICE: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?i)\bpress(?:ing)?\b|\bkeypad\b|\bpound\b|\bstar\b|\blisten\b|\bspeak (?:up|freely|slowly)\b|\bspell it\b"
                     r"|\bhear(?! (?:from|nothing|back))\b|\bsay(?! (?:anything|nothing|what|that|so|more|whether|if))\b"),
    "es": re.compile(r"(?i)\boprim[ae]\b|\bpresione\b|\bpulse\b|\bmarque\b|\bteclado\b|\basterisco\b|\bsigno de n[uú]mero\b|\bdeletr\w+"
                     r"|\bescuch\w+|\bo[ií]r\w*\b|\boiga\b|\bhable (?:con|m[aá]s|un poco)|\bd[ií]ga(?:l[oae]|melo)?\b"),
}
_LEFT_OUT = frozenset({"tty_hco"})
"""Said to those who do hear."""
_ANOTHER_WORD = re.compile(r"(?i)\baños?\b")
"""A text telephone has no letter but A to Z, and without its tilde this is another word, and a coarse one."""
_SPELLED = re.compile(r"\b(?:[A-Z] ){2,}[A-Z]\b")
"""Letters set apart for a voice: "U S C I S"."""


def voice_words(bundle: Bundle) -> Iterator[Problem]:
    channels = [c for c in TEXT_CHANNELS if any(line.channel == c for line in bundle.lines.values())]
    for key in (*spoken(bundle), *sorted(TYPED)):
        for language, prompts in bundle.prompts.items():
            seen: set[str] = set()
            for channel in channels if key in prompts and key not in _LEFT_OUT else ():
                words = variant_for(prompts[key], channel)
                if words not in seen:
                    yield from _in(bundle, prompts[key], language, channel)
                seen.add(words)


def _in(bundle: Bundle, prompt: Prompt, language: str, channel: str) -> Iterator[Problem]:
    words = variant_for(prompt, channel)
    mark = prompt.marks.get(channel) or prompt.marks.get("voice") or prompt.mark
    # In every language: a greeting tells in the other one how to change to it.
    found = next((match for pattern in _OF_VOICE.values() if (match := pattern.search(own_words(words)))), None)
    if found:
        yield advice(mark, "V23", f'on {channel}, prompt "{prompt.key}" says "{found.group()}" in {language}',
                     consequence="Callers who read and type are told to do what they cannot.",
                     hint=f"give it words of its own under `{channel}:`")
    elif spelled := _SPELLED.search(words):
        yield advice(mark, "V23", f'on {channel}, prompt "{prompt.key}" spells "{spelled.group()}" as for a voice, in {language}',
                     consequence="It takes longer to send and is harder to read.", hint=f"write it as one word under `{channel}:`")
    if channel == "tty" and language == "es" and (other := _ANOTHER_WORD.search(filled(bundle, words, language, spoken=False))):
        folded = fold(other.group()).upper()
        yield advice(mark, "V23", f'on tty, prompt "{prompt.key}" has "{other.group()}", which becomes "{folded}"',
                     consequence="A text telephone has no Ñ, and without it this is another word.", hint="say it in other words")
