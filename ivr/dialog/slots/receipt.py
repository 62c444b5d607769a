"""Receipt numbers: three letters of a closed list and ten digits, spoken or keyed. Pure.

A receipt number that is wrong but well formed is the worst that can come out, so exactly three letters and exactly ten
digits are wanted; anything else is asked for again, with what was heard kept. The list decides between letters that sound
alike: "y o e" can only be IOE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.digit_runs import Run, joined, runs_in
from ivr.dialog.slots.hesitation import CORRECTION, FILLERS, RESTART, marked
from ivr.dialog.slots.letters import SPELLING_WORDS, letter_options, plain_letter
from ivr.dialog.slots.numbers import MAX_TEXT, with_joined_hundreds, words_of

PREFIXES = ("IOE", "EAC", "WAC", "LIN", "SRC", "MSC", "NBC", "YSC")
LENGTH = 10
KEYS = {"463": "IOE", "322": "EAC", "922": "WAC", "546": "LIN", "772": "SRC", "672": "MSC", "622": "NBC", "972": "YSC"}
"""The letters on a telephone's keys; no two prefixes have the same."""
_WHOLE = {"wack": "WAC", "whack": "WAC", "wac": "WAC", "wacc": "WAC", "wak": "WAC", "guac": "WAC", "lynn": "LIN", "lin": "LIN",
          "lynne": "LIN",
          "linn": "LIN", "lean": "LIN", "sirc": "SRC", "circ": "SRC", "serc": "SRC", "eack": "EAC", "eak": "EAC",
          "eac": "EAC", "ioe": "IOE", "yoe": "IOE", "ioee": "IOE", "src": "SRC", "msc": "MSC", "nbc": "NBC", "ysc": "YSC",
          "isc": "YSC", "iowe": "IOE", "eyeoe": "IOE"}
"""How a prefix is heard when it is spoken as a word."""
_ALIKE = {("i", "y"), ("y", "i")}
_ALIKE_ES = _ALIKE | {("v", "b"), ("e", "i"), ("i", "e")}
"""(heard, wanted): letters that one language or the other calls by the same sound; no two prefixes differ in these alone."""
_BETWEEN_LETTERS = FILLERS | {"and", "then", "dash", "y", "luego", "comma", "coma", "space", "espacio", "guion", "hyphen", "letter",
                              "letra", "letras", "letters", "la", "the", "capital", "capitals", "mayuscula", "mayusculas", "point", "punto"}
_BEFORE_DIGITS = _BETWEEN_LETTERS | {"number", "numero", "followed", "by", "seguido", "de", "por", "the", "los", "numbers", "numeros",
                                     "digits", "digitos", "after", "that", "is", "its", "es", "entonces", "as", "in", "con", "are",
                                     "son", "sigue", "siguen", "viene", "vienen", "continua", "goes"}
_PASSED = _BEFORE_DIGITS | {CORRECTION, RESTART}
_NEGATED = re.compile(r"\b(not|instead|en vez|en lugar)\b")


Options = list[list[tuple[str, int]]]
"""Per word of the answer the letters that it may stand for, and how many words each takes."""


@dataclass(frozen=True, slots=True)
class _Found:
    prefix: str
    digits: str
    gap: bool = False
    """Words that were not understood stand between the digits, or in front of them."""
    after_correction: bool = False


def _spoken(text: str, context: Context) -> Reading:
    words = marked(words_of(text), context.language)
    fresh = _whole(words, text, context)
    other = with_joined_hundreds(words, context.language)
    if not fresh.usable and other != words:
        second = _whole(other, text, context)
        fresh = replace(second, status="ambiguous", problem="hundreds") if second.usable else fresh
    if not context.heard or fresh.usable or fresh.status == "none":
        return fresh
    return _with_rest(fresh, context.heard)


def _whole(words: list[str], text: str, context: Context) -> Reading:
    prefixes = _prefixes(words, context.language)
    if _NEGATED.search(" ".join(words)) and runs_in(words, context.language):
        return Reading("ambiguous", problem="correction")
    if not prefixes:
        return _without_prefix(words, text, context)
    found = [_digits_of(words, prefixes, n, context.language) for n in range(len(prefixes))]
    return _choose([f for f in found if f.digits], prefixes, words, context.language)


def _choose(found: list[_Found], prefixes: list[tuple[int, int, str]], words: list[str], language: str) -> Reading:
    complete = [f for f in found if len(f.digits) == LENGTH]
    names = {f.prefix + f.digits for f in complete}
    if len(names) == 1 or (names and complete[-1].after_correction):
        value = complete[-1].prefix + complete[-1].digits
        return Reading("ambiguous", value, problem="gap") if complete[-1].gap else Reading("ok", value)
    if names:
        return Reading("ambiguous", problem="several")
    if found:
        return _by_length(found[-1].prefix, found[-1].digits)
    # "... the letters are I O E" behind the digits, or the letters alone.
    before = joined(runs_in(words[:prefixes[0][0]], language), (LENGTH,))
    return _by_length(prefixes[-1][2], before[-1].digits if before else "")


def _by_length(prefix: str, digits: str) -> Reading:
    if len(digits) > LENGTH:
        return Reading("invalid", problem="too_long")
    if len(digits) < LENGTH:
        return incomplete(prefix + digits, "too_short")
    return Reading("ok", prefix + digits) if prefix else incomplete(digits, "no_prefix")


