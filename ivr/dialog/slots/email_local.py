"""One side of an email address out of words, letters, numbers and signs. Pure. Called by `email`."""

from __future__ import annotations

import re

from ivr.dialog.slots.email_words import SPELLED
from ivr.dialog.slots.letters import ALPHABET, NAMES, by_word, plain_letter
from ivr.dialog.slots.numbers import number_at

_SIGNS = frozenset("._-+")
_DROPPED = frozenset({"uh", "um", "er", "eh", "then", "followed", "by", "luego", "despues", "entonces", "seguido", "por",
                      "comma", "coma", "space", "ok", "okay", "mmm"})
_DOUBLE = {"double": 2, "doble": 2, "triple": 3}
_ADJACENT: dict[str, dict[str, str]] = {
    "en": {"see": "c", "sea": "c", "are": "r", "you": "u", "why": "y", "be": "b", "tea": "t", "oh": "o", "eye": "i", "he": "e",
           "as": "s", "hey": "a", "aye": "i", "am": "m", "in": "n", "and": "n", "an": "n"},
    "es": {"be": "b", "ce": "c", "de": "d", "ge": "g", "pe": "p", "te": "t", "ve": "v", "cu": "q", "ka": "k", "ye": "y",
           "se": "c", "ese": "s", "el": "l", "en": "n", "es": "s", "y": "i", "ele": "l", "ah": "a"},
}
"""Words that are a letter only between letters that are spelled."""


def written(said: str, language: str) -> str:
    """The characters of what was said; a word that is spelled right behind itself counts once."""
    replaced = SPELLED.split(said)
    if len(replaced) > 1:
        said = _respelled(replaced[0], replaced[-1])
    out: list[tuple[str, bool]] = []
    words = re.findall(r"[a-z0-9]+|[._+\-]", said)
    i = 0
    while i < len(words):
        text, size, letter = _piece(words, i, language)
        if text:
            out.append((text, letter))
        i += size
    return "".join(_once(out))


def letter_of(name: str, language: str) -> str:
    """The letter that is called so, or nothing."""
    if len(name) == 1:
        return name
    return NAMES.get(language, {}).get(name, "") or _ADJACENT.get(language, {}).get(name, "")


def fits_word(said: str, match: re.Match[str], language: str) -> bool:
    """Whether "with an H" is true of the word in front of it as it was written; what is no letter is no such remark."""
    letter, before = letter_of(match[2], language), said[:match.start()].split()
    return not letter or not before or (letter in before[-1]) is (match[1] in ("with", "con"))


def _respelled(before: str, spelled: str) -> str:
    """`jon spelled j o n`: the letters stand for the word before, or for all of them."""
    if "".join(before.split()) == "".join(spelled.split()):
        return spelled
    return " ".join([*before.split()[:-1], spelled])


def _piece(words: list[str], i: int, language: str) -> tuple[str, int, bool]:
    """(characters, words taken, whether it is a spelled letter) at word `i`."""
    word = words[i]
    if word in _SIGNS:
        return word, 1, False
    if word in _DROPPED or (word in ("and", "y") and _is_joint(words, i)):
        return "", 1, False
    if word in _DOUBLE:
        return _doubled(words, i, language)
    named = by_word(words, i, language) if len(word) <= 2 or _is_letter_name(word, language) else None
    if named and not _word_is_kept(words, i, named[1]):
        return named[0], named[1], True
    number = number_at(words, i, language)
    if number:
        return number[0], number[1], False
    if word == "oh" and (number_at(words, i + 1, language) or (i and number_at(words, i - 1, language))):
        return "0", 1, False
    return _letter(words, i, language)


def _is_joint(words: list[str], i: int) -> bool:
    """An "and" between parts, and not in a name such as "chen and sons"."""
    around = [words[j] if 0 <= j < len(words) else "." for j in (i - 1, i + 1)]
    named = all(len(w) > 1 and w.isalpha() and w not in _DROPPED for w in around)
    return not named and not (words[i] == "y" and _spelled_around(words, i))


