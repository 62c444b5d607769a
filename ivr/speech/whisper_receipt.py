"""Receipt numbers with Whisper: three letters of a closed list, then ten digits. Called by the Whisper recogniser.

Spelled letters are what the model hears worst ("y 1 e" for IOE), and digits at the end of a long number it may say twice.
So five free readings are given back for the dialogue's own grammar to choose from; and when none of them is plainly a
receipt number, a reading in two parts goes in front: first with nothing but capital letters allowed, where the list picks
the prefix, then with nothing but digits.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ivr.speech.spoken_digits import read_digits
from ivr.speech.whisper_model import Plan, Reading, WhisperModel

PREFIXES = frozenset({"IOE", "EAC", "WAC", "LIN", "SRC", "MSC", "NBC", "YSC"})
DIGITS = 10
BEAM = 5
_PREFIX_BEAM = 8
_PREFIX_TOKENS = 6            # three letters and what stands between them
_LEAST_SCORE = -1.2           # below this the masks make a number out of something else
_SPELLED = re.compile(r"\W*([a-z])\W*([a-z])\W*([a-z])\W+(.*)", re.IGNORECASE | re.DOTALL)


class ReceiptReader:
    def __init__(self, model: WhisperModel):
        self._model = model
        self._letters = model.letter_mask(frozenset("".join(PREFIXES)))

    def read(self, encoded: Any, plan: Plan, language: str) -> list[Reading]:
        """Readings, the likeliest first."""
        free = self._model.read(encoded, replace(plan, beam=BEAM, readings=BEAM))
        if any(is_plain(r.text, language) for r in free) or not _long_enough(free, language):
            return free
        return [*self._in_two_parts(encoded, plan), *free]

    def _in_two_parts(self, encoded: Any, plan: Plan) -> list[Reading]:
        letters = self._model.read(encoded, replace(plan, beam=_PREFIX_BEAM, readings=_PREFIX_BEAM, mask=self._letters,
                                                    max_tokens=_PREFIX_TOKENS))
        spelled = (re.sub(r"[^A-Z]", "", r.text)[:3] for r in letters)
        prefix = next((s for s in spelled if s in PREFIXES), "")
        if not prefix:
            return []
        begun = (*plan.prompt, *self._model.tokens(f" {'-'.join(prefix)}-"))
        found = self._model.read(encoded, replace(plan, prompt=begun, beam=BEAM, readings=BEAM, mask=self._model.digit_mask))
        numbers = ((re.sub(r"\D", "", r.text), r) for r in found if r.score > _LEAST_SCORE)
        return [replace(r, text=f"{'-'.join(prefix)}-{digits}") for digits, r in numbers if len(digits) == DIGITS][:1]


def is_plain(text: str, language: str) -> bool:
    """A known prefix letter by letter and exactly ten digits, with nothing else."""
    match = _SPELLED.fullmatch(text)
    if not match or "".join(match.group(1, 2, 3)).upper() not in PREFIXES:
        return False
    said = read_digits(match.group(4), language)
    return len(said.digits) == DIGITS and not said.others


def _long_enough(free: list[Reading], language: str) -> bool:
    """Something like a number was said: masks must not make one out of a sentence."""
    said = read_digits(free[0].text, language) if free else None
    return said is not None and len(said.digits) >= DIGITS - 2 and said.words <= 4
