"""Dates: spoken in full, in numbers, or counted from today; keyed as MMDDYYYY, MMDDYY or MMDD. Pure.

A date without a year is the next such day, counted from `today`: people who call about an appointment speak of the one
to come. Every date is read back with its weekday and the month's name, so a day and a month that were taken for one
another are noticed; where both readings are possible the reading says so (`ambiguous`) and names the other one too.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.date_numbers import (
    ORDINAL_ENDINGS,
    days_at,
    is_number_word,
    number_words,
    two_digit_numbers,
    year_of,
)
from ivr.dialog.slots.hesitation import CORRECTION, RESTART, marked
from ivr.dialog.slots.months import MONTHS
from ivr.dialog.slots.numbers import words_of
from ivr.dialog.slots.relative_date import relative

DAY_FIRST = frozenset({"es"})
"""Languages in which 3/4 is the third of April."""
_ISO = re.compile(r"\b((?:18|19|20|21)\d\d)[-/.](\d\d?)[-/.](\d\d?)\b")
_IDLE = frozenset({"of", "the", "de", "del", "in", "year", "ano", "comma", "coma", "el", "on", "day", "dia", "mes", "month",
                   "en", "um", "uh", "eh", "then"})
_COUNTED = frozenset({"years", "months", "weeks", "hours", "times", "kids", "children", "anos", "meses", "semanas", "horas", "veces",
                      "hijos"})
"""What a number that is no date counts: "I have waited for two years"."""
_SHORT_YEAR = 60
_CENTURIES = frozenset({"nineteen", "twenty"})
_YEARS = {"last year": -1, "this year": 0, "next year": 1, "ano pasado": -1, "este ano": 0, "presente ano": 0, "proximo ano": 1,
          "ano proximo": 1, "ano entrante": 1, "ano que viene": 1}


def _spoken(text: str, context: Context) -> Reading:
    text = text[:400]
    language, today = context.language, context.today
    words = [w for w in marked(words_of(text), language) if w not in ORDINAL_ENDINGS or w == "er"]
    words = _with_year(words, today.year)
    parts = _parts(words)
    reading = NOTHING
    for n, part in enumerate(reversed(parts)):
        reading = _read(part, text if len(parts) == 1 else " ".join(part), language, today)
        if n == 0 and len(parts) > 1 and not reading.usable:
            reading = _repaired(parts[-2], part, language, today) or reading
        if reading.status != "none":
            break
    if context.heard and not reading.usable:
        whole = _read([*words_of(context.heard), *parts[-1]], "", language, today)
        return whole if whole.usable else reading
    return reading


def _with_year(words: list[str], year: int) -> list[str]:
    """"Last year" and the like as the year that it is."""
    for i in range(len(words)):
        for size in (3, 2):
            named = _YEARS.get(" ".join(words[i:i + size]))
            if named is not None:
                return [*words[:i], str(year + named), *words[i + size:]]
    return words


def _parts(words: list[str]) -> list[list[str]]:
    """The words between the caller's own corrections."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in (CORRECTION, RESTART):
            parts.append([])
        else:
            parts[-1].append(word)
    return [p for p in parts if p] or [[]]


def _repaired(before: list[str], after: list[str], language: str, today: date) -> Reading | None:
    """`march fifth no sixth`, `march 5 1985 no 1986`: the number that was corrected, put in its place."""
    month_at = _month(before, language)[0]
    renamed = _month(after, language)[0]
    if month_at >= 0 and renamed >= 0:
        return _read([*before[:month_at], after[renamed], *before[month_at + 1:], *after[renamed + 1:]], "", language, today)
    if month_at < 0 or not after or not all(is_number_word(w, language) or w in _IDLE or w in ("y", "and") for w in after):
        return None
    first = _read(before, "", language, today)
    number = [w for w in after if w not in _IDLE]
    year = year_of(number, language, today.year) if not days_at(number, language) or len(number) > 1 else None
    name = before[month_at]
    if year and first.usable and (not days_at(number, language) or len("".join(number)) > 2):
        return _reading(year, int(first.value[5:7]), int(first.value[8:]))
    if first.usable and _has_year(before, month_at, language):
        return _read([name, *number, first.value[:4]], "", language, today)
    return _read([name, *number], "", language, today)


