"""Telephone numbers of the United States and its territories (ten digits), as E.164. Pure.

`phonenumbers` decides validity and type: `+1 900` is a valid number, and a premium one we must never call or text.
"""

from __future__ import annotations

import re
from datetime import date

import phonenumbers
from phonenumbers import PhoneNumberType

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.digit_runs import joined, runs_in
from ivr.dialog.slots.hesitation import marked
from ivr.dialog.slots.numbers import with_joined_hundreds, words_of

_REFUSED = {PhoneNumberType.PREMIUM_RATE: "premium", PhoneNumberType.SHARED_COST: "premium", PhoneNumberType.UAN: "premium",
            PhoneNumberType.PAGER: "premium", PhoneNumberType.PERSONAL_NUMBER: "premium", PhoneNumberType.TOLL_FREE: "toll_free"}
CALLABLE_REGIONS = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})
"""The fifty states and the territories. Other islands share the prefix +1 and cost a fortune."""
LENGTH = 10
_EXTENSION = {"extension", "ext", "extensions", "anexo", "interno"}
_ABROAD = {"plus", "mas", "+"}
_ASIDE = {"area", "code", "codigo", "de", "lada", "country", "pais", "and", "the", "number", "is", "numero", "el", "y", "es",
          "prefijo", "cell", "celular", "my"}
_SERVICES = frozenset({"211", "311", "411", "511", "611", "711", "811", "911", "988"})
"""Short numbers of emergency and information services."""
_LEAST = 3


def parse_spoken(text: str, language: str, today: date) -> Reading:
    return _spoken(text, Context(language, today))


def _spoken(text: str, context: Context) -> Reading:
    plus = text.strip().startswith("+") or bool(re.search(r"\+\s*\d", text[:200]))
    words = marked(words_of(text), context.language)
    cut = next((n for n, w in enumerate(words) if w in _EXTENSION), len(words))
    # "area code three oh five, number five five five ..." is one number: such words end no run.
    words = [w for w in words[:cut] if w not in _ASIDE or w == "and" or w == "y"]
    fresh = _whole(words, plus, context)
    other = with_joined_hundreds(words, context.language)
    if fresh.usable or other == words:
        return fresh
    second = _whole(other, plus, context)
    return second if second.usable else fresh


def _whole(words: list[str], plus: bool, context: Context) -> Reading:
    runs = joined(runs_in(words, context.language), (LENGTH,))
    if not runs:
        return NOTHING
    plus = plus or (runs[0].start > 0 and words[runs[0].start - 1] in _ABROAD)
    digits = "".join(r.digits for r in runs)
    letter_before = runs[0].start > 0 and words[runs[0].start - 1] in ("i", "n", "g") and len(digits) <= 4
    if (len(digits) == 1 or letter_before) and not context.heard:
        return NOTHING  # "the same one I call from", "about my I-485"
    whole = [r.digits for r in runs if len(r.digits) in (LENGTH, LENGTH + 1)]
    if len(set(whole)) > 1:
        return Reading("ambiguous", problem="several")
    if plus and not digits.startswith("1"):
        return check("+" + digits)
    return _read(whole[0] if whole else digits, context)


def _read(digits: str, context: Context) -> Reading:
    if context.heard and len(digits) < LENGTH:
        return _with_rest(digits, context.heard)
    if digits in _SERVICES:
        return Reading("invalid", problem="service")
    if len(digits) < _LEAST:
        return incomplete("", "too_short")
    if len(digits) < LENGTH:
        return incomplete(digits, "too_short")
    if digits.startswith("011"):
        return Reading("invalid", problem="abroad")
    if len(digits) > LENGTH + 1 or (len(digits) == LENGTH + 1 and digits[0] != "1"):
        return Reading("invalid", problem="too_long")
    return check("+1" + digits[-LENGTH:])


def _with_rest(digits: str, heard: str) -> Reading:
    """Seven digits were heard: what comes then may be the end, or the area code in front."""
    if digits.startswith(heard):
        heard = ""
    together = heard + digits
    if len(together) < LENGTH:
        return incomplete(together, "too_short")
    if len(together) > LENGTH:
        return Reading("invalid", problem="too_long")
    return check("+1" + together)


def check(e164: str) -> Reading:
    """Whether we may call and text this number at all."""
    try:
        number = phonenumbers.parse(e164, "US")
    except phonenumbers.NumberParseException:
        return Reading("invalid", problem="not_a_number")
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # also what an invalid number is
        return Reading("invalid", problem="not_a_number")
    if kind in _REFUSED:
        return Reading("invalid", problem=_REFUSED[kind])
    if phonenumbers.region_code_for_number(number) not in CALLABLE_REGIONS:
        return Reading("invalid", problem="abroad")
    return Reading("ok", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


PHONE = slot_type(SlotType("phone", _spoken, _read, max_digits=LENGTH, expect="phone"))
