"""What callers say between the parts of an answer: pauses for thought, and corrections of themselves. Pure.

`marked` replaces both by marks, so that "one second" is no 1 and "no, wait" is known for what it is. Read by every slot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

CORRECTION = "<no>"
"""Stands for "no wait", "perdón", "I mean" ...: what follows replaces something that was said before it."""
RESTART = "<again>"
"""Stands for "let me start over": nothing that was said before counts."""

_PAUSES: Mapping[str, tuple[str, ...]] = {
    "en": ("give me one second", "give me a second", "just one second", "just a second", "hold on a second", "wait a second",
           "wait one second", "one second", "a second", "one sec", "just a sec", "one moment", "just a moment", "a moment",
           "one minute", "wait a minute", "just a minute", "a minute", "hold on", "hang on", "let me see", "let me look",
           "let me check", "let me think", "lets see", "lets say", "bear with me", "you know", "i think", "i guess",
           "i believe",
           "i got it here", "here we go", "here it is", "there it is", "if you will"),
    "es": ("espere un segundo", "espereme un segundo", "deme un segundo", "un segundito", "un segundo", "deme un momento",
           "espere un momento", "un momentito", "un momento", "un minutito", "un minuto", "a ver", "vamos a ver", "dejeme ver",
           "deje ver", "dejame ver", "permitame", "deje lo busco", "aqui esta", "aqui lo tengo", "creo que", "creo", "o sea",
           "digamos", "me parece"),
}
_CORRECTIONS: Mapping[str, tuple[str, ...]] = {
    "en": ("oh no wait", "no no wait", "no wait no", "no wait", "wait no", "no no no", "no no", "no sorry", "sorry no",
           "oh sorry",
           "im sorry", "i am sorry", "sorry", "excuse me", "pardon me", "pardon", "i mean", "i meant", "correction",
           "scratch that",
           "strike that", "thats wrong", "that is wrong", "thats not right", "make that", "oops", "wait", "no actually",
           "actually no", "actually", "no", "nope", "my mistake", "my bad", "rather", "or rather", "i misspoke"),
    "es": ("no no espere", "no espere", "no espera", "espereme", "espere", "espera", "no no no", "no no", "no perdon",
           "ay perdon",
           "ay no", "perdoneme", "perdone", "perdon", "disculpeme", "disculpe", "no digo", "digo", "mejor dicho", "quise decir",
           "quiero decir", "corrijo", "correccion", "me equivoque", "esta mal", "no", "mas bien", "no miento", "miento"),
}
_RESTARTS: Mapping[str, tuple[str, ...]] = {
    "en": ("let me start over", "let me start again", "let me begin again", "start over", "starting over", "ill start over",
           "ill start again", "from the beginning", "from the top", "again from the start", "let me try again",
           "let me try that again",
           "let me say it again", "let me say that again"),
    "es": ("empiezo de nuevo", "vuelvo a empezar", "empiezo otra vez", "voy de nuevo", "desde el principio", "otra vez desde el principio",
           "dejeme empezar de nuevo", "deje empiezo de nuevo", "se lo repito desde el principio"),
}
FILLERS = frozenset({"uh", "um", "uhm", "er", "erm", "ah", "hmm", "mm", "mmm", "well", "so", "okay", "ok", "like", "please", "eh",
                     "em", "este", "pues", "bueno", "mire", "oiga", "aja"})


def _table() -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    out = {}
    for language in _PAUSES:
        marks = dict.fromkeys(_PAUSES[language], "") | dict.fromkeys(_CORRECTIONS[language], CORRECTION)
        marks |= dict.fromkeys(_RESTARTS[language], RESTART)
        out[language] = (_any_of(marks), marks)
    return out


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all, the longest first."""
    return re.compile(r"\b(" + "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True)) + r")\b")


_TABLE = _table()


def marked(words: list[str], language: str) -> list[str]:
    """The words with pauses dropped and every correction as one mark; several in a row are one."""
    if language not in _TABLE:
        return words
    pattern, marks = _TABLE[language]
    plain = pattern.sub(lambda m: marks[m[1]], " ".join(words)).split()
    out: list[str] = []
    for word in plain:
        if word not in (CORRECTION, RESTART) or out[-1:] != [word]:
            out.append(word)
    return out
