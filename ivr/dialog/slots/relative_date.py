"""Dates counted from today: tomorrow, next Tuesday, in two weeks, hace tres meses. Pure; a closed list of ways to say it.

A phrase that is not on the list is no date: "in two weeks from today" read by halves is worse than a question.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from ivr.dialog.slots.numbers import number_at

_FIXED: Mapping[str, Mapping[str, int]] = {
    "en": {"the day after tomorrow": 2, "day after tomorrow": 2, "the day before yesterday": -2, "day before yesterday": -2,
           "a week from today": 7, "a week from tomorrow": 8, "a week ago today": -7, "tomorrow": 1, "today": 0, "yesterday": -1,
           "tonight": 0, "this morning": 0, "last night": -1},
    "es": {"pasado manana": 2, "antes de ayer": -2, "anteayer": -2, "antier": -2, "antes de anoche": -2, "de hoy en ocho dias": 7,
           "de hoy en ocho": 7, "de hoy en quince dias": 14, "de hoy en quince": 14,
           "de manana en ocho": 8, "manana": 1, "hoy": 0, "ayer": -1, "anoche": -1,
           "hoy mismo": 0, "manana mismo": 1},
}
_WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "es": ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
}
_UNITS: Mapping[str, Mapping[str, str]] = {
    "en": {name: unit for unit in ("day", "week", "month", "year") for name in (unit, f"{unit}s")},
    "es": {"dia": "day", "dias": "day", "semana": "week", "semanas": "week", "mes": "month", "meses": "month", "ano": "year",
           "anos": "year"},
}
_ONE = {"en": {"a": 1, "an": 1, "couple": 2}, "es": {"un": 1, "una": 1, "par": 2}}
_LEAD = {
    "en": re.compile(r"^(?:(?:um|uh|well|so|ok|okay|it|its|is|was|it was|on|by|for|that is|thats|that was|i think|oh|lets see|"
                     r"maybe|the|i filed it|i mailed it|about|around|just|please) )+"),
    "es": re.compile(r"^(?:(?:eh|este|pues|bueno|es|fue|seria|el dia|para|creo que|desde|como|mas o menos|lo mande|la mande|el|"
                     r"apenas|por favor|ay) )+"),
}
_TAIL = re.compile(r"(?: (?:please|thanks|thank you|i think|i guess|por favor|gracias|creo|exactly|morning|afternoon|evening|"
                   r"en la manana|por la manana|por la tarde|mismo))+$")
_WAYS: Mapping[str, tuple[tuple[re.Pattern[str], int], ...]] = {
    "en": ((re.compile(r"^(?:in|within) (?:another )?(.+?)(?: from (?:today|now))?(?: time)?$"), 1),
           (re.compile(r"^(.+?) (?:from (?:now|today)|later)$"), 1),
           (re.compile(r"^(.+?) (?:ago|back|before today|earlier)$"), -1)),
    "es": ((re.compile(r"^(?:dentro de|en|de aqui a|de aqui en|de hoy en) (.+?)(?: mas)?$"), 1),
           (re.compile(r"^hace(?: como| unos| unas| ya)? (.+?)(?: atras)?$"), -1),
           (re.compile(r"^(.+?) atras$"), -1)),
}
_DAY_WAYS: Mapping[str, tuple[tuple[re.Pattern[str], Callable[[int], int]], ...]] = {
    # The number handed on is how many days the weekday lies ahead, 1 to 7.
    "en": ((re.compile(r"^(?:this past|last|past) (\w+)$"), lambda n: (n - 7) or -7),
           (re.compile(r"^(\w+) (?:last week)$"), lambda n: (n - 7) or -7),
           (re.compile(r"^(?:a week from|a week after)(?: next| this)? (\w+)$"), lambda n: n + 7),
           (re.compile(r"^(\w+) after next$"), lambda n: n + 7),
           (re.compile(r"^(?:next|this|this coming|this next|coming|the following|following|upcoming) (\w+)$"), lambda n: n),
           (re.compile(r"^(\w+)$"), lambda n: n)),
    "es": ((re.compile(r"^(?:pasado )(\w+)$"), lambda n: (n - 7) or -7),
           (re.compile(r"^(\w+) (?:pasado|anterior)$"), lambda n: (n - 7) or -7),
           (re.compile(r"^(?:proximo|siguiente|este proximo|este|el proximo) (\w+)$"), lambda n: n),
           (re.compile(r"^(\w+) (?:que viene|proximo|que entra|siguiente|entrante)$"), lambda n: n),
           (re.compile(r"^(?:de )?(?:el |este )?(\w+) en ocho(?: dias)?$"), lambda n: n + 7), (re.compile(r"^(\w+)$"), lambda n: n)),
}


def relative(words: list[str], language: str, today: date) -> date | None:
    """The date that the words mean, counted from today; None when they are no such phrase."""
    phrase = " ".join(words)
    for plain in dict.fromkeys((phrase, _bare(phrase, language))):
        days = _FIXED.get(language, {}).get(plain)
        if days is not None:
            return today + timedelta(days=days)
        found = _weekday(plain, language, today) or _offset(plain, language, today)
        if found:
            return found
    return None


def _bare(phrase: str, language: str) -> str:
    lead = _LEAD.get(language)
    return _TAIL.sub("", lead.sub("", f"{phrase} ").strip()) if lead else phrase


def _weekday(phrase: str, language: str, today: date) -> date | None:
    names = _WEEKDAYS.get(language, ())
    for pattern, days in _DAY_WAYS.get(language, ()):
        match = pattern.match(phrase)
        name = match[1].removesuffix("s") if match and match[1] not in names else (match[1] if match else "")
        if name in names:
            ahead = (names.index(name) - today.weekday() - 1) % 7 + 1
            if phrase in (f"this {name}", f"este {name}") and ahead == 7:
                ahead = 0
            return today + timedelta(days=days(ahead))
    return None


def _offset(phrase: str, language: str, today: date) -> date | None:
    for pattern, sign in _WAYS.get(language, ()):
        match = pattern.match(phrase)
        amounts = _amounts(match[1].split(), language) if match else None
        if amounts:
            return _moved(today, sign, amounts)
    return None


def _amounts(words: list[str], language: str) -> list[tuple[int, str]] | None:
    """`a year and two months` -> [(1, year), (2, month)]; None when something else is in it."""
    out: list[tuple[int, str]] = []
    i = 0
    while i < len(words):
        if words[i] in ("and", "y", "like", "about", "como", "unos", "unas") or words[i:i + 1] == ["de"]:
            i += 1
            continue
        if words[i:i + 2] in (["a", "couple"], ["un", "par"]):
            i += 1
        number = number_at(words, i, language) or ((str(_ONE[language][words[i]]), 1) if words[i] in _ONE[language] else None)
        if number is None:
            return None
        i += number[1]
        i += words[i:i + 1] in (["of"], ["de"])
        unit = _UNITS[language].get(words[i]) if i < len(words) else None
        if unit is None or len(number[0]) > 4:
            return None
        out.append((int(number[0]), unit))
        i += 1
    return out


def _moved(day: date, sign: int, amounts: list[tuple[int, str]]) -> date | None:
    months = sum(n * (12 if unit == "year" else 1) for n, unit in amounts if unit in ("month", "year"))
    days = sum(n * (7 if unit == "week" else 1) for n, unit in amounts if unit in ("day", "week"))
    year, month = divmod(day.year * 12 + day.month - 1 + sign * months, 12)
    if not 1 <= year <= 9998 or days > 200_000:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=sign * days)
