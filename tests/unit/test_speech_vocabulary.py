"""Hints of open questions come from what callers say, in every bundle, within their length."""

from __future__ import annotations

import pytest

from ivr.dialog.actions import Listen
from ivr.flow.model import Bundle
from ivr.speech.vocabulary import MAX_CHARS, hints_for, likely_phrases

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("language", ["en", "es"])
def test_they_are_phrases_of_the_bundle_that_tell_it_apart(uscis: Bundle, language: str) -> None:
    found = likely_phrases(uscis, language)
    assert len(found) > 3 and sum(len(p) + 1 for p in found) <= MAX_CHARS + len(found)
    known = {p.lower().rstrip(".?!") for i in uscis.intents.values() for p in i.phrases[language]}
    assert {p.lower().rstrip(".") for p in found} <= known
    assert {"en": "fingerprint", "es": "huellas"}[language] in " ".join(found).lower()
    assert likely_phrases(uscis, language) == found


def test_only_names_of_intents_are_replaced(uscis: Bundle) -> None:
    names = tuple(i.name["en"] for i in list(uscis.intents.values())[:5])
    assert hints_for(uscis, Listen(1, "en", hints=names)) == likely_phrases(uscis, "en")
    for own in (("yes", "no"), (*names, "something else"), ()):
        assert hints_for(uscis, Listen(1, "en", hints=own)) == own
    assert hints_for(uscis, Listen(1, "en", expect="date", hints=names)) == names


def test_a_language_without_phrases_has_no_hints(uscis: Bundle) -> None:
    assert likely_phrases(uscis, "fr") == ()
