"""Numbers in words, English and Spanish, as strings of digits. Pure.

`number_at` reads one number, `spoken_digits` every digit of a text. Identifiers are read as they are spoken: "eight
hundred three seven" is 800 and then 3 and 7, "nine hundred seven" is 907, "thirty one" is 31.
"""

from __future__ import annotations

import re

from ivr.dialog.lexicon import fold
from ivr.dialog.slots.number_words import AND, HUNDRED, HUNDREDS, SEVERAL, TEENS, TENS, THOUSAND, TIMES, UNITS, WEAK, Words

_WORD = re.compile(r"[a-z]+|\d+")
_FUSED = re.compile(r"(treint|cuarent|cincuent|sesent|setent|ochent|novent)[ai]+y?(uno|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)")
"""`treintaicinco`, `cuarentaydos`: written in one word by some recognisers."""
_OVER = frozenset({"okay", "ok", "thanks", "thank", "you", "please", "gracias", "muchas", "sir", "maam", "si", "yes", "bye"})
"""Words that may follow the last digit of a number."""
MAX_TEXT = 600
"""Characters of an answer that are looked at. Nobody says more in one breath; a hostile text may be longer."""


def words_of(text: str) -> list[str]:
    """Words and numerals of a text, folded; letters and digits that are written together come apart."""
    return _WORD.findall(_FUSED.sub(_split, fold(text[:MAX_TEXT])))


def _split(match: re.Match[str]) -> str:
    return f"{match[1]}a y {match[2]}"


