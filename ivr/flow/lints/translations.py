"""Every language says the same, in its own words, on the same channels. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ivr.dialog.lexicon import fold
from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.wording import own_words
from ivr.flow.model import Bundle
from ivr.flow.model_words import Prompt

_SHORT = 3
"""Words up to which two languages may well say the same."""
_CHANNELS = ("tty", "chat")
"""Variants that another one can stand in for; that voice, sms and email are in every language is found at loading."""


def _pairs(bundle: Bundle) -> Iterator[tuple[str, Prompt, str, Prompt]]:
    for one, two in combinations(bundle.prompts, 2):
        for key, prompt in bundle.prompts[one].items():
            if key in bundle.prompts[two]:
                yield one, prompt, two, bundle.prompts[two][key]


def untranslated(bundle: Bundle) -> Iterator[Problem]:
    for one, a, two, b in _pairs(bundle):
        for variant in a.variants.keys() & b.variants.keys():
            words = fold(own_words(a.variants[variant]))
            if len(words.split()) > _SHORT and a.variants[variant] == b.variants[variant]:
                yield problem(b.marks.get(variant, b.mark), "E-LANG", f'prompt "{a.key}" ({variant}) has the same words in {one} and {two}',
                              consequence=f"A caller who speaks {two} would hear another language.", hint=f"translate it into {two}")


def lopsided_variants(bundle: Bundle) -> Iterator[Problem]:
    for one, a, two, b in _pairs(bundle):
        for variant in _CHANNELS:
            if (variant in a.variants) != (variant in b.variants):
                has, lacks, prompt = (one, two, b) if variant in a.variants else (two, one, a)
                yield problem(prompt.mark, "E-LANG", f'prompt "{a.key}" has {variant} words in {has} and none in {lacks}',
                              consequence=f"Callers on {variant} would be served worse in {lacks}.", hint=f"add `{variant}:` to it")
