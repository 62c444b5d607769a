"""When a text that Whisper wrote is not believed. Pure.

Whisper writes something for any sound. The rules here throw away what real speech does not produce; each was measured
on noise and on speech, and each on its own would throw away too much speech or keep too much noise. Called by the
Whisper recogniser after decoding.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

NO_SPEECH_MIN = 0.3
LOG_PROBABILITY_MAX = -1.0
MAX_CHARS_PER_S = 25.0
MAX_DIGITS_PER_S = 4.5
MAX_REPEATS = 4
WEAK_LOG_PROBABILITY = -0.5
"""Phrases of the deny list are thrown away only when decoded with less than this: callers do say "no" and "oh"."""

_INVENTED = {
    "en": {"you", "thank you", "thank you very much", "thanks for watching", "thank you for watching", "im going to",
           "the", "bye", "so", "oh"},
    "es": {"y", "adios", "gracias", "gracias por ver el video", "suscribete",
           "subtitulos realizados por la comunidad de amara org", "no no", "bee bee bee"},
}
_SOUND_NOTE = re.compile(r"[\[(*♪][^\])*♪]*[\])*♪]")
_SAME_DIGIT = re.compile(r"(\d)\1{6}|(\d\d)\2{4}")  # seven of one digit, five of one pair
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder gave for one utterance."""

    text: str
    log_probability: float
    """Mean over the tokens; 0 is certain."""
    no_speech: float
    """0-1."""
    seconds: float
    """Length of the utterance's audio."""
    language: str
    digits_only: bool = False


def rejection(decoded: Decoded) -> str:
    """Why the text is not believed, or '' when it is."""
    if not decoded.text:
        return "empty"
    if decoded.no_speech > NO_SPEECH_MIN and decoded.log_probability < LOG_PROBABILITY_MAX:
        return "no_speech"
    if decoded.digits_only:
        if len(decoded.text) > 1 + MAX_DIGITS_PER_S * decoded.seconds:
            return "rate"
        return "loop" if _SAME_DIGIT.search(decoded.text) else ""
    if len(decoded.text) > 10 + MAX_CHARS_PER_S * decoded.seconds:
        return "rate"
    if _loops(words_of(decoded.text)):
        return "loop"
    if _invented(decoded):
        return "invented"
    return ""


def without_sound_notes(text: str) -> str:
    """The text without `[music]`, `(laughs)`, `*coughs*`: descriptions of sound are not words of the caller."""
    return " ".join(_SOUND_NOTE.sub(" ", text).split())


def words_of(text: str) -> list[str]:
    """Lower-case words without accents, for comparison only."""
    plain = unicodedata.normalize("NFD", text.lower().replace("'", "").replace("’", ""))
    return _WORDS.findall("".join(c for c in plain if not unicodedata.combining(c)))


def _loops(words: list[str]) -> bool:
    """One word or short phrase more than four times in a row. Numbers are exempt: 0000 is a fair answer."""
    for size in (1, 2, 3):
        run = 1
        for i in range(size, len(words) - size + 1, size):
            same = words[i:i + size] == words[i - size:i]
            run = run + 1 if same and not words[i].isdigit() else 1
            if run > MAX_REPEATS - (size - 1):
                return True
    return False


def _invented(decoded: Decoded) -> bool:
    weak = decoded.log_probability < WEAK_LOG_PROBABILITY or decoded.no_speech > 0.5
    return weak and " ".join(words_of(decoded.text)) in _INVENTED.get(decoded.language, set())
