"""After a failed try the caller hears other words, without blame; a refusal and a goodbye are short (V07, V14, V15). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ivr.dialog.lexicon import fold
from ivr.errors import Problem
from ivr.flow.lints.roles import STANDARD_REPAIRS, nodes, refusals, reprompts
from ivr.flow.lints.wording import Wording, advice, filled, heard, voice
from ivr.flow.model import Bundle

MAX_REFUSAL = 60
MAX_UNINTERRUPTED = 22
"""Words in eight seconds, beyond which nothing may be said that cannot be interrupted. The reading of a promise is
exempt: its reference must be heard twice."""
_BLAME = re.compile(r"(?i)\b(you did not|you didn't|you failed|invalid|incorrect|wrong|your (?:mistake|error)|not a valid"
                    r"|inv[aá]lid[oa]|incorrect[oa]|equivocad[oa]|usted no|no es v[aá]lid[oa]|su error)\b")


def same_words_again(bundle: Bundle) -> Iterator[Problem]:
    for _, node in nodes(bundle, "ask", "menu", "collect"):
        if node.params.reprompts:
            yield from _distinct(bundle, (node.params.prompt, *node.params.reprompts))
    for pair in STANDARD_REPAIRS:
        yield from _distinct(bundle, pair)


def _distinct(bundle: Bundle, keys: Iterable[str]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for key in keys:
        for wording in voice(bundle, key):
            first = seen.setdefault((wording.language, fold(wording.text)), key)
            if first != key:
                yield advice(wording.mark, "V07", f'"{key}" has the same words as "{first}" in {wording.language}',
                             consequence="Who did not understand once will not the second time.", hint="use other words, and an example")


def blame(bundle: Bundle) -> Iterator[Problem]:
    for key in reprompts(bundle):
        for wording in voice(bundle, key):
            match = _BLAME.search(wording.text)
            if match:
                yield advice(wording.spot(match.start(), len(match.group())), "V07", f'"{key}" blames the caller: "{match.group()}"',
                             consequence="Callers give up who are told that they did something wrong.", hint='say "I did not get that"')


def long_refusals(bundle: Bundle) -> Iterator[Problem]:
    for keys in dict.fromkeys(refusals(bundle)):
        for language in bundle.languages:
            parts = [w for key in keys for w in voice(bundle, key) if w.language == language]
            count = _length(bundle, parts)
            if count > MAX_REFUSAL:
                yield advice(parts[0].mark, "V15",
                             f'the refusal "{", ".join(keys)}" has {count} words in {language}; at most {MAX_REFUSAL} help',
                             consequence="Callers hear a lecture instead of a way on.",
                             hint="one sentence of reason, one of who qualifies, one thing to do")


def _length(bundle: Bundle, parts: Iterable[Wording]) -> int:
    return sum(len(heard(bundle, wording).split()) for wording in parts)


def long_goodbyes(bundle: Bundle) -> Iterator[Problem]:
    """The last words of a call cannot be interrupted or repeated."""
    keys = {node.params.prompt or "goodbye" for _, node in nodes(bundle, "end") if not node.params.result}
    for key in sorted(keys):
        for wording in voice(bundle, key):
            count = len(filled(bundle, wording.text, wording.language, spoken=True).split())
            if count > MAX_UNINTERRUPTED:
                yield advice(wording.mark, "V14", f'the goodbye "{key}" has {count} words in {wording.language} that cannot be interrupted',
                             consequence="Callers cannot ask to hear it again.",
                             hint=f"say it in a `say` before, and end with at most {MAX_UNINTERRUPTED} words")
