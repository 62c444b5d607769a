"""Whether a number may be called or texted at all, by its region and type and never by its prefix. Pure.

`phonenumbers` knows that +1 876 is Jamaica, +1 900 premium, +44 70 a personal number and +881 a satellite phone: each of them
costs a fortune, and somebody else earns it. A landline looks like a mobile phone in the United States; the carrier tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from ivr.dialog.slots.phone import CALLABLE_REGIONS

_COSTLY = {PhoneNumberType.PREMIUM_RATE: "premium", PhoneNumberType.SHARED_COST: "shared_cost",
           PhoneNumberType.PERSONAL_NUMBER: "personal_number", PhoneNumberType.UAN: "uan", PhoneNumberType.PAGER: "pager",
           PhoneNumberType.VOICEMAIL: "voicemail", PhoneNumberType.TOLL_FREE: "toll_free"}
"""Types that are neither called nor texted. Toll-free: the other side pays, and it is nobody's phone."""
_NO_TEXTS = {PhoneNumberType.FIXED_LINE: "landline"}
_SATELLITE = frozenset({870, 878, 881, 882, 883, 888, 979})
"""Country codes of no country: satellites, international networks, universal and premium numbers."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    call: str
    """Empty when the number may be called, else why not."""
    text: str
    """The same for texts."""


def of(e164: str) -> Eligibility:
    why = _why_not(e164)
    if why:
        return Eligibility(why, why)
    kind = phonenumbers.number_type(phonenumbers.parse(e164))
    return Eligibility("", _NO_TEXTS.get(kind, ""))


def _why_not(e164: str) -> str:
    # Keys in front (*67 hides us, ## are services) and letters are no part of an E.164 number.
    if not (e164.startswith("+") and e164[1:].isascii() and e164[1:].isdigit()):
        return "not_a_number"
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return "not_a_number"
    if number.country_code in _SATELLITE:
        return "satellite"
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # also what an invalid number is: emergency numbers, short codes, too many digits
        return "not_a_number"
    if kind in _COSTLY:
        return _COSTLY[kind]
    return "" if phonenumbers.region_code_for_number(number) in CALLABLE_REGIONS else "abroad"
