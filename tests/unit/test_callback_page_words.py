"""The words of the page of a promised call: complete in every language, and a bundle may say any of them in its own way."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from ivr.flow.check import check
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import CALLBACK_PAGE_WORDS
from ivr.web.callback_words import catalogue, languages_of, words_of

TEMPLATE = Path(__file__).parents[2] / "ivr/web/templates/callback.html"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_label_of_the_page_is_there(language: str) -> None:
    used = set(re.findall(r"w\.([a-z_]+)", TEMPLATE.read_text()))
    assert used <= set(CALLBACK_PAGE_WORDS)
    assert set(catalogue()[language]) == set(CALLBACK_PAGE_WORDS)


def test_no_label_is_left_in_the_other_language() -> None:
    english, spanish = catalogue()["en"], catalogue()["es"]
    assert [name for name in CALLBACK_PAGE_WORDS if english[name] == spanish[name]] == []


def test_a_bundle_says_a_label_in_its_own_way(uscis: Bundle) -> None:
    other = uscis.prompts["en"]["link_gone"]
    own = dataclasses.replace(other, key="callback_page_title", variants={"voice": "Your call from {fact.agency_name}"})
    prompts = {**uscis.prompts, "en": {**uscis.prompts["en"], own.key: own}}
    bundle = dataclasses.replace(uscis, prompts=prompts)
    assert words_of(bundle, "en")["title"].startswith("Your call from")
    assert words_of(bundle, "es")["title"] == catalogue()["es"]["title"]
    assert [p for p in check(bundle) if own.key in p.message] == [], "such a prompt is used, and no warning"


def test_a_label_that_the_page_does_not_have_is_found(uscis: Bundle) -> None:
    own = dataclasses.replace(uscis.prompts["en"]["link_gone"], key="callback_page_titel")
    bundle = dataclasses.replace(uscis, prompts={**uscis.prompts, "en": {**uscis.prompts["en"], own.key: own}})
    assert any(own.key in p.message for p in check(bundle))


def test_a_bundle_in_one_language_has_a_page_in_one_language(uscis: Bundle) -> None:
    assert languages_of(uscis) == ("en", "es")
    assert languages_of(dataclasses.replace(uscis, languages=("es",))) == ("es",)
    assert languages_of(dataclasses.replace(uscis, languages=("fr",))) == ("en", "es"), "better one they may not read than none"
