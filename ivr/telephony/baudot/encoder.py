"""From typeable text to five-bit codes, with the latched shift. Pure.

A shift is sent before the first character of a transmission, whenever the other one is needed, and again after 72
characters, so that a receiver that lost one is wrong for a line at most. A space does not change the shift; because some
receivers think it does, figures after a space tell theirs again, which harms no other.
Called by the transmitter.
"""

from __future__ import annotations

from ivr.telephony.baudot.table import FIGS, LINE_FEED, LTRS, RETURN, SPACE, code_of

REPEAT_AFTER = 72
"""Characters after which the shift in force is sent again (TIA-825-A)."""


class Encoder:
    """The shift the other side is in, as far as we have told it."""

    def __init__(self) -> None:
        self._shift: int | None = None
        self._since_shift = 0
        self._spaced = False

    def forget(self) -> None:
        """The line was silent: the next character tells its shift again."""
        self._shift = None

    def codes(self, character: str) -> list[int]:
        """What goes over the wire for one typeable character: shifts if needed, then its code."""
        if character == "\n":
            return [*self._one(RETURN, None), *self._one(LINE_FEED, None)]
        return self._one(*code_of(character))

    def _one(self, code: int, needed: int | None) -> list[int]:
        shift = needed or self._shift or LTRS
        tell = shift != self._shift or self._since_shift >= REPEAT_AFTER or (self._spaced and needed == FIGS)
        self._spaced = code == SPACE
        self._since_shift = 1 if tell else self._since_shift + 1
        self._shift = shift
        return [shift, code] if tell else [code]


def encoded(text: str) -> list[int]:
    """All codes of one transmission of typeable text."""
    encoder = Encoder()
    return [code for character in text for code in encoder.codes(character)]
