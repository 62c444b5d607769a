"""Callers who do not have what they are asked for: "I don't have it", "no me acuerdo". Pure.

The questions themselves say "if you do not have it", so this is how many answer. Short answers only, and only where no value was
understood in them. Whoever does not understand the question ("I don't know what that is") lacks nothing yet: they are asked
again. Called where a value is asked for: `collect`, the number of a promise, an email address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ivr.dialog.lexicon import fold, without_fillers
from ivr.dialog.slots.yes_no_words import POLITE

MOST_WORDS = 9
"""Whoever says more tells a story, and is asked again."""
_BEGINS: Mapping[str, tuple[str, ...]] = {
    "en": ("i dont have", "i do not have", "dont have", "do not have", "i havent got", "i have not got", "i dont got", "i dont know",
           "i do not know", "dont know", "i dunno", "dunno", "not sure", "im not sure", "i am not sure", "i dont remember",
           "i do not remember", "i cant remember", "i dont recall", "i forgot", "i lost", "i cant find", "i cannot find", "i dont see",
           "i never got", "i didnt get", "i did not get", "i havent received", "i have not received", "no idea",
           "i have no", "not with me"),
    "es": ("no tengo", "no lo tengo", "no la tengo", "no los tengo", "no se", "no lo se", "no la se", "no me lo se", "no me acuerdo",
           "no recuerdo", "no lo recuerdo", "no la recuerdo", "no lo encuentro", "no la encuentro", "no encuentro",
           "no cuento con",
           "se me olvido", "se me perdio", "lo perdi", "la perdi", "perdi", "no estoy seguro", "no estoy segura", "no traigo",
           "no lo traigo", "no me ha llegado", "no me llego", "no sabria decirle", "ni idea", "no tengo idea", "todavia no tengo",
           "aun no tengo", "ahorita no tengo", "ahorita no lo tengo"),
}
_ASKS_BACK: Mapping[str, frozenset[str]] = {"en": frozenset({"what", "which", "how", "why", "mean", "means"}),
                                            "es": frozenset({"cual", "como", "oye", "escucha", "quiere"})}
_WHAT = re.compile(r"\b(?:no se|no tengo idea|ni idea) (?:\w+ )?que\b")
"""In such words somebody has not understood what is wanted; "que" alone is also a plain conjunction."""
_SORRY: Mapping[str, tuple[str, ...]] = {"en": ("sorry", "im sorry", "honestly", "no"),
                                         "es": ("perdon", "perdone", "disculpe", "lo siento", "la verdad")}
"""What such an answer begins with, besides politeness. A Spanish "no" is part of it."""


def lacks_it(text: str, language: str, fillers: Iterable[str] = ()) -> bool:
    """Whether the whole answer says that the caller does not have the thing, or does not know it."""
    if language not in _BEGINS:
        return False
    said = fold(text)
    if _WHAT.search(said):
        return False
    said = without_fillers(said, (*POLITE[language], *_SORRY[language], *fillers)) or said
    words = said.split()
    if len(words) > MOST_WORDS or not _ASKS_BACK[language].isdisjoint(words):
        return False
    return any(said == begin or said.startswith(begin + " ") for begin in _BEGINS[language])
