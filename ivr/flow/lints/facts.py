"""Numbers, addresses, times and durations stand in facts.yaml, where they have a source and a review date. Pure.

Whatever a prompt says of them itself would be forgotten when it changes. Understood are digits anywhere, and spelled-out
numbers in English and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints import articles
from ivr.flow.lints.wording import Wording, own_words, wordings
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import placeholders

_ONES = ("one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
         "|ninety|hundred|un|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\\w+|veint\\w+"
         "|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento")
_NUMBER = rf"(?:\d+|(?:{_ONES})(?:(?:-| y | and )(?:{_ONES}))?)"
_UNIT = (r"(?:hours?|days?|weeks?|months?|years?|minutes|seconds|horas?|d[ií]as?|semanas?|mes(?:es)?|años?|minutos|segundos)")
_DURATION = (rf"\b{_NUMBER}(?:\s*(?:to|or|through|and|-|a|o|u|y|hasta)\s*{_NUMBER})?[\s-]+(?:(?:business|working|calendar|full|more)\s+)?"
             rf"{_UNIT}\b")
_CLOCK = (rf"\b(?:\d{{1,2}}(?::\d\d)?\s*[ap]\.?\s?m\b\.?|\d{{1,2}}:\d\d\b|24/7|{_NUMBER} o'clock|{_NUMBER} (?:de la (?:mañana|tarde|noche)"
          rf"|in the (?:morning|afternoon|evening))|a las {_NUMBER}(?=\s*(?:[.,;?]|$|y\b|en punto)))")
KINDS = (
    ("an email address", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("a web address",
     r"\b(?:https?://[^\s·]\S*|www\.\S+|[\w-]+\.(?:gov|com|org|net|edu|mil|mx)(?:/\S*)?)|\b(?:dot|punto) (?:gov|com|org|net)\b"),
    ("a long number", r"(?:\d[\s().,-]*){6,}\d"),
    ("a time of day", _CLOCK),
    ("a duration", _DURATION),
)
"""What it is -> what it looks like; the first that fits a place names it."""
_PATTERN = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(KINDS)), re.I)


def raw_values(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle):
        for match in _matches(wording.text):
            yield _raw(bundle, wording, match)
    yield from articles.raw_values(bundle, _PATTERN)


@lru_cache(maxsize=8192)
def _matches(text: str) -> tuple[re.Match[str], ...]:
    """Remembered for whoever edits one file of a bundle and has it checked again and again."""
    return tuple(_PATTERN.finditer(own_words(text)))


def _raw(bundle: Bundle, wording: Wording, match: re.Match[str]) -> Problem:
    what = KINDS[int(str(match.lastgroup)[1:])][0]
    said = match.group().strip(" .,;")
    known = next((n for n, f in bundle.facts.items() if said.lower() in (f.value.lower(), f.spoken.get(wording.language, "").lower())),
                 None)
    return problem(wording.spot(match.start(), len(said)), "E-FACT",
                   f'prompt "{wording.key}" holds {what} of its own: "{said}"',
                   consequence="Once it changes, callers would go on hearing the old one.",
                   hint=f"write {{fact.{known}}}" if known else "put it into facts.yaml with its source, and write {fact.NAME} here")


SWITCHES = frozenset({"text_ahead"})
"""Facts that are performed and not said."""


def unused_facts(bundle: Bundle) -> Iterator[Problem]:
    used = {name for wording in wordings(bundle) for name in placeholders(wording.text)}
    used |= {f"fact.{e.within}" for e in bundle.escalations.values()} | articles.facts_used(bundle)
    for name, fact in bundle.facts.items():
        if f"fact.{name}" not in used and name not in SWITCHES:
            yield problem(fact.mark, "E-UNREACH", f'no prompt says fact "{name}"', severity="warning",
                          consequence="Nobody hears it.", hint=f"write {{fact.{name}}} in a prompt, or delete it")
