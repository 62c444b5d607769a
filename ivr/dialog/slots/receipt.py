"""Receipt numbers (three letters, ten digits), form numbers and alien numbers. Pure; the thorough grammar comes with the
understanding of callers, this one reads what is spelled plainly or keyed."""

from __future__ import annotations

import re
from datetime import date

from ivr.dialog.lexicon import fold
from ivr.dialog.slots.base import NOTHING, Reading, SlotType, slot_type
from ivr.dialog.slots.numbers import spoken_digits

PREFIXES = ("IOE", "EAC", "WAC", "LIN", "SRC", "MSC", "NBC", "YSC")


def _receipt(text: str, language: str, today: date) -> Reading:
    letters = re.sub(r"[^a-z]", "", fold(text))[:3].upper()
    digits = spoken_digits(text, language)
    if not digits:
        return NOTHING
    if letters not in PREFIXES:
        return Reading("invalid", problem="unknown_prefix")
    return _ten(letters, digits)


def _receipt_keyed(digits: str, today: date) -> Reading:
    """Keys give the ten digits; the letters cannot be keyed and stay open."""
    return _ten("", digits)


def _ten(prefix: str, digits: str) -> Reading:
    if len(digits) < 10:
        return Reading("incomplete", problem="too_short")
    if len(digits) > 10:
        return Reading("invalid", problem="too_long")
    return Reading("ok", prefix + digits)


def _alien(text: str, language: str, today: date) -> Reading:
    digits = spoken_digits(text, language)
    return _alien_keyed(digits, today) if digits else NOTHING


def _alien_keyed(digits: str, today: date) -> Reading:
    if len(digits) < 8:
        return Reading("incomplete", problem="too_short")
    if len(digits) > 9:
        return Reading("invalid", problem="too_long")
    return Reading("ok", "A" + digits.zfill(9))


def _form(text: str, language: str, today: date) -> Reading:
    match = re.search(r"\b([ing])[\s-]*(\d{2,4}[a-z]?)\b", fold(text))
    return Reading("ok", f"{match[1].upper()}-{match[2].upper()}") if match else NOTHING


_N_FORMS = frozenset(["300", "336", "400", "426", "470", "565", "600", "644", "648"])
_G_FORMS = frozenset(["28", "325", "639", "845", "884", "1041", "1055", "1145", "1256", "1450"])


def _form_keyed(digits: str, today: date) -> Reading:
    """A keypad gives the number alone; the letter is that of the form that bears it, and is read back."""
    if len(digits) < 2:
        return Reading("incomplete", problem="too_short")
    return Reading("ok", f"{'N' if digits in _N_FORMS else 'G' if digits in _G_FORMS else 'I'}-{digits}")


RECEIPT = slot_type(SlotType("receipt", _receipt, _receipt_keyed, max_digits=10, expect="receipt"))
A_NUMBER = slot_type(SlotType("a_number", _alien, _alien_keyed, max_digits=9, expect="a_number"))
FORM = slot_type(SlotType("form", _form, _form_keyed, max_digits=4, expect="form"))
