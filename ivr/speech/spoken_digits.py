"""Digits out of recognised words, English and Spanish. Pure.

Recognisers write the same digits as numerals, words, groups or homophones: "4-6, twenty eight", "won", "Cero, siete".
Used where nothing but digits is expected; the dialogue's slots have richer readers of their own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

UNITS: dict[str, dict[str, str]] = {
    "en": {"zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
           "seven": "7", "eight": "8", "nine": "9"},
    "es": {"cero": "0", "uno": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6",
           "siete": "7", "ocho": "8", "nueve": "9"},
}
_HOMOPHONES = {
    "en": {"won": "1", "to": "2", "too": "2", "tree": "3", "for": "4", "fore": "4", "ate": "8", "niner": "9"},
    "es": {"un": "1", "sero": "0", "sinco": "5"},
}
_TEENS = {
    "en": ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
           "eighteen", "nineteen"),
    "es": ("diez", "once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete",
           "dieciocho", "diecinueve"),
}
_TENS = {
    "en": ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
    "es": ("veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"),
}
_AND = {"en": frozenset({"and"}), "es": frozenset({"y"})}
_DOUBLE = {"en": {"double": 2, "triple": 3}, "es": {"doble": 2, "triple": 3}}


@dataclass(frozen=True, slots=True)
class Reading:
    digits: str
    others: int
    """Words that are no digits."""
    words: int
    """Those of them with three letters or more: a recogniser in doubt about a number writes stray letters."""
    taken: int
    """Words that gave digits."""


def read_digits(text: str, language: str) -> Reading:
    """The digits in `text`, and how many of its words were something else."""
    singles = UNITS.get(language, {}) | _HOMOPHONES.get(language, {})
    teens, tens = _TEENS.get(language, ()), _TENS.get(language, ())
    digits, others, long, taken, times = "", 0, 0, 0, 1
    open_ten = False  # the last word was "twenty": a unit takes the place of its zero
    for word in _words(text):
        value = ""
        if word in _DOUBLE.get(language, {}):
            times, taken = _DOUBLE[language][word], taken + 1
            continue
        if word in _AND.get(language, ()) and open_ten:
            continue
        if word.isascii() and word.isdigit():
            value = word
        elif word in singles:
            value = singles[word]
            if open_ten and value != "0":
                digits = digits[:-1]
        elif word in teens:
            value = str(10 + teens.index(word))
        elif word in tens:
            value = str(10 * (2 + tens.index(word)))
        open_ten = word in tens
        digits, times = digits + value * times, 1
        taken, others = taken + bool(value), others + (not value)
        long += not value and len(word) > 2
    return Reading(digits, others, long, taken)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"[0-9]+|[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
