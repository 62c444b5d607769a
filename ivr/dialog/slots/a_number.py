"""Alien numbers: an A and nine digits; older ones have eight, and a zero is put in front of them. Pure.

A nine-digit number that lost a digit looks like an old one, so the padded number counts only after it was read back
(`padded`), with its zero.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.digit_runs import joined, runs_in
from ivr.dialog.slots.hesitation import marked
from ivr.dialog.slots.numbers import with_joined_hundreds, words_of

LENGTHS = (9, 8)
_NEGATED = re.compile(r"\b(not|instead|en vez|en lugar)\b")
_LEAST = 3


def _spoken(text: str, context: Context) -> Reading:
    words = marked(words_of(text), context.language)
    fresh, other = _whole(words, context), with_joined_hundreds(words, context.language)
    if fresh.usable or other == words:
        return fresh
    second = _whole(other, context)
    return replace(second, status="ambiguous", problem="hundreds") if second.usable else fresh


def _whole(words: list[str], context: Context) -> Reading:
    found = [r.digits for r in joined(runs_in(words, context.language), LENGTHS)]
    if found and _NEGATED.search(" ".join(words)):
        return Reading("ambiguous", problem="correction")
    whole = {d for d in found if len(d) in LENGTHS}
    if len(whole) > 1:
        return Reading("ambiguous", problem="several")
    digits = next(iter(whole), max(found, key=len, default=""))
    if len(digits) < (1 if context.heard else _LEAST):
        return NOTHING
    if "".join(found) != digits and not whole and len("".join(found)) in LENGTHS:
        return Reading("ambiguous", _padded("".join(found)), problem="gap")
    return _read(digits, context)


def _read(digits: str, context: Context) -> Reading:
    """The digits of one answer, or the rest of a number that was begun before."""
    if context.heard and len(digits) not in LENGTHS:
        begun = context.heard[1:]
        digits = digits if digits.startswith(begun) and len(begun) >= _LEAST else begun + digits
    if len(digits) > max(LENGTHS):
        return Reading("invalid", problem="too_long")
    if len(digits) < min(LENGTHS):
        return incomplete("A" + digits, "too_short")
    return Reading("ok", _padded(digits), problem="padded" if len(digits) == 8 else "")


def _padded(digits: str) -> str:
    return "A" + digits.zfill(9)


A_NUMBER = slot_type(SlotType("a_number", _spoken, _read, max_digits=9, expect="a_number"))
