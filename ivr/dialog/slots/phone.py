"""Telephone numbers of the North American plan (ten digits), as E.164. Pure.

`phonenumbers` decides validity and type: `+1 900` is a valid number, and a premium one we must never call or text.
"""

from __future__ import annotations

from datetime import date

import phonenumbers

from ivr.dialog.slots.base import NOTHING, Reading, SlotType, slot_type
from ivr.dialog.slots.numbers import spoken_digits

_REFUSED = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST,
            phonenumbers.PhoneNumberType.UAN, phonenumbers.PhoneNumberType.PAGER}
CALLABLE_REGIONS = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})
"""The fifty states and the territories. Other islands share the prefix +1 and cost a fortune."""


def parse_spoken(text: str, language: str, today: date) -> Reading:
    digits = spoken_digits(text, language)
    return parse_keyed(digits, today) if digits else NOTHING


def parse_keyed(digits: str, today: date) -> Reading:
    if len(digits) < 10:
        return Reading("incomplete", problem="too_short")
    if len(digits) > 11 or (len(digits) == 11 and digits[0] != "1"):
        return Reading("invalid", problem="too_long")
    return check("+1" + digits[-10:])


def check(e164: str) -> Reading:
    """Whether we may call and text this number at all."""
    try:
        number = phonenumbers.parse(e164, "US")
    except phonenumbers.NumberParseException:
        return Reading("invalid", problem="not_a_number")
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN:  # also what an invalid number is
        return Reading("invalid", problem="not_a_number")
    if kind in _REFUSED:
        return Reading("invalid", problem="premium")
    if phonenumbers.region_code_for_number(number) not in CALLABLE_REGIONS:
        return Reading("invalid", problem="abroad")
    return Reading("ok", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


PHONE = slot_type(SlotType("phone", parse_spoken, parse_keyed, max_digits=10, expect="phone"))
