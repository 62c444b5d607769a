"""Spoken numbers in English and Spanish as strings of digits. Pure.

Handles what recognisers write and callers say: numerals with hyphens and commas, single digit words, tens with units,
`double`/`doble`, "oh". Homophones ("to", "for", "ate") count only inside a run of digits.
"""

from __future__ import annotations

import re

from ivr.dialog.lexicon import fold

UNITS = {
    "en": {"zero": 0, "oh": 0, "o": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
           "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
           "seventeen": 17, "eighteen": 18, "nineteen": 19},
    "es": {"cero": 0, "un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
           "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
           "dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintiun": 21,
           "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27,
           "veintiocho": 28, "veintinueve": 29},
}
TENS = {
    "en": {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90},
    "es": {"veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
           "noventa": 90},
}
_HOMOPHONES = {"en": {"to": 2, "too": 2, "for": 4, "ate": 8, "won": 1, "owe": 0, "tree": 3}, "es": {}}
_REPEAT = {"en": {"double": 2, "triple": 3}, "es": {"doble": 2, "triple": 3}}
_JOIN = {"en": {"and"}, "es": {"y"}}


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", fold(text))


def spoken_digits(text: str, language: str) -> str:
    """Every digit in `text`, in order, as one string; words that are no numbers are passed over."""
    units, tens = UNITS.get(language, {}), TENS.get(language, {})
    words = words_of(text)
    out: list[str] = []
    i, times = 0, 1
    while i < len(words):
        word = words[i]
        step = 1
        if word.isdigit():
            piece = word
        elif word in _REPEAT.get(language, {}):
            times = _REPEAT[language][word]
            i += 1
            continue
        elif word in tens:
            piece, step = _tens(words, i, language)
        elif word in units:
            piece = str(units[word])
        elif word in _HOMOPHONES.get(language, {}) and (out or _number_follows(words, i, language)):
            piece = str(_HOMOPHONES[language][word])
        else:
            i += 1
            continue
        out.append(piece * times)
        times = 1
        i += step
    return "".join(out)


def _tens(words: list[str], i: int, language: str) -> tuple[str, int]:
    """`thirty one` -> 31, `treinta y uno` -> 31, `thirty` -> 30; and how many words that took."""
    value = TENS[language][words[i]]
    j = i + 1
    if j < len(words) - 1 and words[j] in _JOIN[language]:
        j += 1
    unit = UNITS[language].get(words[j]) if j < len(words) else None
    if unit is not None and 1 <= unit <= 9:
        return str(value + unit), j - i + 1
    return str(value), 1


def _number_follows(words: list[str], i: int, language: str) -> bool:
    nxt = words[i + 1] if i + 1 < len(words) else ""
    return nxt.isdigit() or nxt in UNITS.get(language, {}) or nxt in TENS.get(language, {})
