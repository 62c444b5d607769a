"""Whoever agrees to a text or an email knows where it goes. Pure. That there was a yes is shown by the proof."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.roles import nodes
from ivr.flow.lints.wording import voice
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import placeholders

_TEXTING = {"en": r"\btexts?\b", "es": r"\b(mensajes?|textos?)\b"}
"""Language -> words that announce a text; other languages are not examined."""


def offers_without_number(bundle: Bundle) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for _, node in nodes(bundle, "send"):
        if getattr(node.params, "consent", "ask") == "ask":
            seen |= {(node.params.offer, "number")} if "sms" in node.params.by else set()
            seen |= {(node.params.offer_email, "email")} if "email" in node.params.by else set()
    for key, name in sorted(seen):
        for wording in voice(bundle, key):
            if name not in placeholders(wording.text):
                yield problem(wording.mark, "E-CONSENT", f'offer "{key}" does not read the {name} back in {wording.language}',
                              consequence="The caller would say yes without knowing where it goes.", hint=f"say {{{name}}} in it")


def unannounced_confirmations(bundle: Bundle) -> Iterator[Problem]:
    """One yes for the call and for the text that confirms it, only if the question names both."""
    keys = {node.params.confirm_number for _, node in nodes(bundle, "promise")
            if node.params.promise in bundle.promises and "sms" in bundle.promises[node.params.promise].confirm}
    for key in sorted(keys):
        for wording in voice(bundle, key):
            words = _TEXTING.get(wording.language)
            if words and not re.search(words, wording.text, re.I):
                yield problem(wording.mark, "E-CONSENT", f'"{key}" does not say in {wording.language} that a text comes too',
                              consequence="The caller would get a text that nobody asked about.",
                              hint="ask for both, as in \"May we call and text you at {number}?\"")
