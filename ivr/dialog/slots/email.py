"""Email addresses, typed or spoken letter by letter. Pure: syntax only, no name is looked up."""

from __future__ import annotations

import re
from datetime import date

from email_validator import EmailNotValidError, validate_email

from ivr.dialog.slots.base import NOTHING, Reading, SlotType, slot_type

_SPOKEN = {"en": {" at ": "@", " dot ": ".", " underscore ": "_", " dash ": "-"},
           "es": {" arroba ": "@", " punto ": ".", " guion bajo ": "_", " guion ": "-"}}


def parse_spoken(text: str, language: str, today: date) -> Reading:
    plain = f" {text.strip()} "
    if "@" not in plain:
        plain = plain.lower()
        for words, sign in _SPOKEN.get(language, {}).items():
            plain = plain.replace(words, sign)
    if "@" not in plain:
        return NOTHING
    return check(re.sub(r"\s+", "", plain).rstrip("."))


def parse_keyed(digits: str, today: date) -> Reading:
    return Reading("invalid", problem="no_letters")


def check(address: str) -> Reading:
    """Syntax of a typed address; no mailbox is asked."""
    if len(address) > 254 or any(ord(c) < 33 for c in address):
        return Reading("invalid", problem="syntax")
    try:
        return Reading("ok", validate_email(address, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError:
        return Reading("invalid", problem="syntax")


EMAIL = slot_type(SlotType("email", parse_spoken, parse_keyed, max_digits=1, expect="email"))
