"""Number words of English and Spanish, folded (lower case, no accents). Pure data; read by `numbers` and `date_numbers`.

Misspellings are those of recognisers and of callers who type; homophones are words of their own and count as numbers only
where numbers stand around them.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, int]

UNITS: Mapping[str, Words] = {
    "en": {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
           "nought": 0, "naught": 0, "niner": 9},
    "es": {"cero": 0, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
           "nueve": 9, "sero": 0, "sinco": 5, "quatro": 4, "nuebe": 9},
}
TEENS: Mapping[str, Words] = {
    "en": {"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
           "seventeen": 17, "eighteen": 18, "nineteen": 19},
    "es": {"diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17,
           "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintiun": 21, "veintiuna": 21, "veintidos": 22,
           "veintitres": 23, "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28,
           "veintinueve": 29, "dies": 10, "dose": 12, "trese": 13, "catorse": 14, "kinse": 15, "quinse": 15},
}
"""Numbers of two digits in one word, which no unit can follow: also the twenties of Spanish."""
TENS: Mapping[str, Words] = {
    "en": {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
           "ninety": 90},
    "es": {"veinte": 20, "veinti": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
           "ochenta": 80, "noventa": 90},
}
HUNDREDS: Mapping[str, Words] = {
    "en": {},
    "es": {"cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
           "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900},
}
HUNDRED: Mapping[str, frozenset[str]] = {"en": frozenset({"hundred", "hundreds"}), "es": frozenset({"cientos"})}
THOUSAND: Mapping[str, frozenset[str]] = {"en": frozenset({"thousand"}), "es": frozenset({"mil"})}
AND: Mapping[str, frozenset[str]] = {"en": frozenset({"and"}), "es": frozenset({"y", "i"})}
TIMES: Mapping[str, Words] = {"en": {"double": 2, "triple": 3, "treble": 3}, "es": {"doble": 2, "triple": 3}}
SEVERAL: Mapping[str, Words] = {
    "en": {"zeros": 0, "zeroes": 0, "ohs": 0, "ones": 1, "twos": 2, "threes": 3, "fours": 4, "fives": 5, "sixes": 6, "sevens": 7,
           "eights": 8, "nines": 9},
    "es": {"ceros": 0, "unos": 1, "doses": 2, "treses": 3, "cuatros": 4, "cincos": 5, "seises": 6, "sietes": 7, "ochos": 8,
           "nueves": 9},
}
"""Digits of which there are several: "four zeros"."""
WEAK: Mapping[str, Words] = {
    "en": {"oh": 0, "o": 0, "owe": 0, "won": 1, "to": 2, "too": 2, "tree": 3, "free": 3, "for": 4, "fore": 4, "fife": 5,
           "sex": 6, "sicks": 6, "ate": 8, "nein": 9},
    "es": {"o": 0, "oh": 0, "un": 1},
}
"""Words that mean something else unless they stand in a run of digits."""
ORDINALS: Mapping[str, Words] = {
    "en": {word: n for n, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
         "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"), 1)}
    | {"thirtieth": 30},
    "es": {"primero": 1, "primer": 1, "primera": 1},
}
