"""What a call or a request is about, as staff read it: the title of its article, else the bundle's name of the intent. Pure. Called by
pages of staff, which never show a code where there are words."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.model import Bundle
from ivr.runtime.desk_work.knowledge import topics


def topic_names(bundle: Bundle, language: str) -> Mapping[str, str]:
    """intent -> words in this language; nothing for an intent that has none in it."""
    named = {name: intent.name[language] for name, intent in bundle.intents.items() if intent.name.get(language)}
    titled = {each["intent"]: each["title"] for each in topics(bundle, language)} if language in bundle.knowledge else {}
    return {name: f"{words[:1].upper()}{words[1:]}" for name, words in {**named, **titled}.items()}
