"""The five-bit code of text telephones (TIA-825-A) and how any text becomes typeable. Pure: tables only.

The table differs from that of radio teletypes: `=`, `+` and `;` take the places of `#`, `&` and BELL, and code 0 is a
backspace. Called by the encoder (what to send) and the receiver (what was meant).
"""

from __future__ import annotations

import unicodedata

LTRS, FIGS = 0x1F, 0x1B
"""The two shift codes: what follows are letters, or figures, until the other one."""
BACKSPACE, LINE_FEED, SPACE, RETURN = 0x00, 0x02, 0x04, 0x08

LETTERS = "\bE\nA SIU\rDRJNFCKTZLWHYPQOBG\0MXV\0"
"""Character of each code after LTRS; NUL marks the shifts themselves."""
FIGURES = "\b3\n- (87\r$4',!:(5\")2=6019?+\0./;\0"

_LETTER_CODE = {c: code for code, c in enumerate(LETTERS) if c != "\0"}
_FIGURE_CODE = {c: code for code, c in reversed(list(enumerate(FIGURES))) if c != "\0"} | {"(": 0x0F}

# What a sender puts in the place of characters the table does not have (ITU-T V.18, Annex A).
_REPLACED = {"#": "$", "%": "/", "&": "+", "*": ".", "@": "X", "<": "(", ">": ")", "[": "(", "{": "(", "]": ")", "}": ")",
             "\\": "/", "|": "/", "_": " ", "~": " ", "^": "'", "`": "'", "\t": " ",
             "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"',
             "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2044": "/", "\u2026": "...", "\u00a0": " ", "\u00d7": "X", "\u00b7": ".",
             "\u00bf": "", "\u00a1": "", "\u00df": "SS", "\u00e6": "AE", "\u00f8": "O", "\u20ac": "EUR", "\u00a3": "$"}
_UNKNOWN = "?"
"""Stands for a character that nothing resembles: a gap would change a sentence without a sign."""


def typeable(text: str) -> str:
    """The text as the wire carries it: capitals, no accents, only what the table has. A new line is one `\\n`."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_typed(c) for c in unicodedata.normalize("NFC", plain))


def code_of(character: str) -> tuple[int, int | None]:
    """Code and the shift it needs (None when it means the same after either) of a typeable character, not a new line."""
    if character in _LETTER_CODE and character in _FIGURE_CODE and character != "(":
        return _LETTER_CODE[character], None
    if character in _LETTER_CODE:
        return _LETTER_CODE[character], LTRS
    return _FIGURE_CODE[character], FIGS


def meaning(code: int, shift: int) -> str:
    """The character a code stands for after that shift; empty for the shifts themselves."""
    found = (LETTERS if shift == LTRS else FIGURES)[code]
    return "" if found == "\0" else found


def _typed(character: str) -> str:
    for candidate in (character, character.upper()):
        if candidate in _LETTER_CODE or candidate in _FIGURE_CODE:
            return candidate
    low = character.lower()
    if low in _REPLACED:
        return _REPLACED[low]
    base = unicodedata.normalize("NFKD", character).upper()
    kept = "".join(c for c in (_REPLACED.get(b, b) for b in base) if c in _LETTER_CODE or c in _FIGURE_CODE)
    if kept:
        return kept
    return "" if unicodedata.category(character)[0] in "MC" else _UNKNOWN