def number_at(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    """The number that begins at word `i` as digits, and how many words it takes; None when none does."""
    if i >= len(words):
        return None
    if i + 1 < len(words) and words[i + 1] in SEVERAL.get(language, {}):
        return _several(words, i, language)
    if words[i].isdigit():
        return _numeral(words, i, language)
    if words[i] in TIMES.get(language, {}):
        return _times(words, i, language)
    return _thousands(words, i, language)


def _numeral(words: list[str], i: int, language: str) -> tuple[str, int]:
    """`9`, and `9 hundred` or `2 mil` as recognisers mix them."""
    following = words[i + 1] if i + 1 < len(words) else ""
    if len(words[i]) <= 3 and not words[i].startswith("0"):
        if following in THOUSAND.get(language, ()):
            return _after_thousand(words, i, i + 2, int(words[i]), language)
        if following in HUNDRED.get(language, ()) and len(words[i]) <= 2:
            return _after_hundred(words, i, i + 2, int(words[i]) * 100, language)
    return words[i], 1


def _several(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    """`four zeros` -> 0000, `7 zeros` -> 0000000."""
    count = digit_at(words, i, language)
    return (str(SEVERAL[language][words[i + 1]]) * int(count), 2) if count and int(count) > 1 else None


def _times(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    """`double five` -> 55; said twice by a recogniser ("double double five") it is still one double."""
    j = i
    while j < len(words) and words[j] in TIMES[language]:
        j += 1
    digit = digit_at(words, j, language)
    return (digit * TIMES[language][words[j - 1]], j - i + 1) if digit else None


def digit_at(words: list[str], i: int, language: str) -> str | None:
    """The single digit at word `i`, homophones included."""
    if i >= len(words):
        return None
    if words[i].isdigit():
        return words[i] if len(words[i]) == 1 else None
    found = UNITS.get(language, {}).get(words[i], WEAK.get(language, {}).get(words[i]))
    return None if found is None else str(found)


def _thousands(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    head = _hundreds(words, i, language)
    j = i + (head[1] if head else 0)
    if j >= len(words) or words[j] not in THOUSAND.get(language, ()):
        return head
    thousands = int(head[0]) if head else 1
    return head if thousands == 0 else _after_thousand(words, i, j + 1, thousands, language)


def _after_thousand(words: list[str], i: int, j: int, thousands: int, language: str) -> tuple[str, int]:
    k = _past_and(words, j, language)
    rest = _hundreds(words, k, language)
    if rest and len(rest[0]) <= 3 and rest[0] != "0":
        return str(thousands * 1000 + int(rest[0])), k + rest[1] - i
    return str(thousands * 1000), j - i


def _hundreds(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    if i >= len(words):
        return None
    named = HUNDREDS.get(language, {}).get(words[i])
    if named is not None:
        return _after_hundred(words, i, i + 1, named, language)
    small = _below_hundred(words, i, language)
    j = i + (small[1] if small else 0)
    if j < len(words) and words[j] in HUNDRED.get(language, ()):
        count = int(small[0]) if small else 1
        if 0 < count < 100:
            return _after_hundred(words, i, j + 1, count * 100, language)
    return small


def _after_hundred(words: list[str], i: int, j: int, hundreds: int, language: str) -> tuple[str, int]:
    """What follows "hundred": tens belong to it, and so does a single digit unless more single digits follow."""
    k = _past_and(words, j, language)
    rest = _below_hundred(words, k, language)
    if rest and rest[0] != "0" and words[k] not in THOUSAND.get(language, ()):
        alone = len(rest[0]) > 1 or k > j or digit_at(words, k + 1, language) is None
        behind = words[k + rest[1]] if k + rest[1] < len(words) else ""
        if alone and behind not in HUNDRED.get(language, ()):  # "two hundred three hundred" are two numbers
            return str(hundreds + int(rest[0])), k + rest[1] - i
    return str(hundreds), j - i


def with_joined_hundreds(words: list[str], language: str) -> list[str]:
    """The other way to hear a hundred and single digits: "two hundred seven four" as 207, 4 instead of 200, 7, 4."""
    hundreds = {*HUNDRED.get(language, ()), *HUNDREDS.get(language, {})}
    joint = next(iter(sorted(AND.get(language, ()))), "")
    out: list[str] = []
    for i, word in enumerate(words):
        out.append(word)
        if word in hundreds and i + 1 < len(words) and words[i + 1] in UNITS.get(language, {}):
            out.append(joint)
    return out


def _below_hundred(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    units, teens, tens = UNITS.get(language, {}), TEENS.get(language, {}), TENS.get(language, {})
    word = words[i] if i < len(words) else ""
    if word in units:
        return str(units[word]), 1
    if word in teens:
        return _old_teen(words, i, teens, units) if teens[word] == 10 else (str(teens[word]), 1)
    if word not in tens:
        return None
    j = _past_and(words, i + 1, language)
    unit = units.get(words[j], 1 if words[j] == "un" else None) if j < len(words) else None
    if unit:
        return str(tens[word] + unit), j - i + 1
    return str(tens[word]), 1


def _old_teen(words: list[str], i: int, teens: Words, units: Words) -> tuple[str, int]:
    """`diez y seis`, as older people write sixteen."""
    if words[i] == "diez" and words[i + 1:i + 2] == ["y"] and units.get(words[i + 2] if i + 2 < len(words) else "", 0) >= 6:
        return str(10 + units[words[i + 2]]), 3
    return str(teens[words[i]]), 1


def _past_and(words: list[str], i: int, language: str) -> int:
    """Past an "and" that stands between two numbers."""
    return i + 1 if i < len(words) - 1 and words[i] in AND.get(language, ()) else i


def weak_digit(words: list[str], i: int, language: str, inside: bool) -> str | None:
    """The digit that a homophone means at word `i`: in a run of digits, or right in front of one."""
    weak = WEAK.get(language, {})
    if i >= len(words) or words[i] not in weak:
        return None
    j = i + 1
    while j < min(len(words), i + 4) and words[j] in weak:
        j += 1
    before_number = number_at(words, j, language) is not None
    # "... five six to" ends a run, "... five six for my son" does not.
    return str(weak[words[i]]) if before_number or (inside and all(w in _OVER for w in words[j:])) else None


def spoken_digits(text: str, language: str) -> str:
    """Every digit in `text`, in order, as one string; words that are no numbers are passed over."""
    words = words_of(text)
    out: list[str] = []
    i = 0
    while i < len(words):
        found = number_at(words, i, language)
        if found is None:
            weak = weak_digit(words, i, language, bool(out))
            found = (weak or "", 1)
        out.append(found[0])
        i += found[1]
    return "".join(out)
