"""A value that was read back and denied, corrected in part: "no, the twentieth", "no, 5679 at the end", "no, W A C". Pure.

Called by the nodes that read values back; what comes out is read back again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from ivr.dialog.slots import date as dates
from ivr.dialog.slots import phone
from ivr.dialog.slots.base import SLOTS, Context

_SLOT_DIGITS = {"receipt": 3, "a_number": 1, "phone": 2, "zip": 0}
"""Characters in front of the digits that a caller speaks."""


def corrected_value(kind: str, value: str, text: str, language: str, today: date) -> str:
    """`value` with the part that `text` names replaced; empty when it names none."""
    corrector = _CORRECTORS.get(kind)
    return corrector(kind, value, text, Context(language, today)) if corrector else ""


def _digits(kind: str, value: str, text: str, context: Context) -> str:
    """Letters replace the letters, digits the end of the number."""
    part = SLOTS[kind].read(text, context)
    if part.status != "incomplete" or not part.heard:
        return ""
    letters = "".join(c for c in part.heard if c.isalpha()) if kind == "receipt" else ""
    digits = "".join(c for c in part.heard if c.isdigit())
    size = _SLOT_DIGITS[kind]
    # Digits with which the number begins are the number said again, and cut short.
    if digits and (len(digits) > 6 or (len(digits) > 2 and value[size:].startswith(digits))):
        return ""
    together = (letters or value[:size]) + (value[size:-len(digits)] + digits if digits else value[size:])
    return together if _can_be(kind, together, context) else ""


def _can_be(kind: str, value: str, context: Context) -> bool:
    if kind == "phone":
        return phone.check(value).status == "ok"
    return kind != "zip" or SLOTS[kind].read_digits(value, context).status == "ok"


def _date(kind: str, value: str, text: str, context: Context) -> str:
    """A day alone replaces the day, a month alone the month."""
    part = SLOTS[kind].read(text, context)
    if part.status != "incomplete":
        return ""
    day = date.fromisoformat(value)
    if part.problem == "no_day":
        month = dates.month_of(part.heard, context.language)
        return _made(day.year, month, day.day)
    return _made(day.year, day.month, int(part.heard)) if part.heard.isdigit() and len(part.heard) <= 2 else ""


def _made(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


_CORRECTORS: Mapping[str, Callable[[str, str, str, Context], str]] = {
    "receipt": _digits, "a_number": _digits, "phone": _digits, "zip": _digits, "date": _date}
