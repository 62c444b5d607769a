"""How likely each code is after what came before, so that a bit the line lost is read as the sender most likely meant it.

Pure: tables only. The tables of letters are counts over what callers say and hear in English and Spanish (see
`benchmarks/parts/letter_counts.py`, which prints them); the chances of shifts and figures are chosen by hand for messages
of a line or two with a number in every other one. Called by the segmenter (any context) and the reader (after a character).
"""

from __future__ import annotations

import numpy as np

from ivr.telephony.baudot.table import BACKSPACE, FIGS, FIGURES, LETTERS, LINE_FEED, LTRS, RETURN, SPACE

STEP = 0.2
"""One sign of the tables further is this much in the logarithm of the probability."""
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ALPHABET = " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EN = (
    "sBJEGKGJHCVQKEGFFRJEAKPFUHa",
    "BmIFHmSIdGgKDK9mGmDCBNGRaGm",
    "JBddd6dddCddEPdAddCIGEddQDd",
    "G6iGi9iiDHiFOii9ciKKEEiiiMi",
    "3EViJCiWiDZiSUSAciKJZMSiiKi",
    "5GQHEHQUfNcWJKBSOUACHfOLLMf",
    "9DfffBFff9ffQff6ffFfKKfffWf",
    "6AfZf7fRFFffNfNBffESfLfffff",
    "C8iZI4iiiCiiiiWBiiQRKNiiLVi",
    "AMVDIIIJlllPEI8FJlKBBXJlVlO",
    "GEPPPDPPPJPPPPP7PPPPP5PPPPP",
    "4NPcc7cccFccRcIWcccAWWcWccc",
    "8FPSF8OiiAiOAccDKiQHULXiiHi",
    "BBFii7ibiFiiiLiDHiiIiLbLi7i",
    "7MOGCCLCmNfPLUPCmdfI9JSmOLm",
    "8PSLKPHTgJgSJF9KMmAMFALGSam",
    "CCUhR9bhIKhhAhhCCh7WGLhhhhh",
    "5SSSSSSSSSSSSSSSSSSSS3SSSSS",
    "6HfTF6ZMlElMNIOFLlKHJSJTlJl",
    "5ETNZAXOIFlGTURHLllBDNlMlPl",
    "6HnXnBgg7CnQSKPAbnIJMNnSnLn",
    "8NPMMIbKYMhhECBbIh8BChhhbSK",
    "REcNc2ccc8cccccFccWcccccccc",
    "6AfffBff8BffIfLDffITfffWfQf",
    "4JYMYOYYYHYYYYYYCYSY8YYY8SY",
    "2YQhhEhbhVhhTUb7IhhJObhYhhh",
    "5DSSS4SSSMSSSSSMSSSSSMSSSSS",
)
_ES = (
    "sEODDBKMHLVgDDFHCHJEFGJTUJe",
    "4pIGGZdNSSKpGGEpKX9DLSLbdLY",
    "M8dddCddd8ddBddAddAXFGddRPd",
    "IAjLjCjjG7jWJjW8djIZFBjjjZj",
    "DAjjW4jjjAdjWWj8jjRVjMWjjjj",
    "6MPFIXPKpTRpDJ8POWBAIpLgOgR",
    "S6bbb7Vbb9bbbbb9bbObbCbbbbb",
    "F6eYeDeeeDeeLeL8eeBeeAeeeee",
    "N4dUCEdddHddddd9dddddBddFdd",
    "ACIDFBQHmmOmMFDCQVGDDOLmamT",
    "T8ZZZ3ZZZQZZZZZAZZZZZCZZZZZ",
    "3QIWWNWWWNWWWWWWWWW5WWWWWWW",
    "76YYNBeKkDkkBUkDYUkLPMKkkkk",
    "Q6Gjj6jdj8jjjSjCHjjMjHdMjdj",
    "7CPFEDLHmJXdURgBmgmI9GMmPdX",
    "4bNKKcOQhPnnIGAYITBDKTPhVMY",
    "J6WQiAiiTHiiHii9ci8iNCiiiii",
    "Fcccccccccccccccccccc0ccccc",
    "78mRK9ZNmCMgJHQBSLJMKNRmmmV",
    "6DXISCfONAlHlSlCHZlSAGlflll",
    "F6kkk8kkMCkNkNN9kkAbXJkkkXk",
    "EERMF5bQjDdjHEAdQjFENjXjdSK",
    "TAdPd8ddd5ddddd7ddXddPddddd",
    "5DSSSDSSMSSS5SMMSSSSSSSJSSS",
    "4GYRYRYYYGYYYYYRGYYY9YYY7YY",
    "29bbbSbbbbbbbbbJVbbbbDbbbbb",
    "48VHVOVVVVVVVVV8VVVVVMVVVVV",
)
_RARE = 0.0004
"""Chance of a code that has no business here."""
_DIGITS = "0123456789"
# For each kind of place among figures: chance of a digit at all, of the shift to letters, of a space, of anything else.
_FIGURE_PLACES = {"number": (0.64, 0.16, 0.07, 0.13), "joint": (0.72, 0.17, 0.04, 0.07), "stop": (0.15, 0.28, 0.45, 0.12),
                  "space": (0.45, 0.37, 0.01, 0.17), "begin": (0.72, 0.003, 0.02, 0.257)}