def _digits_of(words: list[str], prefixes: list[tuple[int, int, str]], n: int, language: str) -> _Found:
    """The digits that follow the nth prefix, up to the next one."""
    _, start, prefix = prefixes[n]
    stop = prefixes[n + 1][0] if n + 1 < len(prefixes) else len(words)
    behind = words[:stop]
    while start < stop and behind[start] in _PASSED and not runs_at(behind, start, language):
        start += 1
    if start < stop and behind[start] == prefix[-1].lower():
        start += 1  # a stutter: "I O E E 09"
    runs = joined(runs_in(behind, language, start), (LENGTH,))
    corrected = n > 0 and any(w in (CORRECTION, RESTART) for w in words[prefixes[n - 1][1]:prefixes[n][0]])
    if runs and runs[0].start != start and len(runs[0].digits) == LENGTH:
        return _Found(prefix, runs[0].digits, True, corrected)
    if not runs or runs[0].start != start:
        return _Found(prefix, "", False, corrected)
    return _Found(prefix, *_filled(runs), corrected)


def runs_at(words: list[str], i: int, language: str) -> bool:
    """Whether a run of digits begins at exactly this word."""
    runs = runs_in(words[:i + 6], language, i)
    return bool(runs) and runs[0].start == i


def _filled(runs: list[Run]) -> tuple[str, bool]:
    """The digits, and whether words that nobody understood stand between them: then they count only if read back."""
    first, whole = runs[0].digits, "".join(r.digits for r in runs)
    return (whole, True) if len(first) < LENGTH == len(whole) else (first, False)


def _named(word: str) -> list[tuple[str, int]]:
    """The first letter of a name or a thing that people spell with, without saying so: "sam robert charles"."""
    return [(word[0], 1)] if word in SPELLING_WORDS else []


def _prefixes(words: list[str], language: str) -> list[tuple[int, int, str]]:
    """(first word, word behind, prefix) of every prefix in the answer."""
    out = []
    options = [[*letter_options(words, i, language), *_named(words[i])] for i in range(len(words))]
    i = 0
    while i < len(words):
        found = next(((end, p) for p in PREFIXES for end in [_prefix_at(words, options, i, p.lower(), language)] if end), None)
        if found:
            out.append((i, found[0], found[1]))
        i = found[0] if found else i + 1
    return out


def _prefix_at(words: list[str], options: Options, i: int, letters: str, language: str, begun: bool = False, pauses: int = 4) -> int:
    """The word behind `letters` when they stand at word `i`, few words in between; 0 when they do not."""
    if not letters:
        return i
    if i >= len(words):
        return 0
    word = words[i]
    if not begun and _WHOLE.get(word) == letters.upper():
        return i + 1
    if len(word) > 1 and letters.startswith(word):
        return _prefix_at(words, options, i + 1, letters[len(word):], language, True, pauses)
    for letter, size in options[i]:
        if _same(letter, letters[0], language):
            end = _prefix_at(words, options, i + size, letters[1:], language, True, pauses)
            if end:
                return end
    pause = begun and pauses and word in _BETWEEN_LETTERS
    return _prefix_at(words, options, i + 1, letters, language, True, pauses - 1) if pause else 0


def _same(heard: str, wanted: str, language: str) -> bool:
    return heard == wanted or (heard, wanted) in (_ALIKE_ES if language == "es" else _ALIKE)


def _without_prefix(words: list[str], text: str, context: Context) -> Reading:
    language = context.language
    runs = joined(runs_in(words, language), (LENGTH,))
    if not runs:
        return NOTHING
    run = max(runs, key=lambda r: (len(r.digits) == LENGTH, len(r.digits)))
    if _strange_letters(words, run.start, text, language):
        return Reading("invalid", problem="unknown_prefix")
    if len(run.digits) < 3 and not context.heard:
        return NOTHING  # "I have two cases" is no part of a number
    return _by_length("", run.digits)


def _strange_letters(words: list[str], start: int, text: str, language: str) -> bool:
    """Three letters right in front of the digits that are no prefix."""
    if re.search(r"\b(?!USC|THE|NUM)[A-Z]{3}[\s-]*\d", text[:MAX_TEXT]) or re.search(r"(?<![a-z])[a-z]{3}\d{2}", text[:MAX_TEXT].lower()):
        return True
    return start >= 3 and all(plain_letter(words, i, language) for i in range(start - 3, start))


def _with_rest(fresh: Reading, heard: str) -> Reading:
    """What was heard before and the rest of it now. An answer that begins with the letters again begins anew."""
    letters, digits = heard[:3] if heard[:1].isalpha() else "", heard.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if fresh.status != "incomplete":
        return fresh
    new_letters, new_digits = fresh.heard[:3] if fresh.heard[:1].isalpha() else "", fresh.heard.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if new_letters and not new_digits:
        return _by_length(new_letters, digits)
    if new_letters and letters:
        return fresh
    if len(new_digits) == LENGTH and not new_letters:
        return _by_length(letters, new_digits)
    if digits and new_digits.startswith(digits) and len(digits) >= 3:
        return _by_length(letters or new_letters, new_digits)
    return _by_length(letters or new_letters, new_digits if new_letters else digits + new_digits)


def _keyed(digits: str, context: Context) -> Reading:
    """Thirteen keys: the letters as they stand on the keys, and the digits. Ten keys are the digits alone."""
    if len(digits) == LENGTH + 3:
        prefix = KEYS.get(digits[:3])
        return Reading("ok", prefix + digits[3:]) if prefix else Reading("invalid", problem="unknown_prefix")
    if context.heard[-LENGTH:].isdigit() and len(context.heard) == LENGTH and len(digits) == 3:
        return Reading("ok", KEYS[digits] + context.heard) if digits in KEYS else incomplete(context.heard, "no_prefix")
    fresh = _by_length("", digits)
    return _with_rest(fresh, context.heard) if context.heard else fresh


RECEIPT = slot_type(SlotType("receipt", _spoken, _keyed, max_digits=LENGTH + 3, expect="receipt"))
