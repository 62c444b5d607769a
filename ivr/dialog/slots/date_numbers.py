"""The numbers of a spoken date: days and years, as words, numerals or both. Pure. Called by `date`.

A date is split before it is added up: "marzo cinco mil novecientos ochenta y cinco" is the fifth of March 1985, and no
reading of it has the number 5985 in it.
"""

from __future__ import annotations

from ivr.dialog.slots.number_words import AND, HUNDRED, ORDINALS, TENS, THOUSAND, WEAK
from ivr.dialog.slots.numbers import number_at

ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th", "ro", "ero", "er", "ra"})


def is_number_word(word: str, language: str) -> bool:
    """A word that can be part of a number of a date."""
    if word.isdigit() or word in ORDINALS.get(language, {}) or word in THOUSAND.get(language, ()):
        return True
    return word in HUNDRED.get(language, ()) or number_at([word], 0, language) is not None or word in ("oh", "o")


def number_words(words: list[str], i: int, language: str, step: int = 1) -> list[str]:
    """The words of numbers that stand together at word `i`, an "and" between them included; backwards with `step` -1."""
    joints = AND.get(language, frozenset())
    out: list[str] = []
    while 0 <= i < len(words):
        word, beyond = words[i], i + step
        numeric = is_number_word(word, language)
        if not numeric and not (out and word in joints and 0 <= beyond < len(words) and is_number_word(words[beyond], language)):
            break
        out.append(word)
        i += step
    return out[::step]


def days_at(words: list[str], language: str) -> list[tuple[int, int]]:
    """(day, words it takes) of every way in which a day may begin these words; the longest way first."""
    out = []
    for size in (3, 2, 1):
        part = words[:size]
        if len(part) == size:
            value = _day(part, language)
            if value is not None and 1 <= value <= 31:
                out.append((value, size))
    return out


def _day(part: list[str], language: str) -> int | None:
    ordinals, tens = ORDINALS.get(language, {}), TENS.get(language, {})
    if len(part) == 1 and part[0] in ordinals:
        return ordinals[part[0]]
    if part[-1] in ordinals and part[0] in tens and ordinals[part[-1]] < 10 and (len(part) == 2 or part[1] in AND[language]):
        return tens[part[0]] + ordinals[part[-1]]
    if len(part) == 2 and part[0] in ("oh", "o", "zero", "cero", "0"):
        unit = number_at(part, 1, language)
        return int(unit[0]) if unit and len(unit[0]) == 1 else None
    number = number_at(part, 0, language)
    return int(number[0]) if number and number[1] == len(part) and len(number[0]) <= 2 else None


def year_of(words: list[str], language: str, today_year: int) -> int | None:
    """The year that all these words together are: 1985, 85, "nineteen eighty five", "dos mil cinco", "one nine eight five"."""
    words = [w for n, w in enumerate(words) if not (w in AND.get(language, ()) and n in (0, len(words) - 1))]
    numbers = _numbers(words, language)
    if not numbers:
        return None
    text = "".join(numbers)
    if len(numbers) == 1 or (len(text) == 4 and text[:2] in ("19", "20", "18", "21")):
        return _full_year(text, today_year)
    if len(numbers) == 2 and numbers[0] in ("0", "00") and len(numbers[1]) == 1:
        return _full_year("0" + numbers[1], today_year)
    if len(numbers) == 3 and numbers[1] == "100" and numbers[0] in ("19", "20"):
        return int(numbers[0]) * 100 + int(numbers[2])
    if len(numbers) == 2 and numbers[0] in ("1900", "2000", "1800") and int(numbers[1]) < 100:
        return int(numbers[0]) + int(numbers[1])
    return _full_year(text, today_year) if len(numbers) == 2 and len(text) == 2 else None


def _full_year(text: str, today_year: int) -> int | None:
    """Two digits are of the century that makes them no more than a year ahead: births and appointments alike."""
    value = int(text[:6])
    if len(text) == 2:
        return value + (2000 if value <= (today_year + 1) % 100 else 1900)
    return value if len(text) == 4 and 1850 <= value <= 2199 else None


def _numbers(words: list[str], language: str) -> list[str]:
    """The numbers one after the other; empty when some word is none."""
    out: list[str] = []
    i = 0
    while i < len(words):
        found = number_at(words, i, language)
        if found is None and words[i] in WEAK.get(language, {}) and words[i] in ("oh", "o"):
            found = ("0", 1)
        if found is None:
            return []
        out.append(found[0])
        i += found[1]
    return out


def two_digit_numbers(words: list[str], language: str) -> list[str]:
    """The numbers one after the other, a zero joined with the digit behind it: "oh three" is 03."""
    out: list[str] = []
    for number in _numbers(words, language):
        if out and out[-1] == "0" and len(number) == 1:
            out[-1] += number
        else:
            out.append(number)
    return out

