"""What staff know: an article for every intent, and numbers, addresses and times from the facts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.wording import own_words
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import placeholders


def intents_without_article(bundle: Bundle) -> Iterator[Problem]:
    known = bundle.knowledge.get(bundle.default_language, {})
    for intent in bundle.intents if known else ():
        if intent not in known:
            yield problem(Mark(f"knowledge/{bundle.default_language}.yaml"), "E-UNREACH", f'there is no article for intent "{intent}"',
                          severity="warning", consequence="Whoever serves such a caller has nothing to go by.",
                          hint="write what is said, done and not done, in every language")


def facts_used(bundle: Bundle) -> set[str]:
    found = [article for articles in bundle.knowledge.values() for article in articles.values()]
    return {name for a in found for text in a.texts for name in placeholders(text)} | {f"fact.{a.link}" for a in found if a.link}


def raw_values(bundle: Bundle, pattern: re.Pattern[str]) -> Iterator[Problem]:
    """As in prompts: what changes stands in facts.yaml, with its source and the day of its review."""
    for articles in bundle.knowledge.values():
        for article in articles.values():
            for match in (m for text in article.texts for m in pattern.finditer(own_words(text))):
                yield problem(article.mark, "E-FACT", f'the article for "{article.intent}" holds a value of its own: '
                              f'"{match.group().strip(" .,;")}"', consequence="Once it changes, callers would go on hearing the old one.",
                              hint="put it into facts.yaml with its source, and write {fact.NAME} here")
