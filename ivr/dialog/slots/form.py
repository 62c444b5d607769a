"""Form numbers: a letter or two and a number, of a closed list. Pure.

The list belongs to the deployment (`values` of the slot); `KNOWN_FORMS` stands in where a bundle has none. Being closed,
it decides what "i one thirty one a" is, and which letter belongs to a number that was keyed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.hesitation import CORRECTION, FILLERS, RESTART, marked
from ivr.dialog.slots.letters import letter_options
from ivr.dialog.slots.numbers import number_at, weak_digit, words_of

_LIST = """
AR-11 EOIR-29 G-28 G-28I G-325A G-325R G-639 G-845 G-884 G-1041 G-1041A G-1055 G-1145 G-1256 G-1450 G-1566 G-1594 G-1650
I-9 I-90 I-102 I-129 I-129CW I-129F I-129S I-130 I-130A I-131 I-131A I-134 I-134A I-140 I-191 I-192 I-193 I-212 I-290B I-352 I-356
I-360 I-361 I-363 I-407 I-485 I-485J I-508 I-526 I-526E I-539 I-539A I-566 I-589 I-590 I-600 I-600A I-601 I-601A I-602 I-612 I-643
I-687 I-690 I-693 I-694 I-698 I-730 I-751 I-765 I-765V I-765WS I-800 I-800A I-817 I-821 I-821D I-824 I-829 I-854 I-864 I-864A
I-864EZ I-864P I-864W I-865 I-881 I-905 I-907 I-910 I-912 I-914 I-918 I-924 I-929 I-941 I-942 I-945 I-956 I-956F I-956G I-956H
I-956K N-4 N-14 N-300 N-336 N-400 N-426 N-470 N-565 N-600 N-600K N-644 N-648"""
KNOWN_FORMS = tuple(_LIST.split())
_SHAPE = re.compile(r"([A-Z]+)-(\d+)([A-Z]*)")
_BETWEEN = FILLERS | {"dash", "hyphen", "guion", "raya", "number", "numero", "space", "espacio", "menos", "minus", "point",
                      "punto", "is", "es"}
_SUFFIX_CUES = frozenset({"supplement", "suplemento", "supp", "letter", "letra", "dash", "guion", "hyphen", "as", "with", "con",
                          "and", "the", "la", "y"})
_FORM_WORDS = frozenset({"form", "forms", "forma", "formulario", "planilla", "solicitud", "application", "petition"})
_IDLE = FILLERS | _BETWEEN | _SUFFIX_CUES | {"its", "the", "think", "one", "el", "la", "that", "would", "be", "was", "seria",
                                             "era"}


@lru_cache(maxsize=32)
def _by_number(forms: tuple[str, ...]) -> dict[str, list[tuple[str, str, str]]]:
    """number -> (letters, suffix, form) of every form that bears it; those without a suffix first."""
    out: dict[str, list[tuple[str, str, str]]] = {}
    for form in sorted(forms, key=lambda f: (len(f), f)):
        match = _SHAPE.fullmatch(form.upper())
        if match:
            out.setdefault(match[2], []).append((match[1].lower(), match[3].lower(), form))
    return out


def _spoken(text: str, context: Context) -> Reading:
    table = _by_number(context.values or KNOWN_FORMS)
    words = marked(words_of(text), context.language)
    cut = max((n for n, w in enumerate(words) if w in (CORRECTION, RESTART)), default=-1)
    for part in (words[cut + 1:], [w for w in words if w not in (CORRECTION, RESTART)]):
        reading = _read(part, context.language, table)
        if reading.status != "none":
            return reading
    return NOTHING


def _read(words: list[str], language: str, table: dict[str, list[tuple[str, str, str]]]) -> Reading:
    readings = []
    i = 0
    while i < len(words):
        digits, end = _number(words, i, language)
        if not digits:
            i += 1
            continue
        readings.append(_form(words, i, end, digits, language, table))
        i = end
    found = {r.value: r for r in readings if r.usable}
    if len(found) > 1:
        return Reading("ambiguous", problem="several")
    sure = [*found.values(), *(r for r in readings if r.status == "invalid")]
    return sure[0] if sure else NOTHING


def _number(words: list[str], i: int, language: str) -> tuple[str, int]:
    """The digits of one form number that begins at word `i`, and the word behind it."""
    digits = ""
    while i < len(words):
        found = number_at(words, i, language)
        weak = None if found else weak_digit(words, i, language, bool(digits))
        if weak:
            found = (weak, 1)
        if found:
            digits, i = digits + found[0], i + found[1]
        elif digits and words[i] in _BETWEEN and number_at(words, i + 1, language):
            i += 1
        else:
            break
    return digits, i


def _form(words: list[str], start: int, end: int, digits: str, language: str, table: dict[str, list[tuple[str, str, str]]]) -> Reading:
    letters, sure = _letters_before(words, start, language, [f[0] for f in table.get(digits, ())])
    fitting = [f for f in table.get(digits, ()) if not letters or f[0] == letters]
    if not letters and not sure and not _names_a_form(words[:start], words[end:]):
        return NOTHING  # a number without a form's letter in front of it may be anything: a year, an age
    if not fitting or (sure and not letters):
        return Reading("invalid", problem="unknown_form")
    suffix = _suffix(words, end, {f[1] for f in fitting} - {""}, language)
    chosen = [f[2] for f in fitting if f[1] == suffix]
    if not chosen:
        return Reading("invalid", problem="unknown_form")
    if len(chosen) > 1:
        return Reading("ambiguous", chosen[-1], problem="which_letter", other=chosen[0])
    return Reading("ok", chosen[0])


def _letters_before(words: list[str], start: int, language: str, wanted: list[str]) -> tuple[str, bool]:
    """The letters in front of the number, if they are those of a form that bears it; and whether there is a plain letter."""
    at = start - 1
    while at >= 0 and words[at] in _BETWEEN and len(words[at]) != 1:
        at -= 1
    if at < 0:
        return "", False
    for letters in dict.fromkeys(wanted):
        if _spelled_until(words, at, letters, language):
            return letters, True
    plain = len(words[at]) == 1 and words[at] not in ("a", "y", "o", "e")
    return "", plain or bool(re.fullmatch(r"ar|eoir|ene|ge|gee", words[at]))


def _spelled_until(words: list[str], at: int, letters: str, language: str) -> bool:
    """Whether the words up to and including `at` spell these letters."""
    if words[at] == letters:
        return True
    longest = min(at + 1, 2 + 4 * len(letters))
    return any(_spells(words, at + 1 - size, at + 1, letters, language) for size in range(1, longest + 1))


def _spells(words: list[str], i: int, end: int, letters: str, language: str) -> bool:
    if not letters or i >= end:
        return not letters and i == end
    if words[i] in _BETWEEN and len(letters) > 1 and len(words[i]) > 1 and _spells(words, i + 1, end, letters, language):
        return True
    return any(_alike(letter, letters[0]) and _spells(words, i + size, end, letters[1:], language)
               for letter, size in letter_options(words, i, language) if i + size <= end)


def _alike(heard: str, wanted: str) -> bool:
    """I is called "ee" in Spanish and written E or Y by recognisers; no form has these letters otherwise."""
    return heard == wanted or (wanted == "i" and heard in "ye") or (wanted == "g" and heard == "j")


def _suffix(words: list[str], end: int, known: set[str], language: str) -> str:
    """Letters behind the number: those of a form of the list, or any single letter that ends the answer."""
    i = end
    while i < len(words) and words[i] in _SUFFIX_CUES and i + 1 < len(words):
        i += 1
    for suffix in sorted(known, key=len, reverse=True):
        if i < len(words) and words[i] == suffix and (len(suffix) > 1 or suffix not in ("a", "e") or i == len(words) - 1):
            return suffix
        for stop in range(i + len(suffix), min(i + 4 * len(suffix), len(words)) + 1):
            if stop == len(words) and _spells(words, i, stop, suffix, language):
                return suffix
    last = i == len(words) - 1 and len(words[i]) == 1 and words[i].isalpha()
    return words[i] if last else ""


def _names_a_form(before: list[str], behind: list[str]) -> bool:
    """Whether the words around a bare number say that it is a form's, or say nothing at all."""
    return not _FORM_WORDS.isdisjoint((*before, *behind)) or all(w in _IDLE or len(w) <= 2 for w in (*before, *behind))


def _keyed(digits: str, context: Context) -> Reading:
    """A keypad gives the number alone; the letter is that of the form that bears it, and is read back."""
    if len(digits) < 1:
        return incomplete("", "too_short")
    plain = [f[2] for f in _by_number(context.values or KNOWN_FORMS).get(digits, ()) if not f[1]]
    if not plain:
        return incomplete("", "too_short") if len(digits) < 2 else Reading("invalid", problem="unknown_form")
    if len(plain) > 1:
        return Reading("ambiguous", plain[-1], problem="which_letter", other=plain[0])
    return Reading("ok", plain[0])


FORM = slot_type(SlotType("form", _spoken, _keyed, max_digits=4, expect="form"))