def _has_year(words: list[str], month_at: int, language: str) -> bool:
    return len([w for w in words if is_number_word(w, language)]) > 2 or any(len(w) == 4 and w.isdigit() for w in words)


def _read(words: list[str], text: str, language: str, today: date) -> Reading:
    iso = _ISO.search(text)
    if iso:
        return _reading(int(iso[1]), int(iso[2]), int(iso[3]))
    counted = relative(words, language, today)
    if counted:
        return Reading("ok", counted.isoformat())
    at, month = _month(words, language)
    if month:
        return _by_name(words, at, month, language, today)
    return _by_numbers(words, language, today)


def month_of(name: str, language: str) -> int:
    """The number of a month by its name; 0 when it is none."""
    return _month([*name.split(), "1"], language)[1]


def _month(words: list[str], language: str) -> tuple[int, int]:
    """Where a month is named, and which; (-1, 0) when none is. Names of the other language count where no own one is."""
    for names in (MONTHS.get(language, {}), *(m for k, m in MONTHS.items() if k != language)):
        for i, word in enumerate(words):
            if word in names and not (word in ("may", "mar", "set") and not _number_near(words, i, language)):
                return i, names[word]
    return -1, 0


def _number_near(words: list[str], i: int, language: str) -> bool:
    """"May I ..." is no month."""
    near = [w for w in words[max(0, i - 3):i + 4] if w != words[i]]
    return any(is_number_word(w, language) for w in near)


def _by_name(words: list[str], at: int, month: int, language: str, today: date) -> Reading:
    before = _beside(words, at, language, -1)
    after = _beside(words, at, language, 1)
    for day, year in _splits(before, after, language, today):
        if year is None:
            return _next(month, day, today)
        return _reading(year, month, day)
    beyond = any(w.isdigit() and 31 < int(w) < 100 and len(w) == 2 for w in words) and any(len(w) == 4 and w.isdigit() for w in words)
    return Reading("invalid", problem="no_such_day") if beyond else incomplete(words[at], "no_day")


def _beside(words: list[str], at: int, language: str, step: int) -> list[str]:
    """Number words next to the month on one side, past "of", "de", "the"; on the far side of the day, also the year's."""
    out: list[str] = []
    i = at + step
    while 0 <= i < len(words):
        if words[i] in _IDLE:
            i += step
            continue
        run = number_words(words, i, language, step)
        if not run:
            break
        out = [*run, *out] if step < 0 else [*out, *run]
        i += step * len(run)
    return out


def _splits(before: list[str], after: list[str], language: str, today: date) -> list[tuple[int, int | None]]:
    """(day, year or None) in the orders that people use: day month year, month day year, year month day."""
    out: list[tuple[int, int | None]] = []
    for start in range(len(before)):
        days = [d for d, size in days_at(before[start:], language) if size == len(before) - start]
        year = year_of(after, language, today.year) if after else None
        if days and (year or not after) and (start == 0 or not year):
            out.append((days[0], year or year_of(before[:start], language, today.year)))
            break
    if not before and after[:1] and after[0] in _CENTURIES and len(after) > 1 and year_of(after, language, today.year):
        return out  # "March nineteen eighty" is a month of a year, and no day of it
    for day, size in days_at(after, language):
        rest = after[size:]
        year = year_of(rest, language, today.year) if rest else (year_of(before, language, today.year) if before else None)
        if year or not rest:
            out.append((day, year))
    return out


