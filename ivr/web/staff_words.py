"""The words of the pages of staff, from `ivr/web/words/staff/LANGUAGE.yaml`: the same labels in every language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from flask import Request

from ivr.errors import Bug

Words = Mapping[str, str]


@cache
def catalogue() -> Mapping[str, Words]:
    """language -> label -> words"""
    found: dict[str, Words] = {}
    for entry in files("ivr.web").joinpath("words").joinpath("staff").iterdir():
        if entry.name.endswith(".yaml"):
            found[entry.name.removesuffix(".yaml")] = yaml.safe_load(entry.read_text(encoding="utf-8"))
    labels = {frozenset(words) for words in found.values()}
    if len(labels) != 1 or not all(isinstance(w, str) and w for words in found.values() for w in words.values()):
        raise Bug("the words of the pages of staff are not the same in every language")
    return dict(sorted(found.items()))


def language_of(request: Request) -> str:
    """What the address asks for, else what the browser prefers, else the first there is."""
    known = list(catalogue())
    asked = request.args.get("lang") or request.accept_languages.best_match(known)
    return asked if asked in known else known[0]