def _word_is_kept(words: list[str], i: int, size: int) -> bool:
    """`j of ...` within an address is no spelling when the phrase ends in a sign word."""
    return any(w in _SIGNS for w in words[i:i + size])


def _doubled(words: list[str], i: int, language: str) -> tuple[str, int, bool]:
    """`double l`, `doble ele`, `double five`; `double u` is a letter."""
    pair = plain_letter(words, i, language) if words[i] in ("double", "doble") and len(words) > i + 1 else None
    if pair and pair[1] == 2:
        return pair[0], 2, True
    number = number_at(words, i, language)
    if number:
        return number[0], number[1], False
    if i + 1 < len(words):
        letter = plain_letter(words, i + 1, language)
        if letter:
            return letter[0] * _DOUBLE[words[i]], 1 + letter[1], True
    return words[i], 1, False


def _is_letter_name(word: str, language: str) -> bool:
    return word in NAMES.get(language, {}) or word in _ADJACENT.get(language, {})


def _letter(words: list[str], i: int, language: str) -> tuple[str, int, bool]:
    word = words[i]
    if len(word) == 1 or tuple(words[i:i + 2]) in (("uve", "doble"), ("ve", "doble"), ("i", "griega"), ("y",
                                                    "griega"), ("doble", "u")):
        letter = plain_letter(words, i, language)
        return (letter[0], letter[1], True) if letter else (word, 1, True)
    if _spelled_around(words, i) or _by_itself(words, i) or word in _ONLY_LETTERS or _in_alphabet(words, i):
        letter = plain_letter(words, i, language)
        if letter:
            return letter[0], letter[1], True
        if word in _ADJACENT.get(language, {}):
            return _ADJACENT[language][word], 1, True
    return word, 1, False


def _in_alphabet(words: list[str], i: int) -> bool:
    """`kilo india mike`: words of the spelling alphabet side by side."""
    return words[i] in ALPHABET and any(words[j] in ALPHABET for j in (i - 1, i + 1) if 0 <= j < len(words))


def _by_itself(words: list[str], i: int) -> bool:
    """One short word in front of a sign, `te guion bajo jones`, is an initial."""
    return i == 0 and len(words[i]) <= 3 and len(words) > 1 and words[1] in _SIGNS


def _spelled_around(words: list[str], i: int) -> bool:
    """A neighbour is a single letter, or a letter's own name: these words are being spelled."""
    near = [words[j] for j in (i - 1, i + 1) if 0 <= j < len(words)]
    behind_letter = i >= 2 and words[i] == words[i - 1] and len(words[i - 2]) == 1  # "a te te": A, T, T
    return behind_letter or any((len(w) == 1 and w.isalpha()) or w in _SPELLERS for w in near)


_ONLY_LETTERS = frozenset({"zee", "zed", "ee", "dubya", "aitch", "jota", "hache", "erre", "eme", "ene", "efe", "equis", "zeta"})
"""Names of letters that are nobody's name and no common word."""
_SPELLERS = (set(NAMES["es"]) | set(NAMES["en"]) | set(ALPHABET)) - {"de", "te", "ve", "be", "je", "ar", "em", "en", "el",
                       "lima", "mike", "oscar", "victor", "romeo", "charlie", "juliet", "papa", "india", "golf", "hotel", "kay",
                       "jay", "ex"}
"""Names of letters that are hardly a word of an address."""


def _once(pieces: list[tuple[str, bool]]) -> list[str]:
    """Drops the spelling of the word before it: "maria m a r i a" is said once."""
    out: list[str] = []
    i = 0
    while i < len(pieces):
        text, letter = pieces[i]
        spelled = "".join(t for t, is_letter in pieces[i + 1:i + 1 + len(text)] if is_letter)
        out.append(text)
        i += 1 + len(text) if not letter and len(text) > 1 and spelled == text else 1
    return out
