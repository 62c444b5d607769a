"""What prompts promise by their words: which real next steps they name. Pure.

A fact may be marked with a step (`step: online_chat`). A prompt that names the fact offers that step, and it counts only
if the prompt does so in every language of the bundle and on every channel that a caller can be on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.render import variant_for
from ivr.flow.model import Bundle

_FACT = re.compile(r"\{fact\.(\w+)\}")
SPOKEN_CHANNELS = ("voice", "tty")
"""On every bundle: a text telephone may call any line."""


def steps_of(bundle: Bundle, key: str) -> frozenset[str]:
    """Steps that the prompt offers to everybody."""
    found = [steps for _, _, steps in steps_by_words(bundle, key)]
    return frozenset.intersection(*found) if found else frozenset()


def steps_by_words(bundle: Bundle, key: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(language, channel, steps) of the prompt; nothing for a key that does not exist."""
    for language in bundle.languages:
        prompt = bundle.prompts.get(language, {}).get(key)
        for channel in _channels(bundle) if prompt else ():
            text = variant_for(prompt, channel)
            named = (bundle.facts.get(name) for name in _FACT.findall(text))
            yield language, channel, frozenset(f.step for f in named if f and f.step)


def _channels(bundle: Bundle) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*SPOKEN_CHANNELS, *(line.channel for line in bundle.lines.values()))))
