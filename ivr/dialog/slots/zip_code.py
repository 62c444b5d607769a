"""ZIP codes: five digits, by which an office of the region is found. Pure.

The four digits behind them (ZIP+4) name a block and are left out. No ZIP code is below 00501 or above 99950 (USPS): what is was
misheard.
"""

from __future__ import annotations

import re

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.digit_runs import joined, runs_in
from ivr.dialog.slots.hesitation import marked
from ivr.dialog.slots.numbers import words_of

SIZE, WITH_BLOCK = 5, 9
FIRST, LAST = "00501", "99950"
_NEGATED = re.compile(r"\b(not|instead|en vez|en lugar)\b")
_LEAST = 2
"""Digits that are the beginning of one: fewer are some other word."""


def _spoken(text: str, context: Context) -> Reading:
    words = marked(words_of(text), context.language)
    found = [r.digits for r in joined(runs_in(words, context.language), (SIZE,))]
    if found and _NEGATED.search(" ".join(words)):
        return Reading("ambiguous", problem="correction")
    together = "".join(found)
    whole = {d[:SIZE] for d in found if len(d) in (SIZE, WITH_BLOCK)}
    if len(whole) > 1:
        return Reading("ambiguous", problem="several")
    if not whole and len(together) in (SIZE, WITH_BLOCK):
        return _read(together, context)
    digits = next(iter(whole), max(found, key=len, default=""))
    return NOTHING if len(digits) < (1 if context.heard else _LEAST) else _read(digits, context)


def _read(digits: str, context: Context) -> Reading:
    """The digits of one answer, or the rest of a code that was begun before."""
    if context.heard and len(digits) not in (SIZE, WITH_BLOCK):
        together = context.heard + digits
        begun_anew = digits.startswith(context.heard) and len(context.heard) >= _LEAST and len(together) != SIZE
        digits = digits if begun_anew else together
    if len(digits) < SIZE:
        return incomplete(digits, "too_short")
    if len(digits) not in (SIZE, WITH_BLOCK):
        return Reading("invalid", problem="too_long")
    value = digits[:SIZE]
    return Reading("ok", value) if FIRST <= value <= LAST else Reading("invalid", problem="no_such_zip")


ZIP_CODE = slot_type(SlotType("zip", _spoken, _read, max_digits=SIZE, expect="zip"))
