"""Letters as callers spell them: by name, by homophone, by a word ("I as in India", "n de Nancy"). Pure.

Read by receipts and form numbers, which know the letters that they wait for, and by email addresses, which do not.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.dialog.slots.number_words import WEAK
from ivr.dialog.slots.numbers import number_at

NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {"ay": "a", "bee": "b", "cee": "c", "dee": "d", "ee": "e", "ef": "f", "eff": "f", "gee": "g", "jee": "g",
           "aitch": "h",
           "haitch": "h", "eye": "i", "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "pee": "p",
           "cue": "q",
           "queue": "q", "ar": "r", "ess": "s", "tee": "t", "vee": "v", "dubya": "w", "doubleyou": "w", "ex": "x", "wye": "y",
           "zee": "z", "zed": "z"},
    "es": {"ce": "c", "efe": "f", "ge": "g", "je": "g", "hache": "h", "ache": "h", "jota": "j", "ka": "k", "ele": "l",
           "elle": "ll",
           "eme": "m", "ene": "n", "enie": "n", "pe": "p", "cu": "q", "ku": "q", "ere": "r", "erre": "r", "ese": "s", "te": "t",
           "uve": "v", "equis": "x", "ye": "y", "zeta": "z", "ceta": "z", "be": "b", "ve": "v", "de": "d"},
}
"""What a letter is called, where that is no common word of the language."""
HOMOPHONES: Mapping[str, Mapping[str, str]] = {
    "en": {"eh": "a", "hey": "a", "be": "b", "sea": "c", "see": "c", "si": "c", "he": "e", "aye": "i", "hi": "i", "ai": "i",
           "am": "m", "an": "n", "in": "n", "and": "n", "end": "n", "oh": "o", "owe": "o", "zero": "o", "are": "r", "our": "r",
           "as": "s", "es": "s", "us": "s", "tea": "t", "you": "u", "we": "v", "why": "y", "jan": "n", "ann": "n", "hell": "l",
           "al": "l", "them": "m", "bea": "b", "sir": "r"},
    "es": {"ah": "a", "eh": "e", "se": "c", "si": "c", "ahi": "i", "ay": "i", "hay": "i", "y": "i", "en": "n", "em": "m",
           "es": "s",
           "el": "l", "her": "r", "cero": "o", "oh": "o", "ese": "s", "vi": "b", "bi": "b", "ve": "b", "ai": "i", "sea": "c"},
}
"""Common words that sound like a letter: only where just that letter is waited for."""
_TWO_WORDS: Mapping[tuple[str, ...], str] = {
    ("double", "u"): "w", ("double", "you"): "w", ("double", "yu"): "w", ("doble", "u"): "w", ("doble", "ve"): "w",
    ("doble", "uve"): "w", ("uve", "doble"): "w", ("ve", "doble"): "w", ("doble", "v"): "w", ("v", "doble"): "w",
    ("u", "doble"): "w", ("dobleu",): "w", ("dobleve",): "w", ("dobleuve",): "w", ("i", "griega"): "y", ("y",
     "griega"): "y", ("i", "latina"): "i", ("y", "latina"): "i",
    ("be", "grande"): "b", ("b", "grande"): "b", ("be", "larga"): "b", ("b", "larga"): "b", ("be", "alta"): "b", ("b",
     "alta"): "b",
    ("ve", "chica"): "v", ("v", "chica"): "v", ("ve", "corta"): "v", ("v", "corta"): "v", ("be", "chica"): "v", ("b",
     "chica"): "v",
    ("be", "corta"): "v", ("uve", "corta"): "v", ("doubleyou",): "w", ("ve", "baja"): "v", ("v", "baja"): "v", ("be",
     "baja"): "v",
}
ALPHABET: Mapping[str, str] = {
    word: word[0] for word in (
        "alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "juliett", "kilo",
        "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "whisky",
        "xray", "yankee", "zulu")}
"""Words that stand for their first letter by themselves."""
_SPELLING = """
adam apple boy bob bravo baker cat charlie charles david dog edward easy elephant eagle frank george ida igloo island ice larry lion
love mary mother mike nancy nora ocean orange oliver oscar peter robert roger rose sam sugar samuel snake susan tom victor william
walter water yellow young yoyo
amor ana arbol avion barco beto bueno burro carlos casa carro ceci dedo elefante elena enrique espana estrella familia gato isla
iglesia italia indio luna luis libro limon maria mama mesa mano nube nicaragua norte ojo oso oscar papa perro queso raton rosa
roberto ramon sapo sol silla susana tomas uva vaca washington wilson whisky yate yolanda yegua"""
SPELLING_WORDS = frozenset(_SPELLING.split())
"""Names and things that people spell with; only where just that letter is waited for."""
_AS_IN = {("as", "in"), ("like", "in"), ("for",), ("like",), ("is", "in"), ("as",), ("of",), ("from",), ("de",), ("como", "en"),
          ("como", "de"), ("como",), ("de", "la", "palabra"), ("s", "in"), ("in",)}
_KNOWN_SINGLE = frozenset("abcdefghijklmnopqrstuvwxyz")


def by_word(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    """`i as in india`, `ene de nancy`: the letter and how many words that takes. The word decides, not the letter's
    name: long words are heard better than short ones."""
    size = named_size(words, i, language)
    for joint in _AS_IN if size else ():
        j = i + size + len(joint)
        if tuple(words[i + size:j]) != joint or j >= len(words):
            continue
        word = words[j]
        if len(word) >= 3 and word.isalpha() and number_at(words, j, language) is None and word not in WEAK.get(language, {}):
            return word[0], j + 1 - i
    return None


def named_size(words: list[str], i: int, language: str) -> int:
    """How many words name one letter at word `i`; 0 when none do."""
    if tuple(words[i:i + 2]) in _TWO_WORDS:
        return 2
    word = words[i] if i < len(words) else ""
    if word in _KNOWN_SINGLE or (word,) in _TWO_WORDS or any(word in names for names in NAMES.values()):
        return 1
    return int(word in HOMOPHONES.get(language, {}))


def plain_letter(words: list[str], i: int, language: str) -> tuple[str, int] | None:
    """A letter by its name alone, in either language, and how many words that takes."""
    two = _TWO_WORDS.get(tuple(words[i:i + 2]))
    if two:
        return two, 2
    word = words[i]
    if (word,) in _TWO_WORDS:
        return _TWO_WORDS[(word,)], 1
    if word in _KNOWN_SINGLE:
        return word, 1
    found = NAMES.get(language, {}).get(word) or ALPHABET.get(word)
    return (found, 1) if found else None


def letter_options(words: list[str], i: int, language: str) -> list[tuple[str, int]]:
    """Every letter that word `i` may stand for, the surest first, and how many words each takes."""
    out = [found for found in (by_word(words, i, language), plain_letter(words, i, language)) if found]
    word = words[i]
    for names in (HOMOPHONES.get(language, {}), NAMES["en"], NAMES["es"]):
        if word in names:
            out.append((names[word], 1))
    if word == "0":
        out.append(("o", 1))
    return out
