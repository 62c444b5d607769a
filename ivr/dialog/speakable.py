"""How a value is read aloud or written, by its type and language. Pure.

Numbers are read in groups with pauses, dates by month name, references letter by letter: what a caller can follow and
write down. Written channels get the plain form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from babel.dates import format_date

_LOCALE = {"en": "en_US", "es": "es_US"}
# Group sizes in which a telephone number, a receipt number and an alien number are spoken.
_PHONE_GROUPS = (3, 3, 4)


def speakable(kind: str, value: str, language: str, channel: str = "voice") -> str:
    """`value` in the words of `language`; unknown kinds are returned as they are."""
    form = _FORMS.get(kind)
    return form(value, language, channel == "voice") if form else value


def partly(kind: str, heard: str, language: str, channel: str = "voice") -> str:
    """The first part of a value, in the words in which the caller is told what was understood so far."""
    form = _PARTS.get(kind)
    return form(heard, language, channel == "voice") if form else heard


def _groups(text: str, sizes: tuple[int, ...], spoken: bool) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at:at + size])
        at += size
    if at < len(text):
        parts.append(text[at:])
    if not spoken:
        return "-".join(p for p in parts if p)
    return ", ".join(" ".join(p) for p in parts if p)


def _phone(value: str, language: str, spoken: bool) -> str:
    digits = re.sub(r"\D", "", value)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    sizes = _PHONE_GROUPS if len(digits) == 10 else (3,) * (len(digits) // 3)
    return _groups(digits, sizes, spoken)


def _date(value: str, language: str, spoken: bool) -> str:
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return format_date(day, format="full" if spoken else "long", locale=_LOCALE.get(language, language))


def _due(value: str, language: str, spoken: bool) -> str:
    try:
        day = datetime.fromisoformat(value).date()
    except ValueError:
        return value
    return format_date(day, format="long", locale=_LOCALE.get(language, language))


def _receipt(value: str, language: str, spoken: bool) -> str:
    return _groups(value, (3, 3, 3, 4), spoken) if spoken else value


def _alien(value: str, language: str, spoken: bool) -> str:
    return _groups(value, (1, 3, 3, 3), spoken) if spoken else value


def _reference(value: str, language: str, spoken: bool) -> str:
    return _groups(value, (2, 2, 2, 2), spoken)


_AT = {"en": " at ", "es": " arroba "}
_DOT = {"en": " dot ", "es": " punto "}


def _email(value: str, language: str, spoken: bool) -> str:
    if not spoken:
        return value
    local, _, domain = value.partition("@")
    return f"{' '.join(local)}{_AT.get(language, _AT['en'])}{domain.replace('.', _DOT.get(language, _DOT['en']))}"


def _spelled(value: str, language: str, spoken: bool) -> str:
    return " ".join(value) if spoken else value


def _part_of_number(heard: str, language: str, spoken: bool) -> str:
    letters = re.match(r"[A-Z]*", heard)
    size = len(letters[0]) if letters else 0
    return _groups(heard, (size or 3, 3, 3, 3, 3), spoken)


_PARTS: dict[str, Callable[[str, str, bool], str]] = {
    "receipt": _part_of_number, "a_number": _part_of_number, "phone": _part_of_number,
    "zip": _spelled, "email": lambda heard, language, spoken: _email(heard, language, spoken),
}
_FORMS: dict[str, Callable[[str, str, bool], str]] = {
    "phone": _phone, "number": _phone, "date": _date, "due_by": _due, "receipt": _receipt, "a_number": _alien,
    "reference": _reference, "email": _email, "zip": _spelled, "digits": _spelled, "keys": _spelled,
}
