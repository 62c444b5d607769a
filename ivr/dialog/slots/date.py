"""Appointment dates: spoken with a month name, or keyed as MMDDYYYY or MMDD. Pure.

A date without a year is the next such day, counted from `today`: people who call about an appointment speak of the one
to come, and the value is read back with its weekday anyway.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from ivr.dialog.lexicon import fold
from ivr.dialog.slots.base import NOTHING, Reading, SlotType, slot_type
from ivr.dialog.slots.numbers import TENS, UNITS, words_of

_MONTHS = {
    "en": ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december"],
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
           "diciembre"],
}
_ORDINALS = {
    "en": {w: n for n, w in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
         "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"], 1)}
    | {"thirtieth": 30},
    "es": {"primero": 1, "primer": 1},
}
_RELATIVE = {"en": {"today": 0, "tomorrow": 1}, "es": {"hoy": 0, "manana": 1, "pasado manana": 2}}
_SUFFIX = re.compile(r"(?<=\d)(st|nd|rd|th|ro|ero)\b")


def parse_spoken(text: str, language: str, today: date) -> Reading:
    folded = fold(text)
    for phrase, days in sorted(_RELATIVE.get(language, {}).items(), key=lambda kv: -len(kv[0])):
        if folded == phrase:
            return Reading("ok", (today + timedelta(days=days)).isoformat())
    iso = re.search(r"\b(20\d\d)-(\d\d)-(\d\d)\b", text)
    if iso:
        return _reading(int(iso[1]), int(iso[2]), int(iso[3]))
    words = words_of(_SUFFIX.sub("", folded))
    month_at, month = _month(words, language)
    if month is None:
        return _numeric(text, language, today)
    rest_before, rest_after = words[:month_at], words[month_at + 1:]
    numbers = _numbers(rest_before, language) + _numbers(rest_after, language)
    days = [n for n in numbers if 1 <= n <= 31]
    years = [n for n in numbers if 1900 <= n <= 2199] or _split_year(numbers)
    if not days:
        return Reading("incomplete", problem="no_day")
    return _reading(years[0], month, days[0]) if years else _next(month, days[0], today)


def parse_keyed(digits: str, today: date) -> Reading:
    """MMDDYYYY, MMDDYY or MMDD."""
    if len(digits) == 4:
        return _next(int(digits[:2]), int(digits[2:]), today)
    if len(digits) == 6:
        return _reading(2000 + int(digits[4:]), int(digits[:2]), int(digits[2:4]))
    if len(digits) == 8:
        return _reading(int(digits[4:]), int(digits[:2]), int(digits[2:4]))
    return Reading("incomplete" if len(digits) < 4 else "invalid", problem="length")


def _month(words: list[str], language: str) -> tuple[int, int | None]:
    names = _MONTHS.get(language, [])
    for i, word in enumerate(words):
        for n, name in enumerate(names, 1):
            # Recognisers clip "September" to "Sept"; "may" and "mar" are too short to be cut further.
            if word == name or (len(word) >= 4 and name.startswith(word)) or (word == "setiembre" and n == 9):
                return i, n
    return -1, None


def _numbers(words: list[str], language: str) -> list[int]:
    """The whole numbers spoken, tens joined with units: `twenty twenty six` -> [20, 26], `dos mil veintiseis` -> [2026]."""
    units, tens, ordinals = UNITS.get(language, {}), TENS.get(language, {}), _ORDINALS.get(language, {})
    out: list[int] = []
    open_tens = False
    for word in words:
        if word.isdigit():
            out.append(int(word))
        elif word in ("mil", "thousand") and out and out[-1] < 10:
            out[-1] *= 1000
            open_tens = False
            out.append(0)
            continue
        elif word in tens:
            _add(out, tens[word])
            open_tens = True
            continue
        elif word in units or word in ordinals:
            value = units.get(word, ordinals.get(word, 0))
            if open_tens and value < 10:
                out[-1] += value
            else:
                _add(out, value)
        elif word in ("y", "and"):
            continue
        open_tens = False
    return _join_thousands(out)


def _add(out: list[int], value: int) -> None:
    if out and out[-1] == 0:
        out[-1] = value
    else:
        out.append(value)


def _join_thousands(numbers: list[int]) -> list[int]:
    out: list[int] = []
    for n in numbers:
        if out and out[-1] >= 1000 and out[-1] % 1000 == 0 and n < 1000:
            out[-1] += n
        else:
            out.append(n)
    return out


def _split_year(numbers: list[int]) -> list[int]:
    """`twenty twenty six` was heard as 20, 26 behind the day."""
    if len(numbers) >= 3 and numbers[-2] in (19, 20) and numbers[-1] < 100:
        return [numbers[-2] * 100 + numbers[-1]]
    return []


def _numeric(text: str, language: str, today: date) -> Reading:
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) in (4, 6, 8):
        return parse_keyed(digits[0], today)
    parts = [int(d) for d in digits]
    if len(parts) < 2:
        return NOTHING if not parts else Reading("incomplete", problem="no_month")
    first, second = parts[0], parts[1]
    if language == "es" and first <= 12 and second <= 12 and first != second:
        # Day first or month first: in Spanish both are in use here.
        return Reading("ambiguous", problem="day_or_month")
    month, day = (first, second) if first <= 12 else (second, first)
    if len(parts) > 2:
        year = parts[2] if parts[2] > 99 else 2000 + parts[2]
        return _reading(year, month, day)
    return _next(month, day, today)


def _reading(year: int, month: int, day: int) -> Reading:
    try:
        return Reading("ok", date(year, month, day).isoformat())
    except ValueError:
        return Reading("invalid", problem="no_such_day")


def _next(month: int, day: int, today: date) -> Reading:
    for year in range(today.year, today.year + 5):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        # A day of the last two months is more likely a missed appointment than one of next year.
        if candidate >= today - timedelta(days=60):
            return Reading("ok", candidate.isoformat())
    return Reading("invalid", problem="no_such_day")


DATE = slot_type(SlotType("date", parse_spoken, parse_keyed, max_digits=8, expect="date"))
