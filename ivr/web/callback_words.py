"""The words of the page behind the link to a promised call, from `ivr/web/words/LANGUAGE.yaml`.

A catalogue of the program and not forty prompts of every bundle: the labels of a form are the same for every service, and
nobody should have to write them to promise a call. Whoever wants one otherwise writes the prompt `callback_page_NAME`, which
is taken instead. What a service says of itself comes from its prompts alone. Called by the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from ivr.dialog.render import render
from ivr.errors import Bug
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import CALLBACK_PAGE, CALLBACK_PAGE_WORDS

Words = Mapping[str, str]


@cache
def catalogue() -> Mapping[str, Words]:
    """language -> label -> words; the same labels in every language."""
    found = {}
    for entry in files("ivr.web").joinpath("words").iterdir():
        if entry.name.endswith(".yaml"):
            words = yaml.safe_load(entry.read_text(encoding="utf-8"))
            if set(words) != set(CALLBACK_PAGE_WORDS) or not all(isinstance(w, str) and w for w in words.values()):
                raise Bug(f"the words of {entry.name} are not those that the page needs")
            found[entry.name.removesuffix(".yaml")] = words
    return dict(sorted(found.items()))


def languages_of(bundle: Bundle) -> tuple[str, ...]:
    """Languages of the page: those of the bundle that there are words for, or any there are words for."""
    return tuple(n for n in bundle.languages if n in catalogue()) or tuple(catalogue())


def words_of(bundle: Bundle, language: str) -> Words:
    """Every label in one language of `languages_of`, in the bundle's own words where it has some."""
    own = bundle.prompts.get(language, {})
    return {name: render(bundle, CALLBACK_PAGE + name, language, "chat", slots={}, values={}).text
            if CALLBACK_PAGE + name in own else words for name, words in catalogue()[language].items()}