def _by_numbers(words: list[str], language: str, today: date) -> Reading:
    """Month, day and year as numbers, with or without separators."""
    spans = _number_spans(words, language)
    if not spans or not _COUNTED.isdisjoint(words):
        return NOTHING
    # "seis de mil novecientos ..." are two numbers, so those of each span are read for themselves.
    numbers = [n for span in spans for n in two_digit_numbers(span, language)]
    together = "".join(numbers)
    if not numbers:
        days = days_at(spans[0], language)
        return incomplete(str(days[0][0]), "no_month") if days else NOTHING
    if len(numbers) == 1:
        return _from_digits(together, language, today)
    if len(numbers[0]) == 4:
        return _reading(int(numbers[0]), int(numbers[1]), int(numbers[2])) if len(numbers) == 3 else incomplete("", "no_month")
    if len(numbers[0]) <= 2 and len(numbers[1]) <= 2 and numbers[0] != "0":
        if len(numbers) == 2 and numbers[0] in ("19", "20") and int(numbers[1]) > 12:
            return incomplete("", "no_month")  # "nineteen eighty" is a year
        year = year_of(numbers[2:], language, today.year) if len(numbers) > 2 else None
        if year or len(numbers) == 2:
            return _by_order(int(numbers[0]), int(numbers[1]), year, language, today)
    return _from_digits(together, language, today)


def _number_spans(words: list[str], language: str) -> list[list[str]]:
    """The number words that stand together, span by span."""
    out: list[list[str]] = []
    i = 0
    while i < len(words):
        span = number_words(words, i, language)
        out += [span] if span else []
        i += len(span) or 1
    return out


def _from_digits(digits: str, language: str, today: date) -> Reading:
    """`03051985` and `030585`: without separators, as it is keyed, or in the order of the language."""
    if len(digits) == 8 and digits[:2] in ("19", "20") and not _pair(digits)[2]:
        return _reading(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) in (6, 8):
        first, second, _ = _pair(digits)
        year = year_of([digits[4:]], "en", today.year)
        return _by_order(first, second, year, language, today) if year else Reading("invalid", problem="no_such_day")
    if len(digits) == 4 and not digits.startswith(("19", "20")):
        return _by_order(int(digits[:2]), int(digits[2:]), None, language, today)
    if len(digits) <= 2 and 1 <= int(digits) <= 31:
        return incomplete(digits, "no_month")
    return incomplete(digits, "no_month") if len(digits) == 4 else NOTHING


def _pair(digits: str) -> tuple[int, int, bool]:
    """First and second pair of digits, and whether they can be a day and a month with a year behind."""
    first, second = int(digits[:2]), int(digits[2:4])
    fits = min(first, second) >= 1 and min(first, second) <= 12 and max(first, second) <= 31
    return first, second, fits and digits[4:6] in ("19", "20")


def _by_order(first: int, second: int, year: int | None, language: str, today: date) -> Reading:
    """Two numbers that are a month and a day. Americans put the month first in English; who speaks Spanish here does either,
    so that such a date is only certain once its month was named."""
    day_first, month_first = _made(year, second, first, today), _made(year, first, second, today)
    likely, other = (day_first, month_first) if language in DAY_FIRST else (month_first, day_first)
    if likely.usable and other.usable and likely.value != other.value:
        return Reading("ambiguous" if language in DAY_FIRST else "ok", likely.value, "day_or_month", other=other.value)
    return likely if likely.usable else other


def _made(year: int | None, month: int, day: int, today: date) -> Reading:
    if not 1 <= month <= 12:
        return Reading("invalid", problem="no_such_day")
    return _reading(year, month, day) if year else _next(month, day, today)


def _keyed(digits: str, context: Context) -> Reading:
    """MMDDYYYY, MMDDYY or MMDD: the order that the prompt asks for."""
    if len(digits) == 4:
        return _next(int(digits[:2]), int(digits[2:]), context.today)
    if len(digits) in (6, 8):
        year = int(digits[4:]) if len(digits) == 8 else year_of([digits[4:]], "en", context.today.year)
        return _reading(year or 0, int(digits[:2]), int(digits[2:4]))
    return incomplete("", "too_short") if len(digits) < 4 else Reading("invalid", problem="length")


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
        if candidate >= today - timedelta(days=_SHORT_YEAR):
            return Reading("ok", candidate.isoformat())
    return Reading("invalid", problem="no_such_day")


DATE = slot_type(SlotType("date", _spoken, _keyed, max_digits=8, expect="date"))
