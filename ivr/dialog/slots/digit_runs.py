"""Runs of digits in an answer, and what is left of them after the caller's own corrections. Pure.

Read by the slots that are identifiers of a known length: receipt, alien and telephone numbers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ivr.dialog.slots.hesitation import CORRECTION, FILLERS, RESTART
from ivr.dialog.slots.numbers import number_at, weak_digit

_GLUE = FILLERS | {"and", "then", "dash", "hyphen", "space", "comma", "next", "followed", "by", "y", "luego", "despues", "entonces",
                   "guion", "coma", "espacio", "seguido", "de", "por", "slash", "raya", "after", "that", "the", "number", "numero",
                   "digits", "digit", "digitos", "comes", "sigue", "siguen", "con", "with", "es", "is", "its"}
"""Words that may stand inside a number without ending it."""
_LONGEST_CORRECTION = 4
"""Digits at the end that a short correction may replace; more is no slip of the tongue any more."""


@dataclass(frozen=True, slots=True)
class Run:
    start: int
    end: int
    """Words `start` to `end` (exclusive) of the answer."""
    pieces: tuple[str, ...]
    """Digits by spoken number: "thirty one five" is 31, 5."""
    after: str = ""
    """Mark that stands between the run before and this one: a correction, a restart or nothing."""

    @property
    def digits(self) -> str:
        return "".join(self.pieces)


def runs_in(words: list[str], language: str, start: int = 0) -> list[Run]:
    """Every run of digits from word `start` on. Words between two runs are no digits, whatever they are."""
    out: list[Run] = []
    i, mark = start, ""
    while i < len(words):
        run = None if i > start and _spelled(words, i) else _run_at(words, i, language, mark)
        if run:
            out.append(run)
            i, mark = run.end, ""
            continue
        mark = words[i] if words[i] in (CORRECTION, RESTART) else mark
        i += 1
    return out


def _run_at(words: list[str], start: int, language: str, mark: str) -> Run | None:
    pieces: list[str] = []
    i = end = start
    while i < len(words):
        found = number_at(words, i, language)
        if found is None:
            weak = weak_digit(words, i, language, bool(pieces))
            found = (weak, 1) if weak else None
        if found:
            pieces.append(found[0])
            i = end = i + found[1]
        elif pieces and words[i] in _GLUE:
            i += 1
        else:
            break
    return Run(start, end, tuple(pieces), mark) if pieces else None


def _spelled(words: list[str], i: int) -> bool:
    """An "o" right behind a letter is a letter: "I O 09 ..." lacks its E, it has no zero more."""
    return words[i] in ("o", "oh", "owe") and i > 0 and len(words[i - 1]) == 1 and words[i - 1].isalpha()


def joined(runs: list[Run], lengths: Collection[int]) -> list[Run]:
    """The runs after corrections: what follows "no, wait" replaces what it corrects, or starts anew."""
    out: list[Run] = []
    for run in runs:
        if out and run.after == RESTART:
            out = [run]
        elif out and run.after == CORRECTION:
            out[-1] = corrected(out[-1], run, lengths)
        else:
            out.append(run)
    return out


def corrected(before: Run, after: Run, lengths: Collection[int]) -> Run:
    """`before` as the caller meant it, given what was said after the correction."""
    pieces = after.pieces
    if len(after.digits) not in lengths:
        kept = _kept(before, after, lengths)
        pieces = (before.digits[:kept], *after.pieces) if kept else after.pieces
    return Run(before.start, after.end, pieces, before.after)


def _kept(before: Run, after: Run, lengths: Collection[int]) -> int:
    """How many digits of `before` stand. A number of one length only tells how many were replaced; where several lengths
    are right, or none comes out, the last spoken piece is what was corrected, unless the caller begins anew."""
    total = len(before.digits) + len(after.digits)
    if len(lengths) == 1:
        replaced = total - next(iter(lengths))
        if 0 <= replaced <= min(_LONGEST_CORRECTION, len(before.digits)):
            return len(before.digits) - replaced
    if len(after.digits) > 1 and before.digits[0] == after.digits[0]:
        return 0
    if len(before.digits) in lengths and len(after.digits) < len(before.pieces[-1]):
        return len(before.digits) - len(after.digits)  # "the last digit is eight", of a number written in one piece
    return len(before.digits) - len(before.pieces[-1])
