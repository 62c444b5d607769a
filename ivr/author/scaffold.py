"""The files of a new bundle, out of the templates in this package. Pure. Called by `ivr new`.

A template is a text with `${name}`, `${title}`, `${sender}` (the title in texts), `${languages}` and `${review_by}`. A
line that ends in `#if es` stays when the bundle speaks Spanish, one that ends in `#unless es` when it does not; a file
`en.yaml` or `es.yaml` goes with its language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Template

from ivr.errors import ConfigProblem
from ivr.flow.shapes import ID

LANGUAGES = ("en", "es")
"""Languages in which the templates have words."""
_CONDITION = re.compile(r"\s+#(if|unless) ([a-z]{2})$")
_MAX_NAME, _MAX_TITLE = 40, 30
_TITLE = re.compile(r"[^\W\d_][^\W\d_]*(?:[ '&.-]+[^\W\d_]+)*")
"""Words of letters: a title is spoken, and numbers that are spoken are facts."""

_GSM = frozenset("èéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà")


@dataclass(frozen=True, slots=True)
class Wishes:
    name: str
    title: str
    languages: tuple[str, ...]
    review_by: date
    """Day by which the facts of the template are to be replaced by true ones."""


def wishes(name: str, title: str | None, languages: Sequence[str], review_by: date) -> Wishes:
    """What the user asked for, if it can be done."""
    if not re.fullmatch(ID, name) or len(name) > _MAX_NAME:
        raise ConfigProblem(f'"{name}" is no name for a bundle: small letters, digits and _, a letter first, at most {_MAX_NAME}',
                            hint="write it like city_library")
    title = " ".join((title or name.replace("_", " ").title()).split())
    if not _TITLE.fullmatch(title) or len(title) > _MAX_TITLE:
        raise ConfigProblem(f'"{title}" cannot be spoken as a title: words of letters, at most {_MAX_TITLE} characters',
                            hint='give one with --title "City Library"')
    strange = [lang for lang in languages if lang not in LANGUAGES]
    if strange or not languages or len(set(languages)) < len(languages):
        raise ConfigProblem(f'"{",".join(languages)}" are not languages that a new bundle can have',
                            hint=f"choose among {', '.join(LANGUAGES)}, each once; others are added by hand")
    return Wishes(name, title, tuple(languages), review_by)


def scaffold(templates: Mapping[str, str], wanted: Wishes) -> dict[str, bytes]:
    """File name within the bundle -> content."""
    words = {"name": wanted.name, "title": wanted.title, "sender": _in_texts(wanted.title), "languages": ", ".join(wanted.languages),
             "review_by": wanted.review_by.isoformat()}
    return {name: Template("\n".join(_lines(text, wanted.languages))).substitute(words).encode()
            for name, text in templates.items() if _is_wanted(name, wanted.languages)}


def _in_texts(title: str) -> str:
    """The title as text messages have it: one letter that GSM 03.38 lacks would cut the room for words to less than half."""
    return "".join(c if c in _GSM else unicodedata.normalize("NFKD", c)[0] for c in title)


def _is_wanted(name: str, languages: tuple[str, ...]) -> bool:
    stem = name.rpartition("/")[2].removesuffix(".yaml")
    return stem not in LANGUAGES or stem in languages


def _lines(text: str, languages: tuple[str, ...]) -> Iterator[str]:
    for line in text.split("\n"):
        found = _CONDITION.search(line)
        if not found:
            yield line
        elif (found[2] in languages) is (found[1] == "if"):
            yield line[:found.start()]
