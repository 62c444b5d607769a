"""Articles for whoever serves a caller, with the facts filled in. Pure.

The words are the bundle's; what changes stands in its facts, so that staff and callers are told the same.
"""

from __future__ import annotations

from typing import Any

from ivr.flow.model import Bundle
from ivr.flow.model_desk import Article
from ivr.flow.standard_prompts import PLACEHOLDER

WEB = ("http://", "https://")


def articles_for(bundle: Bundle, intent: str, language: str) -> list[dict[str, str]]:
    """In that language, else in the bundle's first; none where nothing was written about it."""
    article = bundle.knowledge.get(told_in(bundle, language), {}).get(intent)
    return [shown(bundle, article, told_in(bundle, language))] if article else []


def topics(bundle: Bundle, language: str) -> list[dict[str, str]]:
    """Everything there is an article about, to look elsewhere when a call turns to something else."""
    found = bundle.knowledge.get(told_in(bundle, language), {}).values()
    return [{"intent": a.intent, "title": _filled(bundle, a.title, language)} for a in found]


def told_in(bundle: Bundle, language: str) -> str:
    return language if language in bundle.knowledge else bundle.default_language


def shown(bundle: Bundle, article: Article, language: str) -> dict[str, Any]:
    """`body` is all of it as plain text; the parts stand beside it, for screens that head them."""
    parts = {name: _filled(bundle, text, language) for name in ("say", "do", "limits") if (text := getattr(article, name))}
    return {"intent": article.intent, "title": _filled(bundle, article.title, language), "body": "\n\n".join(parts.values()),
            "parts": parts, "url": _address(bundle, article.link)}


def _filled(bundle: Bundle, text: str, language: str) -> str:
    def fact(match: Any) -> str:
        if not match.group(1):
            return str(match.group()[0])
        found = bundle.facts.get(match.group(1).rpartition(".")[2])
        return found.words(language, spoken=False) if found else ""

    return PLACEHOLDER.sub(fact, text)


def _address(bundle: Bundle, name: str) -> str:
    found = bundle.facts.get(name)
    if found is None:
        return ""
    return found.value if found.value.startswith(WEB) else f"https://{found.value}"
