"""What somebody typed, as the event it is: keys, words, or nothing. Pure. Used by every channel on which people type: text
telephones, chat, text messages and the terminal.

    event_for("PLS REPEAT GA", listen, bundle)  ->  SpeechHeard "please repeat"
    event_for("1", listen)                      ->  DigitsReceived "1"

Typed words are put into the form that the intent model and the value grammars read: no capitals, abbreviations written out,
what was struck out with XXX gone, plain typing mistakes mended. A mistake is mended only towards a word of the bundle's own
phrases and word lists. Numbers, receipts, addresses, dates and names are never touched: whoever typed them meant them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.language_guess import other_language
from ivr.dialog.lexicon import fold, without_fillers
from ivr.dialog.typed_spelling import edges, mended
from ivr.dialog.typed_values import typed_value
from ivr.dialog.typed_words import ABBREVIATIONS, POLITE, SPELLED, YES_NO
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive

VALUES = frozenset({"digits", "date", "receipt", "phone", "email", "form", "a_number", "zip"})
"""Forms of an answer that are a value and not a sentence."""
SPELLED_OUT = frozenset({"email"})
"""Of these even the words are part of the value."""
LONGEST = 1000
"""Characters of one answer that are read; the rest is not a telephone conversation."""

_PASSES = 5
"""A word that was written out may be what shows that the sentence is Spanish; then the others are read as Spanish too."""
_LAST_WORDS = re.compile(r"(?i)(?:(?<=\s)|^)(?:ga|(?:ga\s+(?:or|o|to)\s+)?(?:sk)+)[\s.,!]*$")
_BYE = re.compile(r"(?i)\s*(?:ga\s*(?:or|o|to)?\s*)?(?:sk[\s.,]*)+\s*")
_KEYS = re.compile(r"[0-9*#]+")
_GROUPED = re.compile(r"\+?[(]?[0-9][0-9 ().-]*[0-9]#?")
_ERASED = re.compile(r"(?i)x{3,}")
_STRUCK = re.compile(r"(?i)(.*[^x])?x{3,}")
_TILDE = re.compile(r"([nN])~")
_PROTECTED = re.compile(r"[\d@/\\]|\w\.\w|^www\.", re.I)


def event_for(text: str, listen: act.Listen, bundle: Bundle | None = None) -> ev.Event:
    """The event that these typed words are at the question `listen`. With the bundle, mistakes are mended and accents put back."""
    said = without_last_words(text[:LONGEST])
    if not re.search(r"[\w*#?]", said):
        return ev.NoInput(listen.turn)
    keys = keys_in(said, listen)
    if keys:
        return ev.DigitsReceived(listen.turn, Sensitive(keys))
    words = answer_words(said, listen.language, listen.expect, bundle)
    return ev.SpeechHeard(listen.turn, Sensitive(words), 1.0) if words else ev.NoInput(listen.turn)


def without_last_words(text: str) -> str:
    """The text without the GA or SK that hands the line over. An SK by itself is a goodbye, and stays."""
    if _BYE.fullmatch(text):
        return "SK"
    before, said = None, text.strip()
    while said != before:
        before, said = said, _LAST_WORDS.sub("", said).strip()
    return said


def keys_in(text: str, listen: act.Listen) -> str:
    """The keys that these words are, or '' when they are words: `1`, `0`, `*`, `#`, or a number where one is asked for. A number
    of more digits than the question takes is left to the grammar, and so is a date with its separators."""
    plain = text.strip().rstrip(".,;:!?)")
    if listen.expect != "date" and listen.max_digits > 1 and _GROUPED.fullmatch(plain):
        plain = re.sub(r"[ ().-]", "", plain)
    if not _KEYS.fullmatch(plain):
        return ""
    finished = plain[:-1] if len(plain) > 1 and plain.endswith(listen.finish_on_key) else plain
    return finished if len(finished) <= listen.max_digits else ""


def answer_words(text: str, language: str, expect: str, bundle: Bundle | None = None) -> str:
    """The words of an answer of this form: a sentence is written out and mended, a value is left as it was typed."""
    said = _struck_out(text)
    if expect == "yes_no":
        short = YES_NO.get(language, {}).get(without_fillers(said, POLITE))
        if short:
            return short
    if expect in VALUES and (expect in SPELLED_OUT or any(map(_is_protected, said.split()))):
        return typed_value(said, expect, language)
    if expect in VALUES:
        return " ".join(_written_out(_lowered(_with_tildes(said).split()), language, None))
    return normalised(said, language, bundle)


def normalised(text: str, language: str, bundle: Bundle | None = None) -> str:
    """Typed words as somebody with time would have written them. Doing it twice changes nothing more; whatever holds a digit, an
    @ or an address is left as it is."""
    for _ in range(_PASSES):
        before, text = text, _once(text, language, bundle)
        if text == before:
            break
    return text


def _once(text: str, language: str, bundle: Bundle | None) -> str:
    spoken = (bundle and other_language(bundle, text, language)) or language
    words = _lowered(_struck_out(_with_tildes(text)).split())
    for step in _STEPS:
        words = step(words, spoken, bundle)
    return " ".join(words)


def _with_tildes(text: str) -> str:
    return _TILDE.sub(lambda m: "Ñ" if m[1] == "N" else "ñ", text)


# -- steps of a sentence ---------------------------------------------------------------------------------------------

def _struck_out(text: str) -> str:
    """XXX erases the word before it; XXX by itself asks to say it again, and stays."""
    kept: list[str] = []
    for word in text.split():
        bare = word.strip(".,;:!?")
        if _ERASED.fullmatch(bare):
            if kept:
                kept.pop()
        elif not (match := _STRUCK.fullmatch(bare)) or not match.group(1):
            kept.append(word)
    return " ".join(kept) if kept or not _ERASED.fullmatch(text.strip(" .,;:!?")) else "xxx"


def _lowered(words: list[str]) -> list[str]:
    """A text telephone has capitals only; where there are small letters too, the capitals were meant."""
    if any(c.islower() for w in words if not _is_protected(w) for c in w):
        return words
    return [w if _is_protected(w) else w.lower() for w in words]


def _is_protected(word: str) -> bool:
    return bool(_PROTECTED.search(word))


def _written_out(words: list[str], language: str, bundle: Bundle | None) -> list[str]:
    known = ABBREVIATIONS.get(language, {})
    out: list[str] = []
    for n, word in enumerate(words):
        before, bare, after = edges(word)
        key = fold(bare)
        if _is_protected(word) or key not in known or (len(key) == 1 and not _stands_alone(words, n)):
            out.append(word)
        else:
            out.extend((before + known[key] + after).split())
    return out


def _stands_alone(words: list[str], n: int) -> bool:
    """Whether a single letter is a word of its own: not beside a number, and not one of several that spell something."""
    if any(_is_protected(w) and not any(c.isalpha() for c in w) for w in words[max(0, n - 1):n + 2]):
        return False
    first = last = n
    while first > 0 and len(fold(words[first - 1])) == 1:
        first -= 1
    while last + 1 < len(words) and len(fold(words[last + 1])) == 1:
        last += 1
    return last - first + 1 < SPELLED


def _questions(words: list[str], language: str, bundle: Bundle | None) -> list[str]:
    """An English typist ends a question with Q."""
    out: list[str] = []
    for n, word in enumerate(words):
        if language == "en" and out and word.strip(".?,").casefold() == "q" and _stands_alone(words, n):
            out[-1] = out[-1].rstrip("?") + "?"
        else:
            out.append(word)
    return out


def _mended(words: list[str], language: str, bundle: Bundle | None) -> list[str]:
    return mended(words, language, bundle) if bundle else words


_STEPS: tuple[Callable[[list[str], str, Bundle | None], list[str]], ...] = (_questions, _written_out, _mended)