def _kind(before: str, fresh: bool) -> str:
    if fresh:
        return "begin"
    if before in _DIGITS:
        return "number"
    return "space" if before in " \n" else "joint" if before in "-/($'" else "stop"


def _figures(kind: str) -> np.ndarray:
    digit, letters, space, other = _FIGURE_PLACES[kind]
    chance = np.full(32, other / 16)
    for code, character in enumerate(FIGURES):
        if character in _DIGITS:
            chance[code] = digit / 10
    chance[[LTRS, SPACE, FIGS, BACKSPACE, LINE_FEED]] = letters, space, 0.012, 0.001, _RARE
    return np.log(chance / chance.sum())


def _letters(row: str, before: str, fresh: bool) -> np.ndarray:
    chance = np.full(32, _RARE)
    for sign, character in zip(row, _ALPHABET, strict=True):
        chance[LETTERS.index(character)] = np.exp(-STEP * SYMBOLS.index(sign))
    shift = _RARE if fresh else 0.05 if before == " " else 0.02
    chance[[FIGS, LTRS, BACKSPACE, RETURN]] = shift, _RARE if fresh else 0.012, 0.001, 0.005
    return np.log(chance / chance.sum())


def _after(rows: tuple[str, ...]) -> dict[tuple[int, str, bool], np.ndarray]:
    """For the shift, the character before and whether the shift was told just now: log-probabilities of the 32 codes."""
    found = {}
    for fresh in (False, True):
        for row, before in zip(rows, _ALPHABET, strict=True):
            found[LTRS, before, fresh] = _letters(row, before, fresh)
        for character in FIGURES:
            if character != "\0":
                found[FIGS, character, fresh] = _figures(_kind(character, fresh))
                found.setdefault((LTRS, character, fresh), _letters(rows[0], " ", fresh))
    return found


BEGIN = "begin"
"""Stands for the character before the first one of a transmission."""


def _beginning(rows: tuple[str, ...], shift: int) -> np.ndarray:
    """An explicit shift mostly; older machines go on in the one they were in."""
    chance = np.exp(_letters(rows[0], " ", True) if shift == LTRS else _figures("space")) * 0.2
    chance[LTRS] += 0.6
    chance[FIGS] += 0.15
    return np.log(chance / chance.sum())


_AFTER = (_after(_EN), _after(_ES))


_FIRST = tuple({shift: _beginning(rows, shift) for shift in (LTRS, FIGS)} for rows in (_EN, _ES))


def after(language: int, shift: int, before: str, fresh: bool) -> np.ndarray:
    """Log-probability of each code; `language` is 0 for English, 1 for Spanish."""
    if before == BEGIN:
        return _FIRST[language][shift]
    table = _AFTER[language]
    found = table.get((shift, before, fresh))
    return table[(shift, " ", fresh)] if found is None else found


def _prior() -> np.ndarray:
    """Letters weigh as their words do; among figures any digit may come, so no code is rare."""
    often = np.exp(np.mean([_AFTER[0][LTRS, c, False] for c in " EATOINSRLHDCUM"], axis=0))
    often = 0.85 * often / often.sum() + 0.15 * np.exp(_figures("number"))
    return np.log(often / often.sum())


CODE_PRIOR = _prior()
"""Log-probability of each of the 32 codes when nothing else is known."""
