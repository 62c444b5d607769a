"""The words of the console of staff, from `ivr/web/words/agent/LANGUAGE.yaml`: the same labels in every language.

Apart from the words of the other pages of staff, because all of these also go to the page's script. Called by the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from ivr.errors import Bug

Words = Mapping[str, str]


@cache
def catalogue(of: str = "agent") -> Mapping[str, Words]:
    """language -> label -> words. `of`: `agent`, the page; `phone`, what a telephone of staff says."""
    found: dict[str, Words] = {}
    for entry in files("ivr.web").joinpath("words").joinpath(of).iterdir():
        if entry.name.endswith(".yaml"):
            found[entry.name.removesuffix(".yaml")] = yaml.safe_load(entry.read_text(encoding="utf-8"))
    labels = {frozenset(words) for words in found.values()}
    if len(labels) != 1 or not all(isinstance(w, str) and w for words in found.values() for w in words.values()):
        raise Bug("the words of the console are not the same in every language")
    return dict(sorted(found.items()))
